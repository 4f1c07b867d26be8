import { type DomainEvent, evolveIncident, type Incident, initialIncident } from '@averment/domain';
import { LRUCache } from 'lru-cache';
import type { ProjectionContext } from '../projection.ts';
import { type Concealed, takesTexts, withoutConcealed } from './concealed.ts';

/**
 * Folded incidents between batches, so that a batch reads only streams that were quiet for long. An entry is taken out while a batch changes it and
 * is kept again at its end: a batch that fails leaves nothing half folded behind.
 */
export type States = {
  /**
   * The states at exactly these revisions (-1: before the first event). The caller owns them until it keeps them. `concealed` are texts that they are folded
   * without: states with and without them need a cache each.
   */
  take(context: ProjectionContext, wanted: ReadonlyMap<string, number>, concealed?: Concealed): Promise<Map<string, Incident>>;
  keep(context: ProjectionContext, stream: string, state: Incident): void;
};

const fold = (state: Incident, events: readonly DomainEvent[]): Incident => {
  let folded = state;
  for (const event of events) folded = evolveIncident(folded, event);
  return folded;
};

/** `maxEvents` bounds the cache by the number of events folded into its entries. */
export const createStates = (maxEvents = 20_000): States => {
  const cache = new LRUCache<string, Incident>({
    maxSize: maxEvents,
    sizeCalculation: (state) => Math.min(state.streamRevision + 1, maxEvents),
  });
  const key = (context: ProjectionContext, stream: string) => `${context.schema} ${stream}`;

  const takeOut = (context: ProjectionContext, stream: string): Incident | undefined => {
    const state = cache.get(key(context, stream));
    cache.delete(key(context, stream));
    return state;
  };

  const read = async (context: ProjectionContext, from: ReadonlyMap<string, { state: Incident; to: number }>) => {
    const behind = [...from].filter(([, { state, to }]) => state.streamRevision < to);
    if (behind.length === 0) return new Map<string, DomainEvent[]>();
    return context.readStreams(behind.map(([stream, { state, to }]) => ({ stream, from: state.streamRevision + 1, to })));
  };

  const take: States['take'] = async (context, wanted, concealed = new Map()) => {
    const found = new Map<string, { state: Incident; to: number }>();
    for (const [stream, to] of wanted) {
      const state = takeOut(context, stream);
      // An entry that is ahead comes from a batch that was rolled back.
      found.set(stream, { state: state === undefined || state.streamRevision > to ? initialIncident() : state, to });
    }
    const missing = await read(context, found);
    const stale = new Map<string, { state: Incident; to: number }>();
    for (const [stream, events] of missing) {
      const entry = found.get(stream);
      if (entry === undefined) continue;
      // Another process has projected an erasure or a concealment that this entry was folded without.
      if (entry.state.streamRevision >= 0 && events.some(takesTexts)) stale.set(stream, { state: initialIncident(), to: entry.to });
      else entry.state = fold(entry.state, withoutConcealed(events, concealed));
    }
    for (const [stream, events] of await read(context, stale)) {
      const entry = found.get(stream);
      if (entry !== undefined) entry.state = fold(initialIncident(), withoutConcealed(events, concealed));
    }
    return new Map([...found].map(([stream, { state }]) => [stream, state]));
  };

  return {
    take,
    keep: (context, stream, state) => {
      // Nothing in the own stream would tell that a text of an absorbed one was erased since.
      if (state.streamRevision >= 0 && state.absorbed.size === 0) cache.set(key(context, stream), state);
    },
  };
};
