import { batched } from '@averment/platform';
import type { Pool } from 'pg';

/** Up to where each subject has written, as all processes on one database know it. All reject where the database does not answer. */
export type Written = {
  /** Notes that the subject has written up to there; what lies before a position that is known says nothing new. */
  note(written: { subject: string; position: bigint }): Promise<void>;
  /** The position of what the subject last wrote; null where nothing is known. */
  last(subject: string): Promise<bigint | null>;
  /** Forgets a position that the log no longer has. */
  forget(written: { subject: string; position: bigint }): Promise<void>;
};

// $1 subjects, $2 positions. It waits for no flush: if PostgreSQL crashes, what is lost is what was noted in its last moment, and no event or text. In one
// order, so that two processes never wait for each other.
const noteSql = `
INSERT INTO work.written AS w (subject, position)
SELECT subject, max(position) FROM unnest($1::text[], $2::bigint[]) AS n(subject, position), (SELECT set_config('synchronous_commit', 'off', true)) AS not_flushed
GROUP BY subject ORDER BY subject
ON CONFLICT (subject) DO UPDATE SET position = excluded.position WHERE w.position < excluded.position`;

/** Keeps them in `work.written`. What comes while a statement is under way goes together with the next. */
export const createWritten = (pool: Pick<Pool, 'query'>): Written => {
  const note = batched<{ subject: string; position: bigint }, void>(
    async (all) => {
      await pool.query({
        name: 'work-note-written',
        text: noteSql,
        values: [all.map(({ subject }) => subject), all.map(({ position }) => String(position))],
      });
      return [];
    },
    { parallel: 1 },
  );
  const last = batched<string, bigint | null>(
    async (subjects) => {
      const { rows } = await pool.query<{ subject: string; position: bigint }>({
        name: 'work-last-written',
        text: 'SELECT subject, position FROM work.written WHERE subject = ANY($1::text[])',
        values: [subjects],
      });
      const found = new Map(rows.map(({ subject, position }) => [subject, position]));
      return subjects.map((subject) => found.get(subject) ?? null);
    },
    { parallel: 2, keyOf: (subject) => subject },
  );
  return {
    note,
    last,
    forget: async ({ subject, position }) => {
      await pool.query('DELETE FROM work.written WHERE subject = $1 AND position = $2', [subject, String(position)]);
    },
  };
};
