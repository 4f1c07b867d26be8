import type { SentCitation } from './citation.ts';
import { type Occurrences, occurrencesOf } from './occurrences.ts';
import type { Placed } from './place.ts';
import { isInsideWord } from './plain.ts';
import { leavesOut, longestPassage, longestQuote, mostPlaces, type Quote, quoteKey, searchTyped, type Typed, typedAt } from './typed.ts';

export type { Quote } from './typed.ts';

/** A source's text, read once for all quotes from it. Offsets outside of this file count Unicode code points. */
export type QuotedText = {
  text: string;
  /** Length in code points. */
  length: number;
  /** By block of `block` UTF-16 units: how many code points before it take two units; null where none does. */
  pairs: Uint32Array | null;
};

const block = 64;
const isPair = (text: string, unit: number): boolean => (text.charCodeAt(unit) & 0xfc00) === 0xdc00;

/** Counts the code points once. The text has no half of a surrogate pair. */
export const quotedText = (text: string): QuotedText => {
  if (!/[\ud800-\udfff]/.test(text)) return { text, length: text.length, pairs: null };
  const pairs = new Uint32Array(Math.ceil(text.length / block) + 1);
  let found = 0;
  for (let unit = 0; unit < text.length; unit += 1) {
    if (unit % block === 0) pairs[unit / block] = found;
    if (isPair(text, unit)) found += 1;
  }
  pairs[pairs.length - 1] = found;
  return { text, length: text.length - found, pairs };
};

/** Of a unit that begins a code point, or of the text's end, which code point that is. */
export const pointOf = ({ text, pairs }: QuotedText, unit: number): number => {
  if (pairs === null) return unit;
  const begins = Math.floor(unit / block);
  let point = unit - (pairs[begins] ?? 0);
  for (let at = begins * block; at < unit; at += 1) if (isPair(text, at)) point -= 1;
  return point;
};

/** The unit that begins a code point, or the text's end. */
export const unitOf = ({ text, pairs }: QuotedText, point: number): number => {
  if (pairs === null) return point;
  // The last block that begins at or before the code point.
  let [low, high] = [0, pairs.length - 1];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (middle * block - (pairs[middle] ?? 0) <= point) low = middle;
    else high = middle;
  }
  let unit = low * block;
  for (let left = point - (unit - (pairs[low] ?? 0)); unit < text.length; unit += 1) {
    if (isPair(text, unit)) continue;
    if (left === 0) break;
    left -= 1;
  }
  return unit;
};

/** The text from one code point to another. */
const slice = (of: QuotedText, start: number, end: number): string => of.text.slice(unitOf(of, start), unitOf(of, end));

/** What of a text comes nearest to a quote that is not in it, in code points. */
export type NearestPassage = { start: number; end: number; exact: string };
type Offsets = NonNullable<SentCitation['position']>;
export type Found =
  | { ok: true; quote: Quote; position: Offsets }
  | {
      ok: false;
      code: 'QuoteNotFound' | 'QuoteAmbiguous' | 'InvalidChange';
      field: 'quote' | 'position' | null;
      message: string;
      offsets?: number[];
      nearest?: NearestPassage;
    };

/** Length of the prefix and suffix that are kept for a quote given by its position. */
const around = 32;

/**
 * A text with the places of all quotes that will be looked up in it, the steps that it took to find them, and what became of those that do not stand there as
 * they were sent. `placed`: its pages and captions, where it was read from a document.
 */
export type SearchedText = QuotedText & Occurrences & { typed: ReadonlyMap<string, Typed>; placed?: Placed };

const soughtFor = ({ exact, prefix, suffix }: Quote): string => `${prefix ?? ''}${exact}${suffix ?? ''}`;

/** The units where the quote stands between its prefix and its suffix; what says nothing of its surroundings is not looked for inside words. */
const exactPlaces = (text: string, places: readonly number[], { exact, prefix, suffix }: Quote): number[] =>
  places
    .map((unit) => unit + (prefix ?? '').length)
    .filter((unit) => (prefix || !isInsideWord(text, unit)) && (suffix || !isInsideWord(text, unit + exact.length)));

const noPlaces: Occurrences = { places: new Map(), steps: 0 };
/**
 * Looks for all quotes at once, each between its prefix and its suffix, in time linear in the text and the quotes. One after the other each would take
 * the whole text, and an edit holds thousands. What is not found so is looked for as one would type it.
 */
export const searchQuotes = (of: QuotedText, quotes: readonly Quote[]): SearchedText => {
  // One more than are listed tells that there are more.
  const found = quotes.length === 0 ? noPlaces : occurrencesOf(of.text, quotes.map(soughtFor), mostPlaces + 1);
  const others = new Map<string, Quote>();
  for (const quote of quotes) {
    const places = found.places.get(soughtFor(quote)) ?? [];
    if (places.length <= mostPlaces && exactPlaces(of.text, places, quote).length === 0) others.set(quoteKey(quote), quote);
  }
  return { ...of, ...found, typed: others.size === 0 ? new Map() : searchTyped(of.text, [...others.values()]) };
};

const nearestIn = (of: QuotedText, { start, end }: { start: number; end: number }): NearestPassage => ({
  start: pointOf(of, start),
  end: pointOf(of, end),
  exact: of.text.slice(start, end),
});
const named = ({ start, end, exact }: NearestPassage): string => `at ${start} to ${end}: “${exact}”`;

