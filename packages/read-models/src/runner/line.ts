import type { DomainEvent } from '@averment/domain';
import { type EventLog, type Logged, LogUnavailable, type Mark, UnknownPosition } from '@averment/event-log';
import { DatabaseAway } from '@averment/platform';
import { type LoggedAppend, type Page, readAppends } from './appends.ts';
import { type Followed, isHeld, passed } from './followed.ts';
import { isPoison } from './poison.ts';

/** What follows the log. */
export type Follows = {
  name: string;
  /** Beginnings of the names of the streams whose texts it wants. */
  texts: readonly string[];
  /** Whether it wants the canonical bytes. */
  canonical: boolean;
  /** Where it stands. Rejects where that is nowhere on this log, with what there is to do. */
  current(): Promise<Followed>;
};

/** From where to where a follower is moved. */
export type Move = { from: Followed; to: Followed };
export type Pair<F> = { follower: F; move: Move };

/** How a page is committed. */
export type How = {
  /** Whether a lock that is taken is waited for. */
  waited: boolean;
  /** Whether a follower applies what it can of a page that is poison for it. */
  care: boolean;
  /** Rejects where the log has not what was followed: then nothing is committed. */
  held: Promise<void>;
};

/** Where the followers keep what they make of the log. */
export type Keeping<F> = {
  /**
   * Has the page applied by all of these followers, and moves their checkpoints, in one transaction. Answers who was moved: a follower whose checkpoint is not
   * where its move begins, or whose lock is taken, is left out.
   */
  commit(pairs: readonly Pair<F>[], appends: readonly LoggedAppend[], how: How): Promise<F[]>;
  /** Waits until nobody else changes what the follower keeps. */
  wait(follower: F): Promise<void>;
};

export type LineOptions<F extends Follows> = {
  keeping: Keeping<F>;
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
export type Taken<F> = { moved: F[]; failed: Map<F, unknown> };

export const eventsOf = (appends: readonly LoggedAppend[]): Logged<DomainEvent>[] => appends.flatMap(({ events }) => events);

/**
 * What takes followers along the log, page after page, each page in one transaction with the checkpoints of all whom it moves. Any number of processes may do
 * so at once: a checkpoint is compared and swapped, and the second one writes nothing.
 */
export const createLine = <F extends Follows>({ keeping, log, logName, batch, stopped }: LineOptions<F>) => {
  /** Where they stand, as far as is known. It need not be right: then nothing is written. */
  const known = new Map<F, Followed>();

  const locate = async (follower: F): Promise<Followed> => {
    const at = known.get(follower) ?? (await follower.current());
    known.set(follower, at);
    return at;
  };

  const read = (group: readonly F[], after: bigint, until: bigint | null): Promise<Page> => {
    const texts = [...new Set(group.flatMap((follower) => follower.texts))];
    const page = readAppends(log, { after, until, limit: batch, texts, canonical: group.some(({ canonical }) => canonical) });
    // Its failure is reported when it is awaited, if it ever is.
    page.catch(() => undefined);
    return page;
  };

  /** Rejects where the log has not what the followers have followed. */
  const requireHeld = async (moves: readonly Move[]): Promise<void> => {
    const marks = new Map<string, Followed>(moves.map(({ from }) => [nameOf(from.mark), from]));
    const held = await Promise.all([...marks.values()].map((followed) => isHeld(followed, { log })));
    if (!held.every(Boolean)) throw new NotHeld('the log has not what was followed');
  };

  /** Answers whether the follower was moved. If an event is poison for it, it takes what else it can. */
  const takeAlone = async (pair: Pair<F>, { appends }: Page, how: Omit<How, 'care'>): Promise<boolean> => {
    const attempt = async (care: boolean) => (await keeping.commit([pair], appends, { ...how, care })).length > 0;
    try {
      return await attempt(false);
    } catch (error) {
      // Asking where it stands says why.
      if (error instanceof NotHeld) return false;
      if (!isPoison(error)) throw error;
      return await attempt(true);
    }
  };

  /** All followers together, which is cheapest; if that fails, each by itself, so that one does not hold the others up. */
  const take = async (group: readonly F[], page: Page, waited: boolean): Promise<Taken<F>> => {
    const events = eventsOf(page.appends);
    const name = await logName();
    const pairs = await Promise.all(
      group.map(async (follower): Promise<Pair<F>> => {
        const from = await locate(follower);
        return { follower, move: { from, to: passed(from, events, page.position, name) } };
      }),
    );
    // Asked once the page was read, so that no page of another log is applied, and while it is being applied, which takes longer.
    const held = requireHeld(pairs.map(({ move }) => move));
    // Its failure is reported when it is awaited.
    held.catch(() => undefined);
    const taken: Taken<F> = { moved: [], failed: new Map() };
    const each = async () => {
      for (const pair of pairs) {
        const moved = await takeAlone(pair, page, { waited, held }).catch((error: unknown) => void taken.failed.set(pair.follower, error));
        if (moved) taken.moved.push(pair.follower);
      }
    };
    try {
      if (pairs.length > 1) taken.moved = await keeping.commit(pairs, page.appends, { waited, held, care: false });
      else await each();
    } catch (error) {
      if (error instanceof LogUnavailable || error instanceof DatabaseAway) throw error;
      await each();
    }
    for (const { follower, move } of pairs) {
      if (taken.moved.includes(follower)) known.set(follower, move.to);
      else known.delete(follower);
    }
    return taken;
  };

  /** If nothing can be read from where they are, reports who is off the log. */
  const unlessOff = async (group: readonly F[], error: unknown): Promise<never> => {
    if (error instanceof UnknownPosition) await Promise.all(group.map((follower) => follower.current()));
    throw error;
  };

  type Along = {
    group: readonly F[];
    /** Where to stop; null: at the head of the log. */
    until: bigint | null;
    /** Whether a lock that is taken is waited for. */
    waited: boolean;
    /** Whether to end before a page that is full. */
    near: boolean;
    /** Hears of each page that was taken. */
    took: (taken: Taken<F>, events: number) => void;
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
  const alone = async (follower: F, until: bigint | null): Promise<Advanced> => {
    let count = 0;
    const took = ({ moved, failed }: Taken<F>, events: number): void => {
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

  return { known, locate, along, alone };
};

const nameOf = (mark: Mark | null): string => (mark === null ? '' : `${mark.position} ${mark.sha256}`);
