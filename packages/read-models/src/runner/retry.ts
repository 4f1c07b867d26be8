import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { inTransaction } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { wholeAppends } from './appends.ts';
import { applyWhatCanBe } from './apply.ts';
import { followedBy, ModelOff, whyOff } from './followed.ts';
import { checkpointOf, type Model } from './model.ts';
import { findParked, noteMerges, type ParkedFilter, type Poison, unappliedFrom, unappliedStatement } from './parked.ts';
import { applyLock } from './transaction.ts';
import { moveHint } from './waiting.ts';

/** `applied`: the stream is up to date. `parked`: it is parked again, at `revision`, which may be a later one. `gone`: nothing of that id is parked. */
export type RetryOutcome = { outcome: 'applied' } | { outcome: 'parked'; revision: number; error: string } | { outcome: 'gone' };

type RetryOptions = { pool: Pool; log: EventLog<DomainEvent>; logName: () => Promise<string>; models: readonly Model[]; id: string };

/**
 * Applies the parked stream, from the parked append to the model's checkpoint, with the original positions, in one transaction. What fails again is parked
 * again, with all that comes after it.
 */
export const retryParked = (options: RetryOptions): Promise<RetryOutcome> =>
  withParked(options, async (tx, model, row) => await applyWaiting(tx, options.log, model, row));

/** Skips the parked event, for good and in every rebuild, and applies the rest of its stream. */
export const skipParked = (options: RetryOptions & { by: string }): Promise<RetryOutcome> =>
  withParked(options, async (tx, model, row) => {
    await tx.query(
      `INSERT INTO runner.skipped (id, projection, stream, revision, position, type, error, attempts, parked_at, skipped_by)
       SELECT id, projection, stream, revision, position, type, error, attempts, parked_at, $2 FROM runner.parked WHERE id = $1
       ON CONFLICT (projection, stream, revision) DO NOTHING`,
      [row.id, options.by],
    );
    await tx.query('DELETE FROM runner.parked WHERE id = $1', [row.id]);
    return await applyWaiting(tx, options.log, model, row);
  });

/** What became of the parked events that fit a filter: `matched` at the beginning, `left` those beyond the limit. */
export const repairedShape = z.object({
  matched: z.int().describe('How many fitted'),
  applied: z.int().describe('How many were applied'),
  parked: z.int().describe('How many wait again, at the same event or a later one'),
  gone: z.int().describe('How many somebody else has dealt with meanwhile'),
  left: z.int().describe('How many fitted beyond the limit'),
});
export type Repaired = z.output<typeof repairedShape>;

/** Does the same with one parked event after another. Those that failed most often come last, so that calling it again makes progress. */
export const forEachParked = async (
  { pool, models, filter, limit }: { pool: Pool; models: readonly Model[]; filter: ParkedFilter; limit: number },
  work: (id: string) => Promise<RetryOutcome>,
): Promise<Repaired> => {
  const { ids, matched } = await findParked(pool, models, filter, limit);
  const repaired: Repaired = { matched, applied: 0, parked: 0, gone: 0, left: matched - ids.length };
  for (const id of ids) repaired[(await work(id)).outcome] += 1;
  return repaired;
};

type Row = { id: string; model: string; stream: string; first: number };

const withParked = async (
  { pool, models, id, ...following }: RetryOptions,
  work: (tx: PoolClient, model: Model, row: Row) => Promise<RetryOutcome>,
): Promise<RetryOutcome> => {
  if (!/^\d{1,18}$/.test(id)) return { outcome: 'gone' };
  const find = 'SELECT id::text, model, stream, first_revision AS first FROM runner.parked WHERE id = $1';
  const { rows } = await pool.query<Row>(find, [id]);
  const model = models.find(({ schema }) => schema === rows[0]?.model);
  if (model === undefined) return { outcome: 'gone' };
  const retry = async (tx: PoolClient): Promise<RetryOutcome> => {
    // Looked for again under the lock: somebody else may have been quicker.
    const [row] = (await tx.query<Row>(find, [id])).rows;
    if (row === undefined || row.model !== model.schema) return { outcome: 'gone' };
    const followed = await followedBy(tx, model);
    const why = followed && (await whyOff(model, followed, following));
    if (why) throw new ModelOff(why);
    return await work(tx, model, row);
  };
  // Durable: an admin who was told that it is done must not have to do it again.
  return await inTransaction(pool, retry, { opening: [applyLock(model.projection.name)] });
};

const applyWaiting = async (tx: PoolClient, log: EventLog<DomainEvent>, model: Model, row: Row): Promise<RetryOutcome> => {
  const checkpoint = (await checkpointOf(tx, model)) ?? 0n;
  const events = await log.readStream(row.stream, row.first);
  const appends = wholeAppends(events.filter(({ position }) => position <= checkpoint));
  const unapplied = unappliedFrom((await tx.query(unappliedStatement(model))).rows);
  unapplied.parked.delete(row.stream);
  const [poison] = await applyWhatCanBe({ tx, model, log, checkpoint, unapplied }, appends);
  await noteMerges(tx, model, unapplied, appends);
  if (poison === undefined) await tx.query('DELETE FROM runner.parked WHERE id = $1', [row.id]);
  await tx.query(moveHint(model, checkpoint));
  return poison === undefined ? { outcome: 'applied' } : outcomeOf(poison);
};

const outcomeOf = ({ revision, error }: Poison): RetryOutcome => ({ outcome: 'parked', revision, error });
