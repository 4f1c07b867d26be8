import type { SentCitation } from './shapes.ts';

/** A source's text, read once for all quotes from it. Offsets outside of this file count Unicode code points. */
export type QuotedText = {
  text: string;
  /** Length in code points. */
  length: number;
  /** Index (in UTF-16 units) of the first unit of each code point that takes two, ascending. */
  pairs: readonly number[];
};

export const quotedText = (text: string): QuotedText => {
  const pairs = Array.from(text.matchAll(/[\u{10000}-\u{10ffff}]/gu), ({ index }) => index);
  return { text, length: text.length - pairs.length, pairs };
};

/** How many of the ascending numbers are below the bound: `below(at)` says whether the number at an index is. */
const count = (numbers: readonly number[], below: (number: number, at: number) => boolean): number => {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (below(numbers[middle] ?? 0, middle)) from = middle + 1;
    else to = middle;
  }
  return from;
};
const pointOf = ({ pairs }: QuotedText, unit: number): number => unit - count(pairs, (pair) => pair < unit);
const unitOf = ({ pairs }: QuotedText, point: number): number => point + count(pairs, (pair, before) => pair - before < point);

/** The text from one code point to another. */
const slice = (of: QuotedText, start: number, end: number): string => of.text.slice(unitOf(of, start), unitOf(of, end));

type Quote = NonNullable<SentCitation['quote']>;
type Position = NonNullable<SentCitation['position']>;
export type Found =
  | { ok: true; quote: Quote; position: Position }
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

/** For each length of a matched beginning, that of the longest shorter beginning which ends there too (Knuth, Morris, Pratt 1977). */
const bordersOf = (sought: string): Uint16Array => {
  const borders = new Uint16Array(sought.length + 1);
  for (let at = 1, matched = 0; at < sought.length; at += 1) {
    while (matched > 0 && sought.charCodeAt(at) !== sought.charCodeAt(matched)) matched = borders[matched] ?? 0;
    if (sought.charCodeAt(at) === sought.charCodeAt(matched)) matched += 1;
    borders[at + 1] = matched;
  }
  return borders;
};

/**
 * The places, in code points, where the quote stands between its prefix and its suffix, at most one more than are listed.
 * `String.indexOf` takes 200 ms for a quote of repeated letters in a text of repeated letters, and an edit may hold thousands.
 */
const placesOf = (of: QuotedText, { exact, prefix, suffix }: Quote): number[] => {
  const before = prefix ?? '';
  const sought = `${before}${exact}${suffix ?? ''}`;
  const borders = bordersOf(sought);
  const head = sought.slice(0, 16);
  const { text } = of;
  const places: number[] = [];
  for (let at = 0, matched = 0; at < text.length && places.length <= listed; at += 1) {
    if (matched === 0 && (at = text.indexOf(head, at)) < 0) break;
    const unit = text.charCodeAt(at);
    while (matched > 0 && unit !== sought.charCodeAt(matched)) matched = borders[matched] ?? 0;
    if (unit === sought.charCodeAt(matched)) matched += 1;
    if (matched < sought.length) continue;
    places.push(pointOf(of, at + 1 - sought.length + before.length));
    matched = borders[matched] ?? 0;
  }
  return places;
};

const atPosition = (of: QuotedText, quote: Quote | null, position: Position): Found => {
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
  if (quote.prefix !== null && !of.text.slice(0, from).endsWith(quote.prefix)) return mismatch('has a prefix that is');
  if (quote.suffix !== null && !of.text.startsWith(quote.suffix, to)) return mismatch('has a suffix that is');
  return { ok: true, quote, position };
};

/**
 * Finds a citation in the text that it cites. Quote and position must agree where both are given; a quote alone must stand there once, with its prefix
 * and suffix (W3C Web Annotation, TextQuoteSelector and TextPositionSelector). Takes time linear in the text for each quote.
 */
export const findQuote = (of: QuotedText, quote: Quote | null, position: Position | null): Found => {
  if (position) return atPosition(of, quote, position);
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