const atOffsets = (of: QuotedText, quote: Quote | null, position: Offsets): Found => {
  const { start, end } = position;
  if (end <= start)
    return { ok: false, code: 'InvalidChange', field: 'position', message: 'must end after it starts: the end is exclusive' };
  if (end > of.length) {
    return {
      ok: false,
      code: 'QuoteNotFound',
      field: 'position',
      message: `ends at ${end}, but the text has ${of.length} characters (code points)`,
    };
  }
  const exact = slice(of, start, end);
  if (!quote) {
    if (end - start > longestQuote) {
      return { ok: false, code: 'InvalidChange', field: 'position', message: `must select at most ${longestQuote} characters` };
    }
    if (exact.trim() === '') return { ok: false, code: 'InvalidChange', field: 'position', message: 'selects only white space' };
    const prefix = slice(of, Math.max(0, start - around), start);
    return { ok: true, position, quote: { exact, prefix, suffix: slice(of, end, Math.min(of.length, end + around)) } };
  }
  const [from, to] = [unitOf(of, start), unitOf(of, end)];
  const { prefix, suffix } = quote;
  const isThere = exact === quote.exact && of.text.endsWith(prefix ?? '', from) && of.text.startsWith(suffix ?? '', to);
  if (isThere) return { ok: true, quote, position };
  const typed = typedAt(of.text, from, to, quote);
  if (typed && end - start <= longestQuote) return { ok: true, quote: { exact, prefix: typed.prefix, suffix: typed.suffix }, position };
  if (leavesOut(quote) && end - start > longestPassage) {
    const message = `leaves something out of ${end - start} characters, which it may of at most ${longestPassage}: quote less, or without an ellipsis`;
    return { ok: false, code: 'QuoteNotFound', field: 'quote', message };
  }
  const what = typedAt(of.text, from, to, { ...quote, prefix: null, suffix: null }) ? 'has a prefix or suffix that is' : 'is';
  return {
    ok: false,
    code: 'QuoteNotFound',
    field: 'quote',
    message: `${what} not what the text has at ${start} to ${end}: correct the one or the other, or leave the position out to have the quote looked for`,
    nearest: { start, end: Math.min(end, start + longestPassage), exact: slice(of, start, Math.min(end, start + longestPassage)) },
  };
};

const ambiguous = (starts: readonly number[], more: boolean, ends: readonly number[] = []): Found => {
  const places = starts.map((start, index) => (ends[index] === undefined ? start : `${start} to ${ends[index]}`));
  const times = more ? `more than ${mostPlaces} times` : `${starts.length} times, at ${places.join(', ')}`;
  return {
    ok: false,
    code: 'QuoteAmbiguous',
    field: 'quote',
    message: `stands in the text ${times}: add its position, or a longer prefix or suffix`,
    offsets: [...new Set(starts)],
  };
};

const notFound = (of: QuotedText, quote: Quote, typed: Typed | undefined): Found => {
  const limit = leavesOut(quote) ? `, as a passage of at most ${longestPassage} characters with all that the ellipsis leaves out` : '';
  const context = quote.prefix === null && quote.suffix === null ? '' : ', with this prefix and suffix';
  const what = limit === '' && context === '' ? 'is' : `is${limit}${context},`;
  const nearest = typed?.nearest ? nearestIn(of, typed.nearest) : undefined;
  const nothing = typed?.left ? '' : ', nor is anything near it';
  const how = nearest ? `: the nearest to it stands ${named(nearest)}` : `${nothing}: quote it exactly as it stands there`;
  return {
    ok: false,
    code: 'QuoteNotFound',
    field: 'quote',
    message: `${what} not in the source's text${how}`,
    ...(nearest && { nearest }),
  };
};

/**
 * Finds a citation in the text that it cites. Quote and position must agree where both are given; a quote alone must stand there once, with its prefix
 * and suffix (W3C Web Annotation, TextQuoteSelector and TextPositionSelector). A quote alone is one of those that the text was searched for. What was plainly
 * typed is found, and answered, as the text has it; where the quote stands as it was sent, nothing else counts.
 */
export const findQuote = (of: SearchedText, quote: Quote | null, position: Offsets | null): Found => {
  if (position) return atOffsets(of, quote, position);
  if (!quote) return { ok: false, code: 'InvalidChange', field: null, message: 'needs a quote or a position' };
  const sought = of.places.get(soughtFor(quote)) ?? [];
  if (sought.length > mostPlaces)
    return ambiguous(
      sought.slice(0, mostPlaces).map((unit) => pointOf(of, unit + (quote.prefix ?? '').length)),
      true,
    );
  const [start, ...others] = exactPlaces(of.text, sought, quote).map((unit) => pointOf(of, unit));
  if (start !== undefined && others.length > 0) return ambiguous([start, ...others], false);
  if (start !== undefined) return { ok: true, quote, position: { start, end: start + [...quote.exact].length } };
  const typed = of.typed.get(quoteKey(quote));
  const places = (typed?.places ?? []).map((place) => ({ ...place, start: pointOf(of, place.start), end: pointOf(of, place.end) }));
  const [found] = places;
  if (typed === undefined || found === undefined) return notFound(of, quote, typed);
  if (places.length > 1 || typed.more) {
    return ambiguous(
      places.map((place) => place.start),
      typed.more,
      places.map((place) => place.end),
    );
  }
  const { prefix, suffix } = found;
  return {
    ok: true,
    quote: { exact: slice(of, found.start, found.end), prefix, suffix },
    position: { start: found.start, end: found.end },
  };
};
