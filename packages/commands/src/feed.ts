import {
  type DomainEvent,
  decideMended,
  decideSkip,
  type EventData,
  type FeedState,
  feedOperations,
  type NewEvent,
} from '@averment/domain';
import { type EventLog, isUndecodable, LogUnavailable, readFeedState, servedAt, type Undecodable } from '@averment/event-log';
import type { Clock, Random } from '@averment/platform';
import { eventsToAppend, tries } from './execute.ts';

/** `passed_over`: from now on (or `already`) the feed serves `Unreadable` there. `readable`: the feed can serve what stands there. `nothing`: no event does. */
export type Skipped =
  | { outcome: 'passed_over'; already: boolean; event: Undecodable }
  | { outcome: 'readable'; type: string }
  | { outcome: 'nothing' };

/** What the feed passes over at `position` (decimal): `mended` is served anew from now on; `waits` still cannot be read, which `error` says. */
export type Mended = { position: string; stream: string; revision: number } & ({ outcome: 'mended' } | { outcome: 'waits'; error: string });

/** What an admin decides about the feed, and what follows from it. All reject with `LogUnavailable`. */
export const createFeedOperations = ({ log, clock, random }: { log: EventLog<DomainEvent>; clock: Clock; random: Random }) => {
  /** Appends what is decided on the state as it is now, unless nothing is. Answers whether there was something. */
  const decide = async (actor: string, decision: (state: FeedState) => readonly NewEvent[]): Promise<boolean> => {
    const by = { actor, command: random.uuid(), request: null, correlation: null };
    for (let tried = 0; tried < tries; tried += 1) {
      const { state, revision } = await readFeedState(log);
      const events = decision(state);
      if (events.length === 0) return false;
      const outcome = await log.append(feedOperations, revision, eventsToAppend(events, by, clock.now()));
      if (outcome.outcome !== 'wrong_revision') return true;
    }
    throw new LogUnavailable('others keep writing down what the feed passes over');
  };

  const readAgain = async (
    { position, stream, revision }: Pick<EventData<'FeedEventMended'>, 'position' | 'stream' | 'revision'>,
    actor: string,
  ): Promise<Mended> => {
    const place = { position, stream, revision };
    const event = await servedAt(log, BigInt(position));
    if (event === undefined) return { ...place, outcome: 'waits', error: 'no event stands there any more' };
    if (isUndecodable(event)) return { ...place, outcome: 'waits', error: `${event.undecodable}: ${event.error}` };
    await decide(actor, (state) => decideMended(state, position));
    return { ...place, outcome: 'mended' };
  };

  return {
    /** Lets the feed pass over the event at this position, if it cannot be decoded. */
    skip: async ({ position, reason, actor }: { position: bigint; reason: string; actor: string }): Promise<Skipped> => {
      const event = await servedAt(log, position);
      if (event === undefined) return { outcome: 'nothing' };
      if (!isUndecodable(event)) return { outcome: 'readable', type: event.type };
      const { stream, revision, undecodable: why } = event;
      const decided = await decide(actor, (state) => decideSkip(state, { position: String(position), stream, revision, why, reason }));
      return { outcome: 'passed_over', already: !decided, event };
    },
    /** Reads all that is passed over again, and lets the feed serve what can be read now at a new position. Oldest first. */
    mend: async (actor: string): Promise<Mended[]> => {
      const { state } = await readFeedState(log);
      const open = [...state.values()]
        .filter(({ mended }) => !mended)
        .sort((one, other) => (BigInt(one.position) < BigInt(other.position) ? -1 : 1));
      const found: Mended[] = [];
      for (const passed of open) found.push(await readAgain(passed, actor));
      return found;
    },
  };
};

export type FeedOperations = ReturnType<typeof createFeedOperations>;
