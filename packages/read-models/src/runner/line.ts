import type { DomainEvent } from '@averment/domain';
import { type EventLog, LogUnavailable, type Mark, UnknownPosition } from '@averment/event-log';
import type { Pool } from 'pg';
import { type Page, readAppends } from './appends.ts';
import { type Followed, isHeld, passed } from './followed.ts';
import { type Applied, eventsOf, type Follower, type Move } from './follower.ts';
import { isMissing } from './model.ts';
import { isPoison } from './poison.ts';
import { ModelsUnavailable, transaction } from './transaction.ts';

export type LineOptions = {
  pool: Pool;
  log: EventLog<DomainEvent>;
  /** What the log is called. */
  logName: () => Promise<string>;
  /** About how many events are read and applied in one transaction. */
  batch: number;
  /** Looked at between pages. */
  stopped: () => boolean;
};

/** Where a follower stands, and how many events it has passed, those included that did not matter to it. */
export type Advanced = { position: bigint; passed: number };

/** The log has not what was followed so far; nothing of the page was written. */
class NotHeld extends Error {
  override readonly name = 'NotHeld';
}

/** What one page came to: who was moved on, and who failed with what. The others were left out: their lock was taken, or somebody else had moved them. */
export type Taken = { moved: Follower[]; failed: Map<Follower, unknown> };

/**
 * What takes followers along the log, page after page, each page in one transaction with the checkpoints of all whom it moves. Any number of processes may do
 * so at once: a checkpoint is compared and swapped, and the second one writes nothing.
 */
