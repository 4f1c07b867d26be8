import type { SentCitation } from './citation.ts';
import { type Occurrences, occurrencesOf } from './occurrences.ts';

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
const pointOf = ({ text, pairs }: QuotedText, unit: number): number => {
  if (pairs === null) return unit;
  const begins = Math.floor(unit / block);
  let point = unit - (pairs[begins] ?? 0);
  for (let at = begins * block; at < unit; at += 1) if (isPair(text, at)) point -= 1;
  return point;
};

/** The unit that begins a code point, or the text's end. */
const unitOf = ({ text, pairs }: QuotedText, point: number): number => {
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

export type Quote = NonNullable<SentCitation['quote']>;
type Offsets = NonNullable<SentCitation['position']>;
export type Found =
  | { ok: true; quote: Quote; position: Offsets }
  | {
      ok: false;
      code: 'QuoteNotFound' | 'QuoteAmbiguous' | 'InvalidChange';
      field: 'quote' | 'position' | null;
      message: string;
      offsets?: number[];
    };

const longestQuote = 2000;
/** How many places of an ambiguous quote are listed. */
const listed = 50;
/** Length of the prefix and suffix that are kept for a quote given by its position. */
const around = 32;

/** A text with the places of all quotes that will be looked up in it, and the steps that it took to find them. */
export type SearchedText = QuotedText & Occurrences;

const soughtFor = ({ exact, prefix, suffix }: Quote): string => `${prefix ?? ''}${exact}${suffix ?? ''}`;

/**
 * Looks for all quotes at once, each between its prefix and its suffix, in time linear in the text and the quotes. One after the other each would take
 * the whole text, and an edit holds thousands.
 */
export const searchQuotes = (of: QuotedText, quotes: readonly Quote[]): SearchedText => ({
  ...of,
  // One more than are listed tells that there are more.
  ...(quotes.length === 0 ? { places: new Map(), steps: 0 } : occurrencesOf(of.text, quotes.map(soughtFor), listed + 1)),
});

/** The places, in code points, where the quote stands between its prefix and its suffix, at most one more than are listed. */
const placesOf = (of: SearchedText, quote: Quote): number[] =>
  (of.places.get(soughtFor(quote)) ?? []).map((unit) => pointOf(of, unit + (quote.prefix ?? '').length));

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
  const mismatch = (what: string): Found => ({
    ok: false,
    code: 'QuoteNotFound',
    field: 'quote',
    message: `${what} not what the text has at ${start} to ${end}: correct the one or the other, or leave the position out to have the quote looked for`,
  });
  if (exact !== quote.exact) return mismatch('is');
  const [from, to] = [unitOf(of, start), unitOf(of, end)];
  if (quote.prefix !== null && !of.text.endsWith(quote.prefix, from)) return mismatch('has a prefix that is');
  if (quote.suffix !== null && !of.text.startsWith(quote.suffix, to)) return mismatch('has a suffix that is');
  return { ok: true, quote, position };
};

/**
 * Finds a citation in the text that it cites. Quote and position must agree where both are given; a quote alone must stand there once, with its prefix
 * and suffix (W3C Web Annotation, TextQuoteSelector and TextPositionSelector). A quote alone is one of those that the text was searched for.
 */
export const findQuote = (of: SearchedText, quote: Quote | null, position: Offsets | null): Found => {
  if (position) return atOffsets(of, quote, position);
  if (!quote) return { ok: false, code: 'InvalidChange', field: null, message: 'needs a quote or a position' };
  const [start, ...more] = placesOf(of, quote);
  if (start === undefined) {
    const what = quote.prefix === null && quote.suffix === null ? 'is' : 'is, with this prefix and suffix,';
    return {
      ok: false,
      code: 'QuoteNotFound',
      field: 'quote',
      message: `${what} not in the source's text: quote it exactly as it stands there`,
    };
  }
  if (more.length > 0) {
    const offsets = [start, ...more].slice(0, listed);
    const times = more.length >= listed ? `more than ${listed} times` : `${more.length + 1} times, at ${offsets.join(', ')}`;
    return {
      ok: false,
      code: 'QuoteAmbiguous',
      field: 'quote',
      message: `stands in the text ${times}: add its position, or a longer prefix or suffix`,
      offsets,
    };
  }
  return { ok: true, quote, position: { start, end: start + [...quote.exact].length } };
};
