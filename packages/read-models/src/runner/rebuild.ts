import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { type Logger, withSession } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import type { Projection } from '../projection.ts';
import { buildInBulk, RebuildStopped } from './bulk.ts';
import { type Comparison, compareModels } from './compare.ts';
import { erasedAfter } from './erased-after.ts';
import { followedBy, ModelOff, whyOff } from './followed.ts';
import { type Follower, keepingIn, modelFollower } from './follower.ts';
import { withLanes } from './lanes.ts';
import { createLine } from './line.ts';
import { type Connection, checkpointOf, createModel, dropModel, liveModel, type Model, nextModel, quoted } from './model.ts';
import { forgetSkipped, parkAlike, replaceParked, unlikeParked } from './parked.ts';
import { isPoison } from './poison.ts';
import { applyLock, lockClass, whileStill, whileSwapWanted } from './transaction.ts';
import { moveHint } from './waiting.ts';

type RebuildOptions = {
  pool: Pool;
  /** Pipelined: what is left after the bulk is applied on it. */
  applying: Pool;
  log: EventLog<DomainEvent>;
  /** What the log is called. */
  logName: () => Promise<string>;
  logger: Logger;
  /** They are built together. */
  projections: readonly Projection[];
  /** Brings the vault's erasures to the head of the log, so that no erased text is built in, and answers that head. */
  erase: () => Promise<bigint>;
  /** Brings the live model of the projection to the head of the log. */
  advance: (name: string) => Promise<unknown>;
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

/** Events in one transaction while nobody reads the tables yet. */
const batch = 4000;
/** How often the swap is tried, each time for as long as readers may be kept waiting (milliseconds; below PostgreSQL's deadlock timeout, so that no reader is the victim). */
const swaps = { tries: 200, patience: 200, pause: 300 };
/** How often models are compared anew because a text was erased meanwhile. */
const comparisons = 20;

/**
 * Builds the models anew beside the live ones and puts each in its place in one transaction: readers see one or the other. The live models go on meanwhile;
 * each stands still only while its last events are fetched, compared and swapped. The old tables are dropped, with all that they held of erased texts. One
 * rebuild of a model at a time in the whole database, others wait; what a killed rebuild left is dropped first.
 */
export const rebuild = async (options: RebuildOptions): Promise<Rebuilt[]> =>
  await whileBuilding(options, async (session) => await build(options, session));

/** Runs `work` while no other process builds these projections. The locks belong to the connection, and go when that breaks. */
export const whileBuilding = async <T>(
  { pool, projections, logger, stopped }: Pick<RebuildOptions, 'pool' | 'projections' | 'logger' | 'stopped'>,
  work: (session: PoolClient) => Promise<T>,
): Promise<T> => {
  return await withSession(pool, async (session) => {
    // In one order, so that no two wait for each other.
    for (const { name } of projections.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      for (let tried = 1; !(await tryLock(session, name)); tried += 1) {
        if (stopped()) throw new RebuildStopped(`waiting to build ${name} was told to stop`);
        if (tried === 1) logger.info({ projection: name }, 'another process builds this model: waiting for it');
        await new Promise((resolve) => setTimeout(resolve, swaps.pause));
      }
    }
    return await work(session);
  });
};

const tryLock = async (session: PoolClient, name: string): Promise<boolean> => {
  const { rows } = await session.query(`SELECT pg_try_advisory_lock(${lockClass.build}, hashtext('${name}')) AS locked`);
  return rows[0]?.locked === true;
};

/** As `rebuild`, in a session that holds the locks. */
export const build = async (options: RebuildOptions, session: PoolClient): Promise<Rebuilt[]> => {
  const { pool, log, logName, logger, compareOnly, projections, stopped } = options;
  const begun = performance.now();
  const erasedUntil = await options.erase();
  const following = { pool, log, logName, logger };
  const builds: Build[] = [];
  for (const projection of projections) {
    const standing = await standingOf(options, session, projection);
    builds.push({ ...standing, follower: modelFollower(standing.next, { ...following, locked: false, erasedUntil }), events: 0 });
  }
  for (const one of builds) await clear(options, session, one);

  await inBulk(options, session, builds, erasedUntil);
  const line = createLine({ keeping: keepingIn(options.applying), log, logName, batch, stopped });
  const catchUp = async (one: Build): Promise<bigint> => {
    const { position, passed } = await line.alone(one.follower, await goalOf(options, session, one));
    if (stopped()) throw new RebuildStopped(`the rebuild of ${one.projection.name} was told to stop`);
    one.events += passed;
    return position;
  };
  for (const one of builds) await catchUp(one);
  await withLanes(pool, async (lanes) => {
    if (!compareOnly) await lanes.run(builds.flatMap(indexesOf));
    // A planner without statistics reads tables of any size from end to end.
    await lanes.run((await Promise.all(builds.map(({ next }) => tablesOf(pool, next)))).flat().map((table) => `ANALYZE ${table}`));
  });
  for (const one of builds) await catchUp(one);
  for (const { projection, events } of builds) logger.info({ projection: projection.name, events }, 'a model was built');

  const rebuilt: Rebuilt[] = [];
  for (const one of builds) {
    const finishing = { ...one, catchUp: () => catchUp(one) };
    const result = compareOnly ? await compare(options, session, finishing) : await finish(session, finishing);
    rebuilt.push({ projection: one.projection.name, events: one.events, milliseconds: Math.round(performance.now() - begun), ...result });
  }
  return rebuilt;
};

type Standing = {
  projection: Projection;
  live: Model;
  next: Model;
  /** Whether there is a live model, of this log or another one. */
  isThere: boolean;
  /** Whether the live model has followed another log, or this one further than it goes. */
  isOff: boolean;
};
type Build = Standing & {
  /** Brings the new build on, page by page. */
  follower: Follower;
  /** How many events have passed. */
  events: number;
};

const standingOf = async (options: RebuildOptions, session: PoolClient, projection: Projection): Promise<Standing> => {
  const live = liveModel(projection);
  // Nobody else makes or drops it while the lock is held.
  const standing = await followedBy(session, live);
  const isOff = standing !== null && (await whyOff(live, standing, options)) !== null;
  return { projection, live, next: nextModel(projection), isThere: standing !== null, isOff };
};

/** Drops what stands in the way of the new build, and makes its empty tables. */
const clear = async ({ logName, compareOnly }: RebuildOptions, session: PoolClient, one: Standing): Promise<void> => {
  const { projection, live, next, isThere, isOff } = one;
  // Tables without a checkpoint are no model, and stand in the way of one.
  if (!isThere && !compareOnly) await dropModel(session, live.schema);
  await dropModel(session, next.schema);
  await createModel(session, next, await logName());
  if (compareOnly) await parkAlike(session, live, next);
  // Other events may stand where those stood that were skipped.
  else if (isOff) await forgetSkipped(session, projection);
};

/** Where the live model stands; null where there is none of this log. */
const liveAt = async (session: PoolClient, { live, isThere, isOff }: Standing): Promise<bigint | null> =>
  isThere && !isOff ? await checkpointOf(session, live) : null;

/** Never past the live model, so that both can be brought to the same position. */
const goalOf = async ({ log }: RebuildOptions, session: PoolClient, one: Standing): Promise<bigint> =>
  smaller(await liveAt(session, one), await log.head());

/** Builds at once those that can be. What they cannot take is left to the way that finds out which event is to be parked. */
const inBulk = async (options: RebuildOptions, session: PoolClient, builds: readonly Build[], erasedUntil: bigint): Promise<void> => {
  const able = builds.filter(({ projection }) => projection.bulk !== undefined);
  let until = erasedUntil;
  for (const one of able) until = smaller(await goalOf(options, session, one), until);
  if (able.length === 0 || until === 0n) return;
  try {
    const events = await buildInBulk({ ...options, session, models: able.map(({ next }) => next), until });
    for (const one of able) one.events += events;
  } catch (error) {
    if (error instanceof RebuildStopped || error instanceof ModelOff || !isPoison(error)) throw error;
    // The error itself may quote a text, and logs are for ever.
    options.logger.warn(
      { projections: able.map(({ projection }) => projection.name) },
      'an event could not be taken: building batch by batch',
    );
    for (const one of able) await clear(options, session, one);
  }
};

/** The statements that make the indexes, those of the same columns together: two partitions' indexes that are made at once may be given the same name. */
const indexesOf = ({ projection, next }: Build): string[] => {
  const statements = projection.indexes(quoted(next.schema)).split(/;\s*$/m);
  const columns = Map.groupBy(
    statements.filter((statement) => statement.trim() !== ''),
    (statement) => / ON (\S+ .*?)(?: WHERE .*)?$/m.exec(statement)?.[1],
  );
  return [...columns.values()].map((own) => own.join(';'));
};

type Finishing = Build & {
  /** Brings the new build to where the live model stands, and answers where that is. */
  catchUp: () => Promise<bigint>;
};
type Finished = Pick<Rebuilt, 'position' | 'comparison' | 'parked' | 'swapped'>;

/** Brings the new build to the checkpoint of the live one, which stands still for that long, and compares the two. */
const compare = async (options: RebuildOptions, session: PoolClient, finishing: Finishing): Promise<Finished> => {
  const { projection, live, next, catchUp } = finishing;
  for (let tried = 1; ; tried += 1) {
    const { position, still } = await whileStill(session, projection.name, async () => {
      const reached = await catchUp();
      // From the next statement on the session sees this moment only.
      await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return { position: reached, still: await liveAt(session, finishing) };
    });
    const comparison = still === position ? await compareModels(session, live, next, true) : null;
    const parked = await parkedIn(session, next);
    const unlike = await unlikeParked(session, live, next);
    await session.query('COMMIT');
    const isSame = comparison === null || comparison.differences.length === 0;
    if (!isSame && unlike) throw new RebuildStopped(`what waits in ${projection.name} was retried or skipped meanwhile: compare again`);
    if (isSame || tried === comparisons || !(await erasedAfter(options.log, position)())) {
      await dropModel(session, next.schema);
      return { position, comparison, parked, swapped: false };
    }
    // The new build lacks what was erased; the live model still has it until it has passed that erasure.
    await options.advance(projection.name);
  }
};

const parkedIn = async (session: PoolClient, { schema }: Model): Promise<string[]> =>
  (await session.query('SELECT stream FROM runner.parked WHERE model = $1', [schema])).rows.map(({ stream }) => stream);

/** Swaps as soon as nobody reads. Who reads for long sees that a swap is wanted, and ends. */
const finish = async (session: PoolClient, finishing: Finishing): Promise<Finished> =>
  await whileSwapWanted(session, finishing.projection.name, async () => await finishInTurn(session, finishing));

/** Holds the live model still, brings the new build to its checkpoint, compares them, and swaps. */
const finishInTurn = async (session: PoolClient, finishing: Finishing): Promise<Finished> => {
  const { projection, live, next, isThere, catchUp } = finishing;
  let comparison: Comparison | null = null;
  for (let tried = 1; ; tried += 1) {
    await session.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; ${applyLock(projection.name)}`);
    try {
      const position = await catchUp();
      if ((await liveAt(session, finishing)) === position) comparison ??= await compareModels(session, live, next, false);
      const parked = await parkedIn(session, next);
      await swap(session, { live, next, position, isThere });
      await session.query('COMMIT');
      return { position, comparison, parked, swapped: true };
    } catch (error) {
      await session.query('ROLLBACK');
      if (!isLockTimeout(error)) throw error;
      if (tried === swaps.tries) throw new RebuildStopped(`queries that run for long keep the rebuild of ${projection.name} from its swap`);
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
    await session.query(`LOCK TABLE ${(await tablesOf(session, live)).join(', ')} IN ACCESS EXCLUSIVE MODE`);
    await session.query(`DROP SCHEMA ${quoted(live.schema)} CASCADE`);
  }
  await session.query(`ALTER SCHEMA ${quoted(next.schema)} RENAME TO ${quoted(live.schema)}`);
  await replaceParked(session, live, next);
  await session.query(moveHint(live, position));
};

/** The model's tables; partitions count as parts of theirs. */
const tablesOf = async (connection: Connection, { schema }: Model): Promise<string[]> => {
  const { rows } = await connection.query(
    `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
    [quoted(schema)],
  );
  return rows.map(({ relname }) => `${quoted(schema)}.${quoted(relname)}`);
};

const smaller = (one: bigint | null, other: bigint): bigint => (one === null || other < one ? other : one);

const isLockTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '55P03';
