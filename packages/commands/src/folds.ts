import type { DomainEvent } from '@averment/domain';
import { decoded, type EventLog, type Logged, withAbsorbed } from '@averment/event-log';
import { shared } from '@averment/platform';
import { LRUCache } from 'lru-cache';

/** A stream folded up to `revision` (-1: it has no events). The state changes in place when the fold moves on. */
export type Fold<S> = { state: S; revision: number };

/** A fold that a model stores, with the SHA-256 of the event at its revision. */
export type StoredFold<S> = Fold<S> & { sha256: string };

/** Folds of streams, structure only, kept in memory: what they save is reading, never the check, which is the append's expected revision. */
export type Folds<S> = {
  /** The fold as it is in memory, perhaps behind the log; undefined where there is none. */
  held(stream: string): Fold<S> | undefined;
  /** The fold up to the stream's end. Rejects with `StreamUnreadable` or `LogUnavailable`. */
  fresh(stream: string): Promise<Fold<S>>;
  /** Moves a fold on by events that were just appended to its stream, as the log handed them back. Rejects with `StreamUnreadable`. */
  add(stream: string, fold: Fold<S>, written: readonly Logged<DomainEvent>[]): Fold<S>;
  /** The fold up to exactly this revision, which must exist. Not to be changed by the caller. */
  at(stream: string, revision: number): Promise<Fold<S>>;
};

/** Reads decoded events, or rejects with `StreamUnreadable` for the first that is not. */
export const readEvents = async (
  log: EventLog<DomainEvent>,
  stream: string,
  from: number,
  options: { to?: number; texts: boolean },
): Promise<(DomainEvent & { sha256?: string })[]> => {
  return decoded(await log.readStream(stream, from, options));
};

/** The same for a fold: what an incident absorbed comes with it, as structure unless its texts are asked for too. */
export const readToFold = async (
  log: EventLog<DomainEvent>,
  stream: string,
  from: number,
  { absorbedTexts: texts = false, ...options }: { to?: number; texts: boolean; absorbedTexts?: boolean },
) => withAbsorbed(await readEvents(log, stream, from, options), (absorbed, to) => readEvents(log, absorbed, 0, { to, texts }));

/** A longer stream is begun at its stored fold. */
const shortStream = 32;

/**
 * `budget` bounds the memory: the number of events in all folds kept, the least recently used going first. `stored` finds what a model stores: it may lag
 * and it may be of another log, so it counts where the log has that very event at its revision.
 */
export const createFolds = <S>(options: {
  log: EventLog<DomainEvent>;
  initial: () => S;
  evolve: (state: S, event: DomainEvent) => S;
  budget: number;
  stored?: (stream: string) => Promise<StoredFold<S> | null>;
}): Folds<S> => {
  const { log, initial, evolve, budget, stored } = options;
  const kept = new LRUCache<string, Fold<S>>({ maxSize: budget, sizeCalculation: ({ revision }) => Math.min(revision + 1, budget) });

  const keep = (stream: string, fold: Fold<S>) => {
    // What is kept already would keep its size.
    kept.delete(stream);
    kept.set(stream, fold);
  };

  /** Another read of the same stream may have moved the fold on meanwhile: what it has is passed over. */
  const moveOn = (stream: string, fold: Fold<S>, events: readonly DomainEvent[]): Fold<S> => {
    for (const event of events) {
      if (event.revision !== fold.revision + 1) continue;
      fold.state = evolve(fold.state, event);
      fold.revision = event.revision;
    }
    if (fold.revision >= 0) keep(stream, fold);
    return fold;
  };

  const read = (stream: string, from: number, to?: number) =>
    readToFold(log, stream, from, { texts: false, ...(to !== undefined && { to }) });

  /** A fold of a stream that is not in memory, and events that move it on. */
  const begin = async (stream: string): Promise<{ fold: Fold<S>; events: DomainEvent[] }> => {
    const fold = { state: initial(), revision: -1 };
    if (stored === undefined) return { fold, events: await read(stream, 0) };
    const first = await read(stream, 0, shortStream - 1);
    if (first.length < shortStream) return { fold, events: first };
    // What a model cannot tell now is read.
    const known = await stored(stream).catch(() => null);
    if (known === null) return { fold, events: [...first, ...(await read(stream, shortStream))] };
    const events = await read(stream, known.revision);
    const { state, revision } = known;
    return events[0]?.sha256 === known.sha256 ? { fold: { state, revision }, events } : { fold, events: await read(stream, 0) };
  };

  const held = (stream: string) => kept.get(stream);

  const fresh: Folds<S>['fresh'] = shared(async (stream: string) => {
    const now = kept.get(stream);
    if (now === undefined) {
      const { fold, events } = await begin(stream);
      const other = kept.get(stream);
      // What was read does not start where a fold ends that is behind this one.
      return moveOn(stream, other !== undefined && other.revision >= fold.revision ? other : fold, events);
    }
    const from = now.revision + 1;
    const events = await read(stream, from);
    const fold = kept.get(stream) ?? { state: initial(), revision: -1 };
    // Dropped from memory while this waited: what was read does not start where the fold ends.
    return fold.revision + 1 < from ? fresh(stream) : moveOn(stream, fold, events);
  });

  const add = (stream: string, fold: Fold<S>, written: readonly Logged<DomainEvent>[]) => moveOn(stream, fold, decoded(written));

  const at = async (stream: string, revision: number): Promise<Fold<S>> => {
    const now = kept.get(stream);
    if (now?.revision === revision) return now;
    const fold = { state: initial(), revision: -1 };
    for (const event of await read(stream, 0, revision)) {
      fold.state = evolve(fold.state, event);
      fold.revision = event.revision;
    }
    return fold;
  };

  return { held, fresh, add, at };
};