export const createLine = ({ pool, log, logName, batch, stopped }: LineOptions) => {
  /** Where they stand, as far as is known. It need not be right: then nothing is written. */
  const known = new Map<Follower, Followed>();

  const locate = async (follower: Follower): Promise<Followed> => {
    const at = known.get(follower) ?? (await follower.current());
    known.set(follower, at);
    return at;
  };

  const read = (group: readonly Follower[], after: bigint, until: bigint | null): Promise<Page> => {
    const texts = [...new Set(group.flatMap((follower) => follower.texts))];
    const page = readAppends(log, { after, until, limit: batch, texts, canonical: group.some(({ canonical }) => canonical) });
    // Its failure is reported when it is awaited, if it ever is.
    page.catch(() => undefined);
    return page;
  };

  /** Whether the log has what the followers have followed. */
  const holdsAll = async (moves: readonly Move[]): Promise<boolean> => {
    const marks = new Map<string, Followed>(moves.map(({ from }) => [nameOf(from.mark), from]));
    return (await Promise.all([...marks.values()].map((followed) => isHeld(followed, { log })))).every(Boolean);
  };

  type Pair = { follower: Follower; move: Move };
  type Transaction = { waited: boolean; held: Promise<boolean>; care: boolean };

  const inTransaction = async (pairs: readonly Pair[], { appends }: Page, { waited, held, care }: Transaction): Promise<Follower[]> => {
    const locks = waited ? pairs.flatMap(({ follower: { lock } }) => lock ?? []) : [];
    const opening = [...locks, ...pairs.flatMap(({ follower, move }) => [follower.move(move, waited), ...follower.follows])];
    const closing = pairs.flatMap(({ follower, move }) => follower.closing(move.to));
    const tell: (() => void)[] = [];
    const moved = await transaction(pool, { opening, closing }, async (tx, opened) => {
      const along: Follower[] = [];
      let next = locks.length;
      for (const { follower, move } of pairs) {
        const [swapped, ...results] = opened.slice(next, next + 1 + follower.follows.length);
        next += 1 + follower.follows.length;
        if (swapped?.rowCount !== 1) continue;
        const applied: Applied = { tx, results, move, appends };
        if (care) tell.push(await follower.applyWithCare(applied));
        else await follower.apply(applied);
        along.push(follower);
      }
      if (!(await held)) throw new NotHeld('the log has not what was followed');
      return along;
    });
    for (const told of tell) told();
    return moved;
  };

  /** Answers whether the follower was moved. If an event is poison for it, it takes what else it can. */
  const takeAlone = async (pair: Pair, page: Page, how: Omit<Transaction, 'care'>): Promise<boolean> => {
    const attempt = async (care: boolean) => (await inTransaction([pair], page, { ...how, care })).length > 0;
    try {
      return await attempt(false).catch((error) => (isPoison(error) ? attempt(true) : Promise.reject(error)));
    } catch (error) {
      // A newer program may have dropped the model, or the log is another one: asking where it stands says so.
      if (error instanceof NotHeld || isMissing(error)) return false;
      throw error;
    }
  };

  /** All followers together, which is cheapest; if that fails, each by itself, so that one does not hold the others up. */
  const take = async (group: readonly Follower[], page: Page, waited: boolean): Promise<Taken> => {
    const events = eventsOf(page.appends);
    const name = await logName();
    const pairs = await Promise.all(
      group.map(async (follower): Promise<Pair> => {
        const from = await locate(follower);
        return { follower, move: { from, to: passed(from, events, page.position, name) } };
      }),
    );
    // Asked once the page was read, so that no page of another log is applied, and while it is being applied, which takes longer.
    const held = holdsAll(pairs.map(({ move }) => move));
    // Its failure is reported when it is awaited.
    held.catch(() => undefined);
    const taken: Taken = { moved: [], failed: new Map() };
    const each = async () => {
      for (const pair of pairs) {
        const moved = await takeAlone(pair, page, { waited, held }).catch((error: unknown) => void taken.failed.set(pair.follower, error));
        if (moved) taken.moved.push(pair.follower);
      }
    };
    try {
      if (pairs.length > 1) taken.moved = await inTransaction(pairs, page, { waited, held, care: false });
      else await each();
    } catch (error) {
      if (error instanceof LogUnavailable || error instanceof ModelsUnavailable) throw error;
      await each();
    }
    for (const { follower, move } of pairs) {
      if (taken.moved.includes(follower)) known.set(follower, move.to);
      else known.delete(follower);
    }
    return taken;
  };

  /** If nothing can be read from where they are, reports who is off the log. */
  const unlessOff = async (group: readonly Follower[], error: unknown): Promise<never> => {
    if (error instanceof UnknownPosition) await Promise.all(group.map((follower) => follower.current()));
    throw error;
  };

  type Along = {
    group: readonly Follower[];
    /** Where to stop; null: at the head of the log. */
    until: bigint | null;
    /** Whether a lock that is taken is waited for. */
    waited: boolean;
    /** Whether to end before a page that is full. */
    near: boolean;
    /** Hears of each page that was taken. */
    took: (taken: Taken, events: number) => void;
  };

  /**
   * Takes followers that stand at one position on, as long as all of them go along. `end`: they are at `until`, or at the head. `far`: a full page is before
   * them. Rejects with whatever keeps all of them from going on.
   */
  const along = async ({ group, until, waited, near, took }: Along): Promise<'end' | 'parted' | 'far' | 'stopped'> => {
    const [first] = group;
    if (first === undefined) return 'end';
    let after = (await locate(first)).position;
    let ahead: Promise<Page> | undefined;
    while (!stopped()) {
      const page = await (ahead ?? read(group, after, until)).catch((error) => unlessOff(group, error));
      if (page.appends.length === 0) {
        // After a crash of the database they may be behind what was reported.
        for (const follower of group) known.set(follower, await follower.current());
        return group.every((follower) => known.get(follower)?.position === after) ? 'end' : 'parted';
      }
      if (page.full && near) return 'far';
      // While a full page is being applied, the next can be on its way: far behind the log that takes half the time.
      ahead = page.full ? read(group, page.position, until) : undefined;
      const taken = await take(group, page, waited);
      took(taken, eventsOf(page.appends).length);
      if (taken.moved.length < group.length) return 'parted';
      after = page.position;
      // To ask where the log ends costs less than to read on from there. A page of long texts may end before the log does.
      if (!page.full && until === null && (await log.head()) <= after) return 'end';
    }
    return 'stopped';
  };

  /** Takes one follower on by itself, to `until` or the head of the log, waiting for its lock. Rejects with whatever keeps it. */
  const alone = async (follower: Follower, until: bigint | null): Promise<Advanced> => {
    let count = 0;
    const took = ({ moved, failed }: Taken, events: number): void => {
      if (failed.has(follower)) throw failed.get(follower);
      if (moved.length > 0) count += events;
    };
    try {
      for (let where = 'parted'; where === 'parted'; ) where = await along({ group: [follower], until, waited: true, near: false, took });
      return { position: (await locate(follower)).position, passed: count };
    } catch (error) {
      known.delete(follower);
      throw error;
    }
  };

  /** Waits until nobody else changes what the follower keeps. */
  const wait = async ({ lock }: Follower): Promise<void> => {
    if (lock !== null) await pool.query(lock);
  };

  return { known, locate, along, alone, wait };
};

const nameOf = (mark: Mark | null): string => (mark === null ? '' : `${mark.position} ${mark.sha256}`);
