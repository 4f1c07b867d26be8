import { z } from 'zod';
import { type Cited, citationsIn, isQuoted, type Quoted } from '../source/citation.ts';

/** How much of a source's text the public reads by quotes: what an edit brings of it, and what is let out of all that edits have brought, in their order. */

/** Of one text the larger of a share of it and a number of code points. */
export type PublicShare = { percent: number; length: number };
export const publicShare: PublicShare = { percent: 15, length: 1200 };
/** How much of a text of so many code points the public may read whole. What is served of further quotes may be half as much again. */
export const limitOf = (length: number, share: PublicShare): number => Math.max(Math.floor((length * share.percent) / 100), share.length);

/** The public gets at most this many code points of one quote, its context included: over that the context goes first, then the quote's last words. */
export const publicQuoteLength = 300;
/** Of a quote beyond the limit the first words, up to so many code points and half of the quote. */
const firstWords = 24;

const offset = z.int().min(0);
/** Offsets in code points. The quote is `start` to `end`; the public would see `from` to `to`; its first words have the length `words`. */
const quotedRange = z.strictObject({ start: offset, end: offset, from: offset, to: offset, words: offset });
/** The quotes from one revision of a source's text, each once, with the limit that the text had when the edit was submitted. */
export const sourceQuotes = z.strictObject({
  source: z.string(),
  revision: z.int().min(1),
  limit: z.int().min(1),
  ranges: z.array(quotedRange).min(1),
});
export type QuotedRange = z.output<typeof quotedRange>;
export type SourceQuotes = z.output<typeof sourceQuotes>;

const points = (text: string | null | undefined): number => (text ? [...text].length : 0);
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** The length of the whole words with which a text begins, `most` code points at the most. */
export const lengthOfWords = (text: string, most: number): number => {
  let [at, words] = [0, 0];
  for (const { segment, isWordLike } of segmenter.segment([...text].slice(0, most + firstWords).join(''))) {
    at += points(segment);
    if (at > most) break;
    if (isWordLike) words = at;
  }
  return words;
};

const rangeOf = ({ quote, position: { start, end } }: Quoted): QuotedRange => {
  const [before, after] = [points(quote?.prefix), points(quote?.suffix)];
  const words = quote ? lengthOfWords(quote.exact, Math.min(firstWords, Math.floor(points(quote.exact) / 2))) : 0;
  if (end - start + before + after > publicQuoteLength)
    return { start, end, from: start, to: Math.min(end, start + publicQuoteLength), words };
  return { start, end, from: Math.max(0, start - before), to: end + after, words };
};

/** The quotes of an edit, in order, by the texts that they are from. `limitOf` answers the limit of a text. */
export const quotesOf = (citations: readonly Cited[], limitOf: (source: string, revision: number) => number): SourceQuotes[] => {
  const found = new Map<string, SourceQuotes & { known: Set<string> }>();
  for (const citation of citations.filter(isQuoted)) {
    const { source, revision, position } = citation;
    const key = `${source} ${revision}`;
    const one = found.get(key) ?? { source, revision, limit: limitOf(source, revision), ranges: [], known: new Set() };
    found.set(key, one);
    const place = `${position.start} ${position.end}`;
    if (one.known.has(place)) continue;
    one.known.add(place);
    one.ranges.push(rangeOf(citation));
  }
  return [...found.values()].map(({ known: _, ...quotes }) => quotes);
};

/** The quotes of an edit from before they were stored with it: by their places alone, which no erasure takes away, without what stands around them. */
export const quotesByPlace = (changes: readonly object[]): SourceQuotes[] =>
  quotesOf(
    citationsIn(changes).map(({ source, revision, position }) => ({ source, revision, position })),
    () => publicShare.length,
  );

/** Of the quotes of an edit those that these changes of it bring. */
export const quotesFrom = (quotes: readonly SourceQuotes[], changes: readonly object[]): SourceQuotes[] => {
  const placeOf = (source: string, revision: number, { start, end }: { start: number; end: number }) =>
    `${source} ${revision} ${start} ${end}`;
  const cited = new Set(
    citationsIn(changes).flatMap((each) => (isQuoted(each) ? [placeOf(each.source, each.revision, each.position)] : [])),
  );
  return quotes
    .map((one) => ({ ...one, ranges: one.ranges.filter((range) => cited.has(placeOf(one.source, one.revision, range))) }))
    .filter(({ ranges }) => ranges.length > 0);
};

