import { type DomainEvent, evolveSource, initialSource, type Source } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { type Fold, readEvents } from './folds.ts';

/** A revision of a source's text; null where it was erased, undefined where there is none. */
export type SourceText = string | null | undefined;

export type SourceTexts = {
  /** The texts of these sources as of the folds that `fresh` answers, looked up by source and revision. Rejects with `StreamUnreadable` or `LogUnavailable`. */
  load(
    sources: readonly string[],
    fresh: (source: string) => Promise<Fold<Source>>,
  ): Promise<(source: string, revision: number) => SourceText>;
};

type Held = { streamRevision: number; texts: readonly (string | null)[]; length: number };

/**
 * Keeps texts that were read, since every citation of an edit is looked up in one. `budget` bounds their length in UTF-16 units, the least recently used
 * going first. Events after those read (a further revision, an erasure) are seen each time, by the fold of the source: then it is read anew.
 */
export const createSourceTexts = (log: EventLog<DomainEvent>, budget: number): SourceTexts => {
  const held = new Map<string, Held>();
  let total = 0;

  const drop = (source: string) => {
    total -= held.get(source)?.length ?? 0;
    held.delete(source);
  };

  const keep = (source: string, one: Held) => {
    drop(source);
    held.set(source, one);
    total += one.length;
    for (const oldest of held.keys()) {
      if (total <= budget) break;
      drop(oldest);
    }
  };

  const textsOf = async (source: string, revision: number): Promise<readonly (string | null)[]> => {
    const known = held.get(source);
    if (known && known.streamRevision >= revision) {
      keep(source, known);
      return known.texts;
    }
    const events = await readEvents(log, source, 0, { texts: true });
    const { texts, streamRevision } = events.reduce(evolveSource, initialSource());
    keep(source, { streamRevision, texts, length: texts.reduce((sum, text) => sum + (text?.length ?? 0), 0) });
    return texts;
  };

  return {
    load: async (sources, fresh) => {
      const found = new Map(
        await Promise.all(sources.map(async (source) => [source, await textsOf(source, (await fresh(source)).revision)] as const)),
      );
      return (source, revision) => found.get(source)?.[revision - 1];
    },
  };
};
