import { setImmediate as turn } from 'node:timers/promises';
import {
  type DomainEvent,
  evolveSource,
  initialSource,
  type Placed,
  type QuotedText,
  quotedText,
  restrictedIn,
  type SearchedText,
  type Source,
  type SourceNeeded,
  searchQuotes,
  textEvents,
  withoutTexts,
} from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import { inTurn } from '@averment/platform';
import { LRUCache } from 'lru-cache';
import type { Fold } from './folds.ts';

/** A revision of a source's text, searched for its quotes; null where it was erased or is kept from sight, undefined where there is none. */
export type SourceText = SearchedText | null | undefined;
type FindText = (source: string, revision: number) => SourceText;

export type SourceTexts = {
  /**
   * The texts that an edit needs as of the folds that `fresh` answers, looked up by source and revision; null where they are longer in all than one request
   * may have read and searched. Of sources that are `coming`, and not written yet, the fold has the texts. The event loop goes on between one text and the next.
   * Rejects with `StreamUnreadable` or `LogUnavailable`.
   */
  load(
    needed: readonly SourceNeeded[],
    fresh: (source: string) => Promise<Fold<Source>>,
    coming?: ReadonlyMap<string, Fold<Source>>,
  ): Promise<FindText | null>;
};

/** How many UTF-16 units the texts of one request may have together: four of the longest, or two of those that take two units a character. */
export const mostSearched = 20_000_000;
/** Texts that are read at once, by how many requests at once: what waits holds no text, and a text in reading takes up to 100 MB. */
const [atOnce, requests] = [2, 4];

type Held = { streamRevision: number; texts: readonly (QuotedText | null)[]; placed: Placed; length: number };

/** In UTF-16 units, about what a page or caption takes in memory. */
const lengthOfPlace = 64;

const heldOf = ({ texts, extraction, streamRevision }: Source): Held => ({
  streamRevision,
  texts: texts.map((text) => (text === null ? null : quotedText(text))),
  placed: extraction ?? {},
  length:
    texts.reduce((sum, text) => sum + (text?.length ?? 0), 0) +
    ((extraction?.pages?.length ?? 0) + (extraction?.cues?.length ?? 0)) * lengthOfPlace,
});

/**
 * Keeps texts that were read, since every citation of an edit is looked up in one. `budget` bounds their length in UTF-16 units, the least recently used
 * going first. Events after those read (a further revision, an erasure) are seen each time, by the fold of the source: then it is read anew.
 */
export const createSourceTexts = (log: EventLog<DomainEvent>, budget: number, most = mostSearched): SourceTexts => {
  const held = new LRUCache<string, Held>({ maxSize: budget, sizeCalculation: ({ length }) => 1 + length });

  const textsOf = async (source: string, revision: number): Promise<Held> => {
    const known = held.get(source);
    if (known && known.streamRevision >= revision) return known;
    // Without the original of the document, which may be longer than all texts.
    const events = decoded(await log.readStream(source, 0, { types: textEvents }));
    // Nobody quotes from what a decision keeps.
    const left = withoutTexts(events, restrictedIn(events)) ?? events;
    const one = { ...heldOf(left.reduce(evolveSource, initialSource())), streamRevision: revision };
    held.set(source, one);
    return one;
  };

  const read = async (
    sources: readonly string[],
    fresh: (source: string) => Promise<Fold<Source>>,
    coming: ReadonlyMap<string, Fold<Source>>,
  ) => {
    const found = new Map<string, Held>();
    let length = 0;
    for (let from = 0; from < sources.length; from += atOnce) {
      const some = sources.slice(from, from + atOnce);
      const texts = await Promise.all(
        some.map(async (source) => {
          const own = coming.get(source);
          return [source, own ? heldOf(own.state) : await textsOf(source, (await fresh(source)).revision)] as const;
        }),
      );
      for (const [source, one] of texts) {
        found.set(source, one);
        length += one.length;
      }
      if (length > most) return null;
    }
    return found;
  };

  const search = async (needed: readonly SourceNeeded[], found: ReadonlyMap<string, Held>): Promise<FindText> => {
    const texts = new Map<string, SourceText>();
    for (const { source, revision, quotes } of needed) {
      const held = found.get(source);
      const text = held?.texts[revision - 1];
      if (texts.size > 0 && quotes.length > 0) await turn();
      // Pages and captions are those of the text that was read from the document, which is the first.
      const placed = revision === 1 ? { placed: held?.placed ?? {} } : {};
      texts.set(`${source} ${revision}`, text && { ...searchQuotes(text, quotes), ...placed });
    }
    return (source, revision) => texts.get(`${source} ${revision}`);
  };

  const reading = inTurn(requests);
  return {
    load: (needed, fresh, coming = new Map()) =>
      reading('texts', async () => {
        const found = await read([...new Set(needed.map(({ source }) => source))], fresh, coming);
        return found && (await search(needed, found));
      }),
  };
};
