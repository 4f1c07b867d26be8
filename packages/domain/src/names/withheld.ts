import { pointerOf } from '../log/erasure.ts';
import { isTypeId } from '../values/ids.ts';
import { type NameFound, type PrivateNames, privateNamesIn, withheldName, withoutNames } from './private-names.ts';

/** What the public reads of texts that name private persons. */

/** Where names are withheld: `spans` in code points of the text that stands at the pointer. */
export type NamesWithheld = { pointer: string; spans: { start: number; end: number }[] };

type Quote = { prefix: string | null; exact: string; suffix: string | null };
const isQuote = (value: object): value is Quote =>
  'exact' in value && 'prefix' in value && 'suffix' in value && typeof value.exact === 'string';
/** What a party is called is shown by what the register says of it. */
const isParty = (value: object): boolean => 'id' in value && 'name' in value && typeof value.id === 'string' && isTypeId('party', value.id);

const quoted: ReadonlySet<string> = new Set(['prefix', 'exact', 'suffix']);
const called: ReadonlySet<string> = new Set(['name', 'aliases']);

export const isUrl = (text: string): boolean => /^https?:\/\/\S+$/.test(text);
/** A URL as a headline of as many characters: its words begin with capital letters, and blanks stand between them. */
export const asWords = (url: string): string =>
  url
    .replace(/%20/g, '   ')
    .replace(/[^\p{L}\p{N}\p{M}]/gu, ' ')
    .replace(/(?<!\p{L})\p{L}/gu, (letter) => (letter.toUpperCase().length === letter.length ? letter.toUpperCase() : letter));

const masked = (text: string, names: PrivateNames): string => {
  const found = privateNamesIn(names, isUrl(text) ? asWords(text) : text);
  return found.length === 0 ? text : withoutNames(text, found).text;
};

/** What of these places lies in a stretch, counted from its beginning. */
const within = (found: readonly NameFound[], start: number, end: number): NameFound[] =>
  found.flatMap((one) => {
    const [from, to] = [Math.max(one.start, start), Math.min(one.end, end)];
    return from < to ? [{ ...one, start: from - start, end: to - start }] : [];
  });

/** A name may begin in the quote and end behind it. */
const maskedQuote = <Q extends Quote>(quote: Q, names: PrivateNames): Q => {
  const parts = [quote.prefix ?? '', quote.exact, quote.suffix ?? ''];
  const found = privateNamesIn(names, parts.join(''));
  if (found.length === 0) return quote;
  let at = 0;
  const [prefix = '', exact = '', suffix = ''] = parts.map((part) => {
    const start = at;
    at += [...part].length;
    return withoutNames(part, within(found, start, at)).text;
  });
  return { ...quote, prefix: quote.prefix === null ? null : prefix, exact, suffix: quote.suffix === null ? null : suffix };
};

/**
 * The same JSON (a document, an event's data, a list) with `[name withheld]` in place of the names. What has none is returned itself. Takes time linear in
 * the texts.
 */
export const withoutPrivateNames = <T>(json: T, names: PrivateNames | null): T => {
  if (names === null) return json;
  const mask = (value: unknown): unknown => {
    if (typeof value === 'string') return masked(value, names);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const items = value.map(mask);
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    const shown = isQuote(value) ? maskedQuote(value, names) : value;
    const isCalled = isParty(value);
    const entries = Object.entries(shown).map(([name, was]) => {
      const isDone = isQuote(value) ? quoted.has(name) : isCalled && called.has(name);
      return [name, isDone ? was : mask(was)] as const;
    });
    const isSame = entries.every(([name, is]) => is === (value as Record<string, unknown>)[name]);
    return isSame ? value : Object.fromEntries(entries);
  };
  return mask(json) as T;
};

/** Where `[name withheld]` stands in JSON, in order. */
export const namesWithheldIn = (json: unknown, pointer = ''): NamesWithheld[] => {
  if (typeof json === 'string') {
    const spans: NamesWithheld['spans'] = [];
    for (let at = json.indexOf(withheldName); at >= 0; at = json.indexOf(withheldName, at + withheldName.length)) {
      const start = [...json.slice(0, at)].length;
      spans.push({ start, end: start + withheldName.length });
    }
    return spans.length === 0 ? [] : [{ pointer, spans }];
  }
  if (json === null || typeof json !== 'object') return [];
  return Object.entries(json).flatMap(([name, value]) => namesWithheldIn(value, `${pointer}${pointerOf([name])}`));
};

/** The document as it is served: where names are withheld in it, it says so. */
export const tellingNames = <T extends object>(document: T): T & { namesWithheld?: NamesWithheld[] } => {
  const namesWithheld = namesWithheldIn(document);
  return namesWithheld.length === 0 ? document : { ...document, namesWithheld };
};
