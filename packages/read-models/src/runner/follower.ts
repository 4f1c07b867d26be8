import type { DomainEvent } from '@averment/domain';
import type { Durable, EventLog } from '@averment/event-log';
import { inTransaction, type Logger, together } from '@averment/platform';
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { LoggedAppend } from './appends.ts';
import { applyAll, applyWhatCanBe } from './apply.ts';
import { type Followed, followedBy, ModelOff, moveStatement, whyOff } from './followed.ts';
import { eventsOf, type Follows, type Keeping, type Move } from './line.ts';
import { isMissing, type Model } from './model.ts';
import { noteErasures, noteMerges, tellParked, unappliedFrom, unappliedStatement } from './parked.ts';
import { applyLock, tryLock } from './transaction.ts';
import { moveHint } from './waiting.ts';

/** A page as it is applied, inside the transaction that moves the checkpoint. `results` are those of `follows`. */
export type Applied = { tx: PoolClient; results: readonly QueryResult[]; move: Move; appends: readonly LoggedAppend[] };

/** What follows the log and keeps in PostgreSQL what it makes of it. */
export type Follower = Follows & {
  /** The statement that waits for the lock of its own, if it has one. */
  lock: string | null;
  /** Moves the checkpoint where it still stands at `from`, and unless `waited` where the lock is free: else the statement's row count is 0. */
  move(move: Move, waited: boolean): string;
  /** Statements to be asked after the move. */
  follows: readonly string[];
  /** Statements before the commit. */
  closing(to: Followed): string[];
  /** Applies the page, all at once, which is cheapest; throws what an event makes it throw. */
  apply(applied: Applied): Promise<void>;
  /** Applies what can be applied of a page with which `apply` failed, and answers the way to tell of the rest once it is committed. */
  applyWithCare(applied: Applied): Promise<() => void>;
};

/** There is no such model (yet): its schema is built at start, or by `rebuild`. */
export class ModelMissing extends Error {
  override readonly name = 'ModelMissing';
}

type ModelOptions = {
  pool: Pool;
  log: EventLog<DomainEvent>;
  /** What the log is called. */
  logName: () => Promise<string>;
  logger: Logger;
  /** Whether others may change the model at the same time, as they may a live one. */
  locked: boolean;
  /** Erasures up to here were in force before the model's first row was made. */
  erasedUntil: bigint;
};

/** A read model as a follower: what it cannot take is parked. */
export const modelFollower = (model: Model, { pool, log, logName, logger, locked, erasedUntil }: ModelOptions): Follower => {
  const { projection, schema } = model;
  const { name } = projection;

  const note = async (tx: PoolClient, unapplied: ReturnType<typeof unappliedFrom>, appends: readonly LoggedAppend[]) => {
    await noteErasures(tx, model, unapplied, appends, erasedUntil);
    await noteMerges(tx, model, unapplied, appends);
  };
  const applying = ({ tx, results, move }: Applied) => {
    return { tx, model, log, checkpoint: move.from.position, unapplied: unappliedFrom(results[0]?.rows ?? []) };
  };
  return {
    name,
    texts: projection.placesOnly ? [] : projection.streams,
    canonical: false,
    current: async () => {
      const followed = await followedBy(pool, model);
      if (followed === null) throw new ModelMissing(`the model ${schema} is not there: it is built when the worker starts`);
      const why = await whyOff(model, followed, { log, logName });
      if (why !== null) throw new ModelOff(why);
      return followed;
    },
    lock: locked ? applyLock(name) : null,
    move: ({ from, to }, waited) => moveStatement(model, from, to) + (locked && !waited ? ` AND ${tryLock(name)}` : ''),
    follows: [unappliedStatement(model)],
    closing: ({ position }) => [moveHint(model, position)],
    apply: async (applied) => {
      const own = applying(applied);
      await applyAll(own, applied.appends);
      await note(applied.tx, own.unapplied, applied.appends);
    },
    applyWithCare: async (applied) => {
      const own = applying(applied);
      const parked = await applyWhatCanBe(own, applied.appends);
      await note(applied.tx, own.unapplied, applied.appends);
      return () => tellParked(logger, model, parked);
    },
  };
};

/** A durable follower: what it cannot take holds it up. */
export const durableFollower = (durable: Durable, pool: Pool): Follower => {
  const apply = async ({ tx, appends }: Applied): Promise<void> => {
    await durable.apply(tx, eventsOf(appends));
  };
  return {
    name: durable.name,
    texts: durable.texts ?? [],
    canonical: durable.canonical ?? false,
    current: async () => ({ ...(await durable.current(pool)), log: '' }),
    lock: null,
    move: ({ from, to }) => durable.move(from.position, to),
    follows: [],
    closing: () => [],
    apply,
    applyWithCare: async (applied) => {
      await apply(applied);
      return () => undefined;
    },
  };
};

/** The keeping of followers in PostgreSQL. `pool` is pipelined: the followers' statements stand on one connection, beside each other. */
export const keepingIn = (pool: Pool): Keeping<Follower> => ({
  commit: async (pairs, appends, { waited, care, held }) => {
    const locks = waited ? pairs.flatMap(({ follower: { lock } }) => lock ?? []) : [];
    const opening = [...locks, ...pairs.flatMap(({ follower, move }) => [follower.move(move, waited), ...follower.follows])];
    const closing = pairs.flatMap(({ follower, move }) => follower.closing(move.to));
    const tell: (() => void)[] = [];
    try {
      const take = async (tx: PoolClient, opened: QueryResult[]): Promise<Follower[]> => {
        const along: Follower[] = [];
        const applying: Promise<void>[] = [];
        let next = locks.length;
        for (const { follower, move } of pairs) {
          const [swapped, ...results] = opened.slice(next, next + 1 + follower.follows.length);
          next += 1 + follower.follows.length;
          if (swapped?.rowCount !== 1) continue;
          const applied: Applied = { tx, results, move, appends };
          // With care it is one follower alone, whose savepoints are its own.
          applying.push(care ? follower.applyWithCare(applied).then((told) => void tell.push(told)) : follower.apply(applied));
          along.push(follower);
        }
        await together(applying);
        await held;
        return along;
      };
      // Models follow from the log: after a crash they come back with rows and checkpoint of one and the same moment.
      const moved = await inTransaction(pool, take, { durable: false, opening, closing });
      for (const told of tell) told();
      return moved;
    } catch (error) {
      // A newer program may have dropped a model; then that is said.
      if (isMissing(error)) await Promise.all(pairs.map(({ follower }) => follower.current()));
      throw error;
    }
  },
  wait: async ({ lock }) => {
    if (lock !== null) await pool.query(lock);
  },
});
