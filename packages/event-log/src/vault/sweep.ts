import type { Pool } from 'pg';
import type { EventLog } from '../port.ts';
import { available } from '../postgres/errors.ts';

type Row = { stream: string; revision: number; sha256: string };

const pageSize = 1000;

/**
 * Deletes the vault's rows from before `before` whose bytes never reached the log, and answers how many. A day is long enough for any append that may
 * still be on its way. Reads the whole vault's keys once, in pages. Rejects with `LogUnavailable`.
 */
export const sweepAttempts = async (
  { pool, log }: { pool: Pool; log: Pick<EventLog<object>, 'readStored'> },
  before: Date,
): Promise<number> => {
  let deleted = 0;
  let after: Row = { stream: '', revision: -1, sha256: '' };
  for (;;) {
    const rows = await available(() => rowsAfter(pool, after, before));
    const last = rows.at(-1);
    if (!last) return deleted;
    const lost = await unmatched(log, rows);
    if (lost.length > 0) deleted += await available(() => deleteRows(pool, lost));
    after = last;
  }
};

const rowsAfter = async (pool: Pool, { stream, revision, sha256 }: Row, before: Date): Promise<Row[]> => {
  const { rows } = await pool.query<Row>(
    `SELECT stream, revision, encode(sha256, 'hex') AS sha256 FROM vault.texts
     WHERE (stream, revision, sha256) > ($1, $2, decode($3, 'hex')) AND attempted_at < $4
     ORDER BY stream, revision, sha256 LIMIT ${pageSize}`,
    [stream, revision, sha256, before],
  );
  return rows;
};

const unmatched = async (log: Pick<EventLog<object>, 'readStored'>, rows: readonly Row[]): Promise<Row[]> => {
  const byStream = Map.groupBy(rows, ({ stream }) => stream);
  const stored = await Promise.all(
    [...byStream].map(([stream, own]) => log.readStored(stream, own[0]?.revision ?? 0, { to: own.at(-1)?.revision ?? 0, texts: false })),
  );
  const keyOf = ({ stream, revision, sha256 }: Row) => `${stream} ${revision} ${sha256}`;
  const known = new Set(stored.flat().map(keyOf));
  return rows.filter((row) => !known.has(keyOf(row)));
};

const deleteRows = async (pool: Pool, rows: readonly Row[]): Promise<number> => {
  const { rowCount } = await pool.query(
    `DELETE FROM vault.texts t USING unnest($1::text[], $2::integer[], $3::text[]) AS e(stream, revision, sha256)
     WHERE t.stream = e.stream AND t.revision = e.revision AND t.sha256 = decode(e.sha256, 'hex')`,
    [rows.map(({ stream }) => stream), rows.map(({ revision }) => revision), rows.map(({ sha256 }) => sha256)],
  );
  return rowCount ?? 0;
};
