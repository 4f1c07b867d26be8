import type { Pool } from 'pg';
import { type ErasedText, erasedAmong, erasedBy, erasedKey, erasureType } from '../erased.ts';
import type { StoredEvent } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { createReader } from '../postgres/reader.ts';
import { type Finding, finding, type StoredReader } from './verified-log.ts';

const pageSize = 1000;

/** Texts that an event of this page erases, and that the vault's list of erasures leaves out. */
export async function* unlistedErasures(pool: Pool, page: readonly StoredEvent[]): AsyncGenerator<Finding> {
  const { listed } = createReader(pool);
  for (const erasure of page.filter(({ type }) => type === erasureType)) {
    const erased = erasedBy(erasure);
    const known = new Set((await listed(erased)).map(erasedKey));
    for (const text of erased) {
      if (!known.has(erasedKey(text)))
        yield finding('erasure_list', erasure, `${text.digest} of revision ${text.revision} is erased here, and not listed as erased`);
    }
  }
}

/** What the vault lists as erased though no event erases it: nobody would notice that its text is missing. */
export async function* unorderedErasures(pool: Pool, reader: StoredReader): AsyncGenerator<Finding> {
  let after: ErasedText | undefined = { stream: '', revision: -1, digest: '' };
  while (after) {
    const rows = await available(() => rowsAfter(pool, after as ErasedText));
    const ordered = await erasedAmong(rows, { ...reader, listed: async () => [] });
    for (const text of rows) {
      const { stream, revision, digest } = text;
      const detail = `${digest} is listed as erased, and no event erases it`;
      if (!ordered.has(erasedKey(text))) yield { what: 'erasure_list', stream, revision, position: null, detail };
    }
    after = rows.at(-1);
  }
}

const rowsAfter = async (pool: Pool, { stream, revision, digest }: ErasedText): Promise<ErasedText[]> => {
  const { rows } = await pool.query<ErasedText>(
    `SELECT stream, revision, digest FROM vault.erasures
     WHERE (stream, revision, digest) > ($1, $2, $3) ORDER BY stream, revision, digest LIMIT ${pageSize}`,
    [stream, revision, digest],
  );
  return rows;
};
