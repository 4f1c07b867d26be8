import type { DomainEvent } from '@averment/domain';
import { decoded, type EventLog, type Logged } from '@averment/event-log';
import { sharing } from './sharing.ts';

/** A stream folded up to `revision` (-1: it has no events). The state changes in place when the fold moves on. */
export type Fold<S> = { state: S; revision: number };

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
): Promise<DomainEvent[]> => {
  return decoded(await log.readStream(stream, from, options));
};

/** `budget` bounds the memory: the number of events in all folds kept, the least recently used going first. */
export const createFolds = <S>(options: {
  log: EventLog<DomainEvent>;
  initial: () => S;
  evolve: (state: S, event: DomainEvent) => S;
  budget: number;
}): Folds<S> => {
  const { log, initial, evolve, budget } = options;
  const kept = new Map<string, Fold<S>>();
  let events = 0;

  const advance = (fold: Fold<S>, event: DomainEvent) => {
    fold.state = evolve(fold.state, event);
    fold.revision = event.revision;
  };

  /** Another read of the same stream may have moved the fold on meanwhile: what it has is passed over. */
  const moveOn = (stream: string, fold: Fold<S>, read: readonly DomainEvent[]): Fold<S> => {
    const counted = kept.get(stream)?.revision ?? -1;
    for (const event of read) if (event.revision === fold.revision + 1) advance(fold, event);
    if (fold.revision >= 0) keep(stream, fold, fold.revision - counted);
    return fold;
  };

  const keep = (stream: string, fold: Fold<S>, added: number) => {
    kept.delete(stream);
    kept.set(stream, fold);
    events += added;
    for (const [oldest, { revision }] of kept) {
      if (events <= budget || oldest === stream) break;
      kept.delete(oldest);
      events -= revision + 1;
    }
  };

  const held = (stream: string) => kept.get(stream);

  const fresh: Folds<S>['fresh'] = sharing(async (stream) => {
    const from = (kept.get(stream)?.revision ?? -1) + 1;
    const read = await readEvents(log, stream, from, { texts: false });
    const fold = kept.get(stream) ?? { state: initial(), revision: -1 };
    // Dropped from memory while this waited: what was read does not start where the fold ends.
    return fold.revision + 1 < from ? fresh(stream) : moveOn(stream, fold, read);
  });

  const add = (stream: string, fold: Fold<S>, written: readonly Logged<DomainEvent>[]) => moveOn(stream, fold, decoded(written));

  const at = async (stream: string, revision: number): Promise<Fold<S>> => {
    const now = kept.get(stream);
    if (now?.revision === revision) return now;
    const fold = { state: initial(), revision: -1 };
    for (const event of await readEvents(log, stream, 0, { to: revision, texts: false })) advance(fold, event);
    return fold;
  };

  return { held, fresh, add, at };
};
