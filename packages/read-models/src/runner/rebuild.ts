import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { Logger } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import type { Projection } from '../projection.ts';
import { type Comparison, compareModels } from './compare.ts';
import { followedBy, whyOff } from './followed.ts';
import { modelFollower } from './follower.ts';
import { createLine } from './line.ts';
import { checkpointOf, createModel, dropModel, liveModel, type Model, nextModel, quoted } from './model.ts';
import { forgetSkipped, parkAlike, replaceParked, unlikeParked } from './parked.ts';
import { applyLock, lockClass, ModelsUnavailable, whileStill } from './transaction.ts';
import { moveHint } from './waiting.ts';

type RebuildOptions = {
  pool: Pool;
  log: EventLog<DomainEvent>;
  /** What the log is called. */
  logName: () => Promise<string>;
  logger: Logger;
  projection: Projection;
  /** Brings the vault's erasures to the head of the log, so that no erased text is built in, and answers that head. */
  erase: () => Promise<bigint>;
  /** Brings the live model to the head of the log. */
  advance: () => Promise<unknown>;
  /** Builds and compares every row, and leaves the live model as it is. */
  compareOnly: boolean;
  stopped: () => boolean;
};

/** What a rebuild did. */
export type Rebuilt = {
  projection: string;
  /** Where the new build stood in the end, and the live one with it, if they were compared. */
  position: bigint;
  events: number;
  milliseconds: number;
  /** Null where there was no live model, or one that had followed another log, or this one further than it goes. */
  comparison: Comparison | null;
  /** Streams that wait behind an event that could not be taken, in the new build. */
  parked: string[];
  swapped: boolean;
};

/** The rebuild was told to stop, or the queries of others left no time for the swap. The live model is as it was. */
class RebuildStopped extends Error {
  override readonly name = 'RebuildStopped';
}

/** Events in one transaction while nobody reads the tables yet. */
const bulk = 4000;
/** How often the swap is tried, each time for as long as readers may be kept waiting (milliseconds; below PostgreSQL's deadlock timeout, so that no reader is the victim). */
const swaps = { tries: 200, patience: 200, pause: 300 };
/** How often models are compared anew because a text was erased meanwhile. */
const comparisons = 20;

/**
 * Builds the model anew beside the live one and puts it in its place in one transaction: readers see one or the other. The live model goes on meanwhile;
 * it stands still only while the last events are fetched, compared and swapped. The old tables are dropped, with all that they held of erased texts. One
 * rebuild at a time in the whole database, others wait; what a killed rebuild left is dropped first.
 */
export const rebuild = async (options: RebuildOptions): Promise<Rebuilt> =>
  await whileBuilding(options, async (session) => await build(options, session));

/** Runs `work` while no other process builds this projection. The lock belongs to the connection, and goes when that breaks. */
export const whileBuilding = async <T>(
  { pool, projection, logger, stopped }: Pick<RebuildOptions, 'pool' | 'projection' | 'logger' | 'stopped'>,
  work: (session: PoolClient) => Promise<T>,
): Promise<T> => {
  const session = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  session.on('error', onError);
  try {
    for (let tried = 1; !(await tryLock(session, projection)); tried += 1) {
      if (stopped()) throw new RebuildStopped(`waiting to build ${projection.name} was told to stop`);
      if (tried === 1) logger.info({ projection: projection.name }, 'another process builds this model: waiting for it');
      await new Promise((resolve) => setTimeout(resolve, swaps.pause));
    }
    return await work(session);
  } catch (error) {
    throw broken === undefined ? error : new ModelsUnavailable(`the connection broke: ${broken.message}`, { cause: error });
  } finally {
    session.off('error', onError);
    // Closed and not given back: the lock would go with it into the pool.
    session.release(broken ?? true);
  }
};

const tryLock = async (session: PoolClient, { name }: Projection): Promise<boolean> => {
  const { rows } = await session.query(`SELECT pg_try_advisory_lock(${lockClass.build}, hashtext('${name}')) AS locked`);
  return rows[0]?.locked === true;
};

/** As `rebuild`, in a session that holds the lock. */
export const build = async (options: RebuildOptions, session: PoolClient): Promise<Rebuilt> => {
  const { pool, log, logName, logger, projection, compareOnly } = options;
  const begun = performance.now();
  const live = liveModel(projection);
  const next = nextModel(projection);
  // Nobody else makes or drops it while the lock is held.
  const standing = await followedBy(session, live);
  const isOff = standing !== null && (await whyOff(live, standing, options)) !== null;
  const erasedUntil = await options.erase();
  // Tables without a checkpoint are no model, and stand in the way of one.
  if (standing === null && !compareOnly) await dropModel(session, live.schema);
  await dropModel(session, next.schema);
  await createModel(session, next, await logName());
  if (compareOnly) await parkAlike(session, live, next);
  // Other events may stand where those stood that were skipped.
  else if (isOff) await forgetSkipped(session, projection);

  let events = 0;
  const following = { pool, log, logName, logger };
  const line = createLine({ ...following, batch: bulk, stopped: options.stopped });
  const follower = modelFollower(next, { ...following, locked: false, erasedUntil });
  const catchUp = async (until: bigint): Promise<bigint> => {
    const { position, passed } = await line.alone(follower, until);
    if (options.stopped()) throw new RebuildStopped(`the rebuild of ${projection.name} was told to stop`);
    events += passed;
    return position;
  };
  const liveAt = async () => (standing === null || isOff ? null : await checkpointOf(session, live));
  // Never past the live model, so that both can be brought to the same position.
  const goal = async () => smaller(await liveAt(), await log.head());

  await catchUp(await goal());
  if (!compareOnly) await session.query(projection.indexes(quoted(next.schema)));
  await analyze(session, next);
  await catchUp(await goal());
  logger.info({ projection: projection.name, events }, 'a model was built');

  const finishing = { live, next, isThere: standing !== null, liveAt, catchUp, goal };
  const result = await (compareOnly ? compare : finish)(options, session, finishing);
  return { projection: projection.name, events, milliseconds: Math.round(performance.now() - begun), ...result };
};

