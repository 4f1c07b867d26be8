import type { Pool } from 'pg';
import type { EventLog } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { StreamUnreadable } from '../unreadable.ts';
import type { Erasing } from './erasures.ts';
import { requireOwnLog } from './own-log.ts';

/** Where an attempt's texts lie, and when it was made. */
type AttemptRow = { stream: string; revision: number; sha256: string; attemptedAt: string };

/** How long the texts of an attempt that did not reach the log are kept, in seconds: far longer than an append may still be on its way. */
export const attemptsAreKept = 24 * 60 * 60;

const pageSize = 1000;

/**
 * Deletes the vault's rows of more than a day ago, by the database's clock, whose bytes did not reach the log as its leader has it; answers how many. An
 * append sends nothing any more seconds after it has written its row, so it cannot arrive later than its texts are needed. Any number of processes may
 * do so at once. Reads the whole vault's keys once, in pages. Rejects with `LogUnavailable`, and with `OtherLog` where every row would be one too many.
 */
export const sweepAttempts = async ({ pool, log }: Erasing): Promise<number> => {
  await requireOwnLog({ pool, log });
  let deleted = 0;
  for await (const rows of unmatchedAttempts({ pool, log }, attemptsAreKept)) deleted += await available(() => deleteRows(pool, rows));
  return deleted;
};

/** The vault's rows that were older than `age` (seconds) by the database's clock when they were read, and that no event of the log has. */
export async function* unmatchedAttempts(
  { pool, log }: { pool: Pool; log: Pick<EventLog<object>, 'readStored'> },
  age: number,
): AsyncGenerator<AttemptRow[]> {
  let after: Omit<AttemptRow, 'attemptedAt'> = { stream: '', revision: -1, sha256: '' };
  for (;;) {
    const rows = await available(() => rowsAfter(pool, after, age));
    const last = rows.at(-1);
    if (!last) return;
    const lost = await unmatched(log, rows);
    if (lost.length > 0) yield lost;
    after = last;
  }
}

const rowsAfter = async (pool: Pool, { stream, revision, sha256 }: Omit<AttemptRow, 'attemptedAt'>, age: number): Promise<AttemptRow[]> => {
  const { rows } = await pool.query<AttemptRow>(
    `SELECT stream, revision, encode(sha256, 'hex') AS sha256, attempted_at::text AS "attemptedAt" FROM vault.texts
     WHERE (stream, revision, sha256) > ($1, $2, decode($3, 'hex')) AND attempted_at < now() - make_interval(secs => $4)
     ORDER BY stream, revision, sha256 LIMIT ${pageSize}`,
    [stream, revision, sha256, age],
  );
  return rows;
};

const unmatched = async (log: Pick<EventLog<object>, 'readStored'>, rows: readonly AttemptRow[]): Promise<AttemptRow[]> => {
  const byStream = Map.groupBy(rows, ({ stream }) => stream);
  const unreadable = new Set<string>();
  const stored = await Promise.all(
    [...byStream].map(([stream, own]) =>
      log.readStored(stream, own[0]?.revision ?? 0, { to: own.at(-1)?.revision ?? 0, texts: false }).catch((error: unknown) => {
        if (!(error instanceof StreamUnreadable)) throw error;
        // It may be mended, and its events then need their texts.
        unreadable.add(stream);
        return [];
      }),
    ),
  );
  const keyOf = ({ stream, revision, sha256 }: Omit<AttemptRow, 'attemptedAt'>) => `${stream} ${revision} ${sha256}`;
  const known = new Set(stored.flat().map(keyOf));
  return rows.filter((row) => !known.has(keyOf(row)) && !unreadable.has(row.stream));
};

const deleteRows = async (pool: Pool, rows: readonly AttemptRow[]): Promise<number> => {
  const { rowCount } = await pool.query(
    `DELETE FROM vault.texts t USING unnest($1::text[], $2::integer[], $3::text[]) AS e(stream, revision, sha256)
     WHERE t.stream = e.stream AND t.revision = e.revision AND t.sha256 = decode(e.sha256, 'hex')`,
    [rows.map(({ stream }) => stream), rows.map(({ revision }) => revision), rows.map(({ sha256 }) => sha256)],
  );
  return rowCount ?? 0;
};
