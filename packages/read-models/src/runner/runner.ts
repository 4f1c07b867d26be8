import { setTimeout } from 'node:timers/promises';
import type { DomainEvent } from '@averment/domain';
import type { Durable, EventLog } from '@averment/event-log';
import { grantRights, kept, type Logger, type Rights, shared } from '@averment/platform';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Projection } from '../projection.ts';
import { followedBy, whyOff } from './followed.ts';
import { durableFollower, keepingIn, modelFollower } from './follower.ts';
import { type Advanced, createLine } from './line.ts';
import { checkpointOf, dropModel, leftovers, liveModel, type Model, rightsIn } from './model.ts';
import { listParked, type Parked, type ParkedFilter } from './parked.ts';
import { build, type Rebuilt, rebuild, whileBuilding } from './rebuild.ts';
import { forEachParked, type Repaired, type RetryOutcome, retryParked, skipParked } from './retry.ts';
import { createTail, type Outcome, type Tail } from './tail.ts';
import { isSettled, lookUp, type Span, times, toMicroseconds } from './times.ts';
import { createWaiting, type Status } from './waiting.ts';

type RunnerOptions = {
  /** Of at least five connections: three while models are built, and those that are asked. Listening has one beside it. */
  pool: Pool;
  /** A `pipelined` pool, on which pages of the log are applied: at most one connection for each follower, and one while a model is built or a stream repaired. */
  applying: Pool;
  log: EventLog<DomainEvent>;
  /** What the log is called (`name` of `openLog`). Asked once: who runs while that changes has to begin anew. */
  logName: () => Promise<string>;
  projections: readonly Projection[];
  logger: Logger;
  /** Brings the vault's erasures to the head of the log. */
  erase: () => Promise<unknown>;
  /** About how many events are applied in one transaction while the models follow the log. */
  batch?: number;
};

/**
 * Where a time lies in the log. `later`: it is not over yet, by the log's clock, which is given. `behind`: the model `times` did not get there in time.
 */
type PositionAt = { at: bigint } | { later: Date } | { behind: true };

export type Runner = {
  projections: readonly Projection[];
  /**
   * Builds the models that are not there and drops those of older versions. Every worker does so at its start, before it advances anything; of several at
   * once, one builds and the others wait.
   */
  ensure(): Promise<void>;
  /** Applies what the log has beyond the model's checkpoint, to its head. Calls in the same process at the same time are one. Throws `ModelMissing` and `ModelOff`. */
  advance(name: string): Promise<Advanced>;
  /**
   * Makes the one tail of this worker, which takes all models and the durable followers to the log's head whenever it is called; calls must not overlap.
   * `told` hears what became of each, by name.
   */
  follow(durables: readonly Durable[], told: (name: string, outcome: Outcome) => void): () => Promise<void>;
  /** The checkpoints of the models and the streams that are parked in them, by projection. */
  status(names: readonly string[]): Promise<ReadonlyMap<string, Status>>;
  /**
   * Why models do not follow the log that is there, by projection; they stand still until they are rebuilt. Empty if all follow it. Rejects with
   * `LogUnavailable` if that cannot be found out.
   */
  off(): Promise<ReadonlyMap<string, string>>;
  /** The lowest checkpoint of the models, null where one is not there (yet). */
  position(names: readonly string[]): Promise<bigint | null>;
  /** True as soon as the models have reached the position, false after `timeout` milliseconds. */
  waitFor(names: readonly string[], position: bigint, timeout: number, signal?: AbortSignal): Promise<boolean>;
  /**
   * Resolves a time to the position of the last append recorded up to its end. Waits at most `timeout` milliseconds: where the time has begun, until it is
   * over, and until that is certain.
   */
  positionAt(time: Span, timeout: number, signal?: AbortSignal): Promise<PositionAt>;
  /** How far the model is behind: the age of the oldest event that it has not passed, in milliseconds, 0 where there is none; null where the model is missing. */
  lag(name: string, now: Date): Promise<number | null>;
  /** Everything that is parked or skipped. */
  parked(): Promise<Parked[]>;
  retry(id: string, by: string): Promise<RetryOutcome>;
  skip(id: string, by: string): Promise<RetryOutcome>;
  /** The same for all that fit, at most `limit`. */
  retryAll(filter: ParkedFilter, limit: number, by: string): Promise<Repaired>;
  skipAll(filter: ParkedFilter, limit: number, by: string): Promise<Repaired>;
  rebuild(name: string, options?: { compareOnly?: boolean }): Promise<Rebuilt>;
  /** Rebuilds several from one reading of the log. */
  rebuildAll(names: readonly string[], options?: { compareOnly?: boolean }): Promise<Rebuilt[]>;
  /** The projections whose rows hold a text that was erased while its stream waited behind a parked event: they have to be rebuilt. */
  withErasedText(): Promise<string[]>;
  /** Finishes the batches in hand and stops what waits. The pools and the log stay open. */
  close(): Promise<void>;
};

