import { batched } from '@averment/platform';
import type { Pool } from 'pg';
import type { Role } from './roles.ts';

/** Who was answered what: the operation and the path with its ids, without a query, which may have words that were looked for. */
export type Read = { subject: string; role: Role; operation: string; path: string; at: Date };

/** Rejects if the database does not answer: then nothing is to be shown. */
export type NoteRead = (read: Read) => Promise<void>;

/** Notes reads in `access.reads`; what comes while a statement is under way goes together with the next. */
export const createReadLog = (pool: Pick<Pool, 'query'>): NoteRead =>
  batched<Read, void>(
    async (reads) => {
      await pool.query({
        name: 'access-note-reads',
        text: `INSERT INTO access.reads (at, subject, role, operation, path)
               SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[])`,
        values: [
          reads.map(({ at }) => at),
          reads.map(({ subject }) => subject),
          reads.map(({ role }) => role),
          reads.map(({ operation }) => operation),
          reads.map(({ path }) => path),
        ],
      });
      return [];
    },
    { parallel: 1 },
  );

/** What was read since then, oldest first. */
export const listReads = async (pool: Pick<Pool, 'query'>, since: Date): Promise<Read[]> => {
  const { rows } = await pool.query<Read>('SELECT at, subject, role, operation, path FROM access.reads WHERE at >= $1 ORDER BY at', [
    since,
  ]);
  return rows;
};
