import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { Logger } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import type { Projection } from '../projection.ts';
import { advance } from './advance.ts';
import { type Comparison, compareModels } from './compare.ts';
import { checkpointOf, createModel, dropModel, liveModel, type Model, nextModel, quoted } from './model.ts';
import { replaceParked } from './parked.ts';
import { applyLock, lockClass, ModelsUnavailable } from './transaction.ts';
import { announcement } from './waiting.ts';

export type RebuildOptions = {
  pool: Pool;
  log: EventLog<DomainEvent>;
  logger: Logger;
  projection: Projection;
  /** Brings the vault's erasures to the head of the log, so that no erased text is built in, and answers that head. */
  erase: () => Promise<bigint>;
  /** Builds and compares, and leaves the live model as it is. */
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
  /** Null where there was no live model, or the log does not reach as far as it (a log from an older backup). */
  comparison: Comparison | null;
  /** Streams that wait behind an event that could not be taken, in the new build. */
  parked: string[];
  swapped: boolean;
};

/** The rebuild was told to stop, or somebody else's queries left no moment for the swap. The live model is as it was. */
export class RebuildStopped extends Error {
  override readonly name = 'RebuildStopped';
}

/** Events in one transaction while nobody reads the tables yet. */
const bulk = 4000;
/** How often the swap is tried, each time for as long as readers may be kept waiting (milliseconds; below PostgreSQL's deadlock timeout, so that no reader is the victim). */
const swaps = { tries: 200, patience: 200, pause: 300 };

/**
 * Builds the model anew beside the live one and puts it in its place in one transaction: readers see the one or the other. The live model goes on
 * meanwhile; it stands still only while the last events are fetched, compared and swapped. The old tables are dropped, and with them whatever they held
 * of erased texts. One at a time in the whole database, others wait; what a killed rebuild left is dropped first.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  return await whileBuilding(options, async (session) => await build(options, session));
}

/** Runs `work` while no other process builds this projection. The lock belongs to the connection, and goes when that breaks. */
export async function whileBuilding<T>(
  { pool, projection, logger, stopped }: Pick<RebuildOptions, 'pool' | 'projection' | 'logger' | 'stopped'>,
  work: (session: PoolClient) => Promise<T>,
): Promise<T> {
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
}

async function tryLock(session: PoolClient, { name }: Projection): Promise<boolean> {
  const { rows } = await session.query(`SELECT pg_try_advisory_lock(${lockClass.build}, hashtext('${name}')) AS locked`);
  return rows[0]?.locked === true;
}

/** As `rebuild`, in a session that holds the lock. */
export async function build(options: RebuildOptions, session: PoolClient): Promise<Rebuilt> {
  const { pool, log, logger, projection } = options;
  const begun = performance.now();
  const live = liveModel(projection);
  const next = nextModel(projection);
  const erasedUntil = await options.erase();
  await dropModel(session, next.schema);
  await createModel(session, next);

  let events = 0;
  const catchUp = async (until: bigint): Promise<bigint> => {
    const advanced = await advance({
      pool,
      log,
      logger,
      model: next,
      from: null,
      opening: [],
      batch: bulk,
      until,
      erasedUntil,
      stopped: options.stopped,
    });
    if (options.stopped()) throw new RebuildStopped(`the rebuild of ${projection.name} was told to stop`);
    events += advanced.passed;
    return advanced.position;
  };
  // Nobody else makes or drops it while the lock is held.
  const isThere = (await checkpointOf(session, live)) !== null;
  const liveAt = async () => (isThere ? await checkpointOf(session, live) : null);
  // Never past the live model, so that both can be brought to the same position.
  const goal = async () => smaller(await liveAt(), await log.head());

  await catchUp(await goal());
  await session.query(projection.indexes(quoted(next.schema)));
  await analyze(session, next);
  await catchUp(await goal());
  logger.info({ projection: projection.name, events }, 'a model was built');

  const result = await finish(options, session, { live, next, liveAt, catchUp, goal });
  return { projection: projection.name, events, milliseconds: Math.round(performance.now() - begun), ...result };
}

type Finishing = {
  live: Model;
  next: Model;
  liveAt: () => Promise<bigint | null>;
  catchUp: (until: bigint) => Promise<bigint>;
  goal: () => Promise<bigint>;
};

/** Holds the live model still, brings the new one to where it stands, compares them, and swaps. */
async function finish(
  options: RebuildOptions,
  session: PoolClient,
  { live, next, liveAt, catchUp, goal }: Finishing,
): Promise<Pick<Rebuilt, 'position' | 'comparison' | 'parked' | 'swapped'>> {
  let comparison: Comparison | null = null;
  for (let tried = 1; ; tried += 1) {
    await session.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; ${applyLock(options.projection.name)}`);
    try {
      const position = await catchUp(await goal());
      const still = await liveAt();
      if (still === position) comparison ??= await compareModels(session, live, next);
      const parked = (await session.query('SELECT stream FROM runner.parked WHERE model = $1', [next.schema])).rows.map(
        ({ stream }) => stream,
      );
      if (options.compareOnly) await dropModel(session, next.schema);
      else await swap(session, { live, next, position, isThere: still !== null });
      await session.query('COMMIT');
      return { position, comparison, parked, swapped: !options.compareOnly };
    } catch (error) {
      await session.query('ROLLBACK');
      if (!isLockTimeout(error)) throw error;
      if (tried === swaps.tries)
        throw new RebuildStopped(`queries that run for long keep the rebuild of ${options.projection.name} from its swap`);
    }
    await new Promise((resolve) => setTimeout(resolve, swaps.pause));
  }
}

/**
 * Readers are kept out of all tables at once. A query that waits for one of them finds the new ones by name afterwards; none can see an old table beside
 * a new one.
 */
async function swap(
  session: PoolClient,
  { live, next, position, isThere }: { live: Model; next: Model; position: bigint; isThere: boolean },
): Promise<void> {
  if (isThere) {
    await session.query(`SET LOCAL lock_timeout = ${swaps.patience}`);
    const tables = (await tablesOf(session, live)).map((table) => `${quoted(live.schema)}.${quoted(table)}`);
    await session.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
    await session.query(`DROP SCHEMA ${quoted(live.schema)} CASCADE`);
  }
  await session.query(`ALTER SCHEMA ${quoted(next.schema)} RENAME TO ${quoted(live.schema)}`);
  await replaceParked(session, live, next);
  await session.query(announcement(live, position));
}

async function tablesOf(session: PoolClient, { schema }: Model): Promise<string[]> {
  const { rows } = await session.query('SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY tablename', [schema]);
  return rows.map(({ tablename }) => tablename);
}

async function analyze(session: PoolClient, model: Model): Promise<void> {
  for (const table of await tablesOf(session, model)) await session.query(`ANALYZE ${quoted(model.schema)}.${quoted(table)}`);
}

const smaller = (one: bigint | null, other: bigint): bigint => (one === null || other < one ? other : one);

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03';
