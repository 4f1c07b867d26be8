import { withheldName } from '../names/private-names.ts';
import { lengthOfWords, publicQuoteLength } from '../rules/share.ts';
import { citationsIn, isCitation, isQuoted } from '../source/citation.ts';

/** A quote's place: what is let out of it is decided once for all citations of it. */
export type QuotePlace = { source: string; revision: number; start: number; end: number };
/** What the public may see around a quote (`from` to `to`, code points of the source's text), and of the quote itself: null for all, else a length. */
export type LetOut = { from: number; to: number; shown: number | null };
/** Undefined for a quote of which nothing was decided yet: of that nothing is shown. */
export type LetOutOf = (place: QuotePlace) => LetOut | undefined;

/** The places of all quotes in JSON, each once. */
export const quotePlaces = (json: unknown): QuotePlace[] => {
  const places = citationsIn(json)
    .filter(isQuoted)
    .map(({ source, revision, position: { start, end } }) => ({ source, revision, start, end }));
  return [...new Map(places.map((place) => [quotePlaceKey(place), place])).values()];
};
export const quotePlaceKey = ({ source, revision, start, end }: QuotePlace): string => `${source} ${revision} ${start} ${end}`;

type Quote = { exact: string; prefix: string | null; suffix: string | null };
type Citation = { source: string; revision: number; quote: Quote; position: { start: number; end: number } };

const length = (text: string | null): number => (text === null ? 0 : [...text].length);
/** What stands in place of a name is shown whole, or left out. */
const cut = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const first = [...text].slice(0, most).join('');
  const withheld = text.lastIndexOf(withheldName, first.length - 1);
  return withheld >= 0 && withheld + withheldName.length > first.length ? first.slice(0, withheld).trimEnd() : first;
};

const publicQuote = (quote: Quote, { start, end }: Citation['position'], found: LetOut | undefined): Quote & { shortened?: true } => {
  const { exact, prefix, suffix } = quote;
  const shown = found === undefined ? 0 : found.shown;
  if (found === undefined || shown !== null) return { exact: cut(exact, shown ?? 0), prefix: null, suffix: null, shortened: true };
  const [before, after] = [length(prefix), length(suffix)];
  if (length(exact) > publicQuoteLength) {
    const most = lengthOfWords(exact, publicQuoteLength) || publicQuoteLength;
    return { exact: cut(exact, most), prefix: null, suffix: null, shortened: true };
  }
  if (length(exact) + before + after > publicQuoteLength) return { ...quote, prefix: null, suffix: null };
  // Around the same words another edit may have quoted less, which is what counted.
  return start - before >= found.from && end + after <= found.to ? quote : { ...quote, prefix: null, suffix: null };
};

const isQuoting = (value: object): value is Citation => isCitation(value) && value.quote !== null && value.quote !== undefined;

/**
 * The same JSON (a document, an event's data, a list) with every quote as the public gets it: a quote of more than 300 code points with its context loses the
 * context, then its last words; one beyond what may be public of its source is its first words, or none. Both have `shortened: true`. What has nothing to
 * cut is returned itself.
 */
export const publicText = <T>(json: T, letOutOf: LetOutOf): T => {
  const shorten = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const items = value.map(shorten);
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    if (isQuoting(value)) {
      const { source, revision, position, quote } = value;
      const shown = publicQuote(quote, position, letOutOf({ source, revision, ...position }));
      return shown === quote ? value : { ...value, quote: shown };
    }
    const entries = Object.entries(value).map(([name, was]) => [name, was, shorten(was)] as const);
    return entries.every(([, was, is]) => was === is) ? value : Object.fromEntries(entries.map(([name, , is]) => [name, is]));
  };
  return shorten(json) as T;
};