type Finishing = {
  live: Model;
  next: Model;
  /** Whether there is a live model, of this log or another one. */
  isThere: boolean;
  /** Where the live model stands; null where there is none of this log. */
  liveAt: () => Promise<bigint | null>;
  catchUp: (until: bigint) => Promise<bigint>;
  goal: () => Promise<bigint>;
};
type Finished = Pick<Rebuilt, 'position' | 'comparison' | 'parked' | 'swapped'>;

/** Brings the new build to the checkpoint of the live one, which stands still for that long, and compares the two. */
const compare = async (options: RebuildOptions, session: PoolClient, finishing: Finishing): Promise<Finished> => {
  const { live, next, liveAt, catchUp, goal } = finishing;
  for (let tried = 1; ; tried += 1) {
    const { position, still } = await whileStill(session, options.projection.name, async () => {
      const reached = await catchUp(await goal());
      // From the next statement on the session sees this moment only.
      await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return { position: reached, still: await liveAt() };
    });
    const comparison = still === position ? await compareModels(session, live, next, true) : null;
    const parked = await parkedIn(session, next);
    const unlike = await unlikeParked(session, live, next);
    await session.query('COMMIT');
    const isSame = comparison === null || comparison.differences.length === 0;
    if (!isSame && unlike)
      throw new RebuildStopped(`what waits in ${options.projection.name} was retried or skipped meanwhile: compare again`);
    if (isSame || tried === comparisons || !(await isErasedAfter(options.log, position))) {
      await dropModel(session, next.schema);
      return { position, comparison, parked, swapped: false };
    }
    // The new build lacks what was erased; the live model still has it until it has passed that erasure.
    await options.advance();
  }
};

/** Whether a text was erased by what comes after the position. */
const isErasedAfter = async (log: EventLog<DomainEvent>, position: bigint): Promise<boolean> => {
  for (let after = position; ; ) {
    const page = await log.readAll(after, bulk, { texts: false });
    if (page.some(({ type }) => type === 'TextErased' || type === 'FeedEventMended')) return true;
    const last = page.at(-1);
    if (last === undefined) return false;
    after = last.position;
  }
};

const parkedIn = async (session: PoolClient, { schema }: Model): Promise<string[]> =>
  (await session.query('SELECT stream FROM runner.parked WHERE model = $1', [schema])).rows.map(({ stream }) => stream);

/** Holds the live model still, brings the new build to its checkpoint, compares them, and swaps. */
const finish = async (options: RebuildOptions, session: PoolClient, finishing: Finishing): Promise<Finished> => {
  const { live, next, isThere, liveAt, catchUp, goal } = finishing;
  let comparison: Comparison | null = null;
  for (let tried = 1; ; tried += 1) {
    await session.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; ${applyLock(options.projection.name)}`);
    try {
      const position = await catchUp(await goal());
      if ((await liveAt()) === position) comparison ??= await compareModels(session, live, next, false);
      const parked = await parkedIn(session, next);
      await swap(session, { live, next, position, isThere });
      await session.query('COMMIT');
      return { position, comparison, parked, swapped: true };
    } catch (error) {
      await session.query('ROLLBACK');
      if (!isLockTimeout(error)) throw error;
      if (tried === swaps.tries)
        throw new RebuildStopped(`queries that run for long keep the rebuild of ${options.projection.name} from its swap`);
    }
    await new Promise((resolve) => setTimeout(resolve, swaps.pause));
  }
};

/**
 * Readers are kept out of all tables at once. A query that waits for one of them finds the new ones by name afterwards; none can see an old table beside
 * a new one.
 */
const swap = async (
  session: PoolClient,
  { live, next, position, isThere }: { live: Model; next: Model; position: bigint; isThere: boolean },
): Promise<void> => {
  if (isThere) {
    await session.query(`SET LOCAL lock_timeout = ${swaps.patience}`);
    const tables = (await tablesOf(session, live)).map((table) => `${quoted(live.schema)}.${quoted(table)}`);
    await session.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
    await session.query(`DROP SCHEMA ${quoted(live.schema)} CASCADE`);
  }
  await session.query(`ALTER SCHEMA ${quoted(next.schema)} RENAME TO ${quoted(live.schema)}`);
  await replaceParked(session, live, next);
  await session.query(moveHint(live, position));
};

const tablesOf = async (session: PoolClient, { schema }: Model): Promise<string[]> => {
  const { rows } = await session.query('SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY tablename', [schema]);
  return rows.map(({ tablename }) => tablename);
};

const analyze = async (session: PoolClient, model: Model): Promise<void> => {
  for (const table of await tablesOf(session, model)) await session.query(`ANALYZE ${quoted(model.schema)}.${quoted(table)}`);
};

const smaller = (one: bigint | null, other: bigint): bigint => (one === null || other < one ? other : one);

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03';