/** What the api does in the models of these projections, those that are there. */
export const rightsInModels = (projections: readonly Projection[]): Rights[] => projections.map((one) => rightsIn(liveModel(one)));

/** Positions of times that are kept. */
const mostLookedUp = 10_000;

/** Makes the runner: what builds, advances, repairs and watches the models of these projections. */
export const createRunner = (options: RunnerOptions): Runner => {
  const { pool, applying, log, logger, batch = 500 } = options;
  const projections = [...options.projections];
  const models = projections.map(liveModel);
  let closing = false;
  const stopped = () => closing;
  const waiting = createWaiting({ pool, models, logger });
  const logName = kept(options.logName, { fresh: Number.POSITIVE_INFINITY });
  const following = { pool, log, logName, logger };
  const along = { keeping: keepingIn(applying), log, logName, batch, stopped };
  const line = createLine(along);
  const lines = models.map((model) => {
    const follower = modelFollower(model, { ...following, locked: true, erasedUntil: 0n });
    return { model, follower, advance: shared(() => line.alone(follower, null), { parallel: 1 }) };
  });
  let tail: Tail | undefined;
  const underWay = new Set<Promise<unknown>>();
  let moment: { head: bigint; now: Date } | undefined;
  // The position of a time that has passed never changes, and whoever reads the past asks for one time again and again.
  const lookedUp = new LRUCache<string, bigint>({ max: mostLookedUp });

  const lineOf = (name: string) => {
    const line = lines.find(({ model }) => model.projection.name === name);
    if (line === undefined)
      throw new TypeError(`there is no projection ${name}; there are ${projections.map((one) => one.name).join(', ')}`);
    return line;
  };

  const modelOf = (name: string): Model => lineOf(name).model;

  const rebuildOptions = (wanted: readonly Projection[], compareOnly: boolean) => ({
    pool,
    applying,
    log,
    logName,
    logger,
    projections: wanted,
    erase,
    compareOnly,
    stopped,
    advance: advanceOne,
  });

  const erase = async (): Promise<bigint> => {
    const head = await log.head();
    await options.erase();
    return head;
  };

  const ensure = async (): Promise<void> => {
    await whileBuilding({ pool, projections, logger, stopped }, async (session) => {
      const missing: Projection[] = [];
      for (const projection of projections) if ((await checkpointOf(session, liveModel(projection))) === null) missing.push(projection);
      if (missing.length > 0) {
        for (const { projection, milliseconds, events, position } of await build(rebuildOptions(missing, false), session))
          logger.info({ projection, milliseconds, events, position: String(position) }, 'the model is there');
      }
      // They may have been there before the api's role was.
      await grantRights(session, rightsInModels(projections));
      for (const projection of projections) {
        for (const old of await leftovers(session, projection)) {
          logger.info({ schema: old, instead: liveModel(projection).schema }, 'the tables of an older model are dropped');
          await dropModel(session, old);
        }
      }
    });
  };

  const whileUnderWay = async <T>(working: Promise<T>): Promise<T> => {
    underWay.add(working);
    try {
      return await working;
    } finally {
      underWay.delete(working);
    }
  };

  const advanceOne = (name: string): Promise<Advanced> => whileUnderWay(lineOf(name).advance());

  const follow: Runner['follow'] = (durables, told) => {
    const followers = [...lines.map(({ follower }) => follower), ...durables.map((durable) => durableFollower(durable, pool))];
    const own = createTail({ ...along, followers, told });
    tail = own;
    return () => whileUnderWay(own.advance());
  };

  const status = async (names: readonly string[]): Promise<ReadonlyMap<string, Status>> => {
    const all = await waiting.status();
    return new Map(names.map((name) => [name, all.get(modelOf(name).schema) ?? { position: null, parked: new Set<string>() }]));
  };

  const off = async (): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (const model of models) {
      const followed = await followedBy(pool, model);
      const why = followed && (await whyOff(model, followed, { log, logName }));
      if (why) found.set(model.projection.name, why);
    }
    // A model is not off because another log lies there for a while.
    if (found.size > 0) await log.requireSame();
    return found;
  };

  const position = async (names: readonly string[]): Promise<bigint | null> => {
    let lowest: bigint | null | undefined;
    for (const one of (await status(names)).values()) {
      if (one.position === null) return null;
      if (lowest === undefined || one.position < (lowest ?? 0n)) lowest = one.position;
    }
    return lowest ?? null;
  };

  const waitFor: Runner['waitFor'] = (names, wanted, timeout, signal) => waiting.reached(names.map(modelOf), wanted, timeout, signal);

  // To ask for the moment keeps the log's writers waiting, so those who ask at once ask together.
  const askMoment = shared(() => log.now());

  /** The head of the log once the time was over, waiting where it has begun; or what the log's clock says. */
  const over = async ({ begins, ends }: Span, until: number, signal?: AbortSignal): Promise<{ head: bigint } | { later: Date }> => {
    for (;;) {
      // A head that was read once the clock had passed the time is good for ever: nothing later is stamped before it.
      if (moment === undefined || ends > toMicroseconds(moment.now.toISOString())) moment = await askMoment();
      const { head, now } = moment;
      const clock = toMicroseconds(now.toISOString());
      if (ends <= clock) return { head };
      const left = Date.parse(ends) + 1 - now.getTime();
      if (begins > clock || performance.now() + left >= until || signal?.aborted) return { later: now };
      // It is over now, unless the log's clock runs differently from this one.
      await setTimeout(left, undefined, signal && { signal }).catch(() => undefined);
    }
  };

  const positionAt = async (time: Span, timeout: number, signal?: AbortSignal): Promise<PositionAt> => {
    const until = performance.now() + timeout;
    const known = lookedUp.get(time.ends);
    if (known !== undefined) return { at: known };
    // Asking the log for its clock writes to it, and there may be no room for that; times long ago do not need it.
    if ((await position([times.name])) === null || !(await isSettled(pool, time.ends))) {
      const passed = await over(time, until, signal);
      if ('later' in passed) return passed;
      const isThere = ((await position([times.name])) ?? -1n) >= passed.head;
      if (!isThere && !(await waitFor([times.name], passed.head, Math.max(0, until - performance.now()), signal))) return { behind: true };
    }
    const at = await lookUp(pool, log, time.ends);
    lookedUp.set(time.ends, at);
    return { at };
  };

  const lag = async (name: string, now: Date): Promise<number | null> => {
    const at = await position([name]);
    if (at === null) return null;
    const [next] = await log.readAll(at, 1, { texts: false });
    return next === undefined ? 0 : Math.max(0, now.getTime() - new Date(next.recordedAt).getTime());
  };

  const decide = async (what: 'retried' | 'skipped', id: string, by: string): Promise<RetryOutcome> => {
    const outcome =
      what === 'retried'
        ? await retryParked({ pool: applying, log, logName, models, id })
        : await skipParked({ pool, log, logName, models, id, by });
    logger.warn({ parked: id, by, outcome: outcome.outcome }, `a parked event was ${what}`);
    return outcome;
  };

  const rebuildAll: Runner['rebuildAll'] = (names, { compareOnly = false } = {}) => {
    const wanted = names.map((name) => modelOf(name).projection);
    return rebuild(rebuildOptions(wanted, compareOnly));
  };

  return {
    projections,
    ensure,
    advance: advanceOne,
    follow,
    status,
    off,
    position,
    waitFor,
    positionAt,
    lag,
    parked: () => listParked(pool, models),
    retry: (id, by) => decide('retried', id, by),
    skip: (id, by) => decide('skipped', id, by),
    retryAll: (filter, limit, by) => forEachParked({ pool, models, filter, limit }, (id) => decide('retried', id, by)),
    skipAll: (filter, limit, by) => forEachParked({ pool, models, filter, limit }, (id) => decide('skipped', id, by)),
    rebuild: async (name, options) => {
      const [rebuilt] = await rebuildAll([name], options);
      if (rebuilt === undefined) throw new Error(`${name} was not rebuilt`);
      return rebuilt;
    },
    rebuildAll,
    withErasedText: async () => {
      const { rows } = await pool.query('SELECT DISTINCT projection FROM runner.parked WHERE erasure_waits AND model = ANY($1)', [
        models.map(({ schema }) => schema),
      ]);
      return rows.map(({ projection }) => projection);
    },
    close: async () => {
      closing = true;
      await Promise.allSettled(underWay);
      await tail?.close();
      await waiting.close();
    },
  };
};
