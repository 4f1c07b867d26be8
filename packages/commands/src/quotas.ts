import type { Pool } from 'pg';
import type { EditRef } from './edit.ts';
import { type CommandResult, refused } from './errors.ts';

/** What one subject may send; null is without limit. */
export type QuotaOptions = {
  /** Bytes of the texts of sources in a day of UTC. */
  sourceBytes: number | null;
  openEdits: number | null;
  /**
   * How many edits of the subject are open: those that the model of the review has, and those in `work.submitted` that it has not yet. `caughtUp`: waits a
   * while first until the model knows what was closed lately.
   */
  countOpenEdits: (subject: string, caughtUp: boolean) => Promise<number>;
};

/** The port of quotas. */
export type Quotas = {
  /** Counts a source that is about to be written, once for each command. Refusal: `QuotaExceeded`. */
  takeSource(command: string, subject: string, bytes: number): Promise<CommandResult<null>>;
  /** Counts an edit that is about to be submitted. `most`: how many the policy lets a subject have open. Refusal: `QuotaExceeded`. */
  takeEdit(command: string, subject: string, edit: EditRef & { most: number | null }): Promise<CommandResult<null>>;
};

/** A short source takes its place in the log and the models too. */
const leastBytes = 1024;
const granted = { ok: true, value: null } as const;

export const unlimited: Quotas = { takeSource: async () => granted, takeEdit: async () => granted };

/** What is counted waits for no flush of its own: that of the texts or events that follow takes it along. */
const notFlushed = "(SELECT set_config('synchronous_commit', 'off', true)) AS not_flushed";

// $1 command, $2 subject, $3 bytes. By the database's clock, which all processes share. Rows of days that are over are forgotten.
const uploadSql = `
WITH today AS (SELECT (now() AT TIME ZONE 'UTC')::date AS day),
forgotten AS (DELETE FROM work.uploads WHERE subject = $2 AND day < (SELECT day FROM today))
INSERT INTO work.uploads AS u (command, subject, day, bytes) SELECT $1, $2, day, $3 FROM today, ${notFlushed} ON CONFLICT (command) DO NOTHING`;

// $1 subject. Own rows are in the sum, so of several at once none goes beyond the quota.
const uploadedSql = `
SELECT coalesce(sum(bytes), 0)::float8 AS bytes,
  ceil(extract(epoch FROM date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day' - now() AT TIME ZONE 'UTC'))::int AS left
FROM work.uploads WHERE subject = $1 AND day = (now() AT TIME ZONE 'UTC')::date`;

// $1 command, $2 subject, $3 stream, $4 edit. The model is never an hour behind without somebody being told.
const submitSql = `
WITH forgotten AS (DELETE FROM work.submitted WHERE subject = $2 AND at < now() - interval '1 hour')
INSERT INTO work.submitted AS s (command, subject, stream, edit, at) SELECT $1, $2, $3, $4, now() FROM ${notFlushed}
ON CONFLICT (command) DO UPDATE SET edit = excluded.edit`;

/**
 * The quotas of all processes on one database. An entry is made first and the sum read after it: if many come at once, too many may be refused, never too
 * few.
 */
export const createQuotas = (pool: Pool, { sourceBytes, openEdits, countOpenEdits }: QuotaOptions): Quotas => ({
  takeSource: async (command, subject, bytes) => {
    if (sourceBytes === null) return granted;
    await pool.query(uploadSql, [command, subject, Math.max(leastBytes, bytes)]);
    const { rows } = await pool.query<{ bytes: number; left: number }>(uploadedSql, [subject]);
    if ((rows[0]?.bytes ?? 0) <= sourceBytes) return granted;
    await pool.query('DELETE FROM work.uploads WHERE command = $1', [command]);
    return refused('QuotaExceeded', `Sources of one subject may have ${sourceBytes} bytes of text in a day of UTC.`, {
      retryAfter: rows[0]?.left ?? 1,
    });
  },
  takeEdit: async (command, subject, { stream, edit, most }) => {
    if (openEdits === null && most === null) return granted;
    const limit = Math.min(openEdits ?? Number.POSITIVE_INFINITY, most ?? Number.POSITIVE_INFINITY);
    await pool.query(submitSql, [command, subject, stream, edit]);
    for (const caughtUp of [false, true]) if ((await countOpenEdits(subject, caughtUp)) <= limit) return granted;
    await pool.query('DELETE FROM work.submitted WHERE command = $1', [command]);
    return refused('QuotaExceeded', `One subject may have ${limit} edits open: withdraw some, or wait until they are decided.`, {
      retryAfter: 60,
    });
  },
});