type Range = { from: number; to: number };
/** The index of the first range that `holds`, which all after it do too. */
const firstThat = (ranges: readonly Range[], holds: (range: Range) => boolean): number => {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(ranges[middle] as Range)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** What ranges of the revisions of a text cover together, kept in order and joined where they overlap or meet. */
const createRanges = () => {
  const texts = new Map<number, Range[]>();
  let size = 0;
  return {
    size: () => size,
    covers: (revision: number, from: number, to: number): boolean => {
      const ranges = texts.get(revision) ?? [];
      return (ranges[firstThat(ranges, (range) => range.to >= to)]?.from ?? to) <= from;
    },
    add: (revision: number, from: number, to: number): void => {
      if (to <= from) return;
      const ranges = texts.get(revision) ?? [];
      texts.set(revision, ranges);
      const first = firstThat(ranges, (range) => range.to >= from);
      const end = firstThat(ranges, (range) => range.from > to);
      const joined = ranges.slice(first, end);
      const whole = { from: Math.min(from, joined[0]?.from ?? from), to: Math.max(to, joined.at(-1)?.to ?? to) };
      ranges.splice(first, joined.length, whole);
      size += joined.reduce((sum, range) => sum - (range.to - range.from), whole.to - whole.from);
    },
  };
};

/** A quote from a source as it entered the record: the quotes of all revisions of its text count together. */
export type EnteredQuote = QuotedRange & { revision: number; limit: number };

/**
 * What of each quote the public reads, for the quotes of one source in the order in which they entered, each place once: null for all of it, else the length of
 * its first words. Whole is a quote as long as all that was quoted so far stays within the limit, and one that lies in what is let out already. Nothing that comes
 * later changes what was decided, and what comes between lets out nothing more than itself.
 */
export const letOut = (quotes: readonly EnteredQuote[]): (number | null)[] => {
  const [quoted, whole, words] = [createRanges(), createRanges(), createRanges()];
  return quotes.map((quote) => {
    const { revision, start, from, to, limit } = quote;
    quoted.add(revision, from, to);
    if (quoted.size() <= limit || whole.covers(revision, from, to)) {
      whole.add(revision, from, to);
      return null;
    }
    words.add(revision, start, start + quote.words);
    return words.size() <= limit / 2 ? quote.words : 0;
  });
};

const placeOf = ({ revision, start, end }: { revision: number; start: number; end: number }): string => `${revision} ${start} ${end}`;
/** The quotes in their order without those whose place came before: the first one decides for all. */
export const firstOfEach = <Q extends EnteredQuote>(quotes: readonly Q[]): Q[] => {
  const places = new Set<string>();
  return quotes.filter((quote) => !places.has(placeOf(quote)) && places.add(placeOf(quote)));
};

/** A source of which an edit quotes more than the public may read: how much is quoted with it by all incidents together, and the limit, in code points. */
export type BeyondLimit = { source: string; quoted: number; limit: number };

/** The sources of which an edit brings quotes that the public would not get whole, beside those on record. */
export const quotesBeyondLimit = (
  quotes: readonly SourceQuotes[],
  onRecord: (source: string) => readonly EnteredQuote[],
): BeyondLimit[] => {
  const sources = Map.groupBy(quotes, ({ source }) => source);
  return [...sources].flatMap(([source, own]) => {
    const known = onRecord(source);
    const brought = own.flatMap(({ revision, limit, ranges }) => ranges.map((range) => ({ ...range, revision, limit })));
    const all = firstOfEach([...known, ...brought]);
    const decided = letOut(all);
    if (decided.slice(known.length).every((shown) => shown === null)) return [];
    const quoted = createRanges();
    for (const { revision, from, to } of all) quoted.add(revision, from, to);
    return [{ source, quoted: quoted.size(), limit: Math.max(...own.map(({ limit }) => limit)) }];
  });
};
