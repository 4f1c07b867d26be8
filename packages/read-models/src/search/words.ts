import { folded } from '@averment/domain';
import { stem } from 'porter2';

/**
 * The words by which texts and names are found: one way for what is searched and for what is asked. PostgreSQL is given words and asked for words; it splits
 * nothing, since how it does that depends on the server's `LC_CTYPE` (docs/decisions, 74).
 */

const isAscii = /^[\0-\x7f]*$/;

/**
 * A word, or words that a sign holds together without a space, as in O’Brien, Garcia–Lopez and 14-1490: its `parts`, all of them `joined`, and for initials,
 * which are one part (U.S., J. R.), the single `letters`.
 */
export type Unit = { parts: readonly string[]; joined: string | null; letters: readonly string[] };

/** Scripts that are written without spaces: each letter of theirs is a word, so that a word is found as a row of them. */
const unspaced =
  '[\\p{L}\\p{N}]&&[\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{Script=Thai}\\p{Script=Laoo}\\p{Script=Khmr}\\p{Script=Mymr}]';
const sign = `[\\p{L}\\p{N}\\p{M}]--[${unspaced}]`;
const units = new RegExp(`[${unspaced}]\\p{M}*|[${sign}]+(?:['.&·\\-\u2010\u2012\u2013\u2212][${sign}]+)*`, 'gv');
/** The same of ASCII alone, which is most of what there is and is read several times as fast. */
const asciiUnits = /[a-z0-9]+(?:['.&-][a-z0-9]+)*/g;
const between = /['.&·\-\u2010\u2012\u2013\u2212]/;
const possessive = /'s(?![\p{L}\p{N}\p{M}])/gu;
const thousands = /(?<=\d),(?=\d{3}(?!\d))/g;
const spacedInitial = /(?<![\p{L}\p{N}\p{M}])(\p{L}\.) (?=\p{L}\.)/gu;
const initials = /^\p{L}(?:\.\p{L})+$/u;
const decimal = /\d\.\d/;

/** Of a word so many characters count: PostgreSQL takes none of more than 2,046 bytes. */
const longest = 64;
const begun = (word: string): string => (word.length > longest ? [...word].slice(0, longest).join('') : word);

const unitOf = (unit: string): Unit => {
  if (!between.test(unit)) return { parts: [begun(unit)], joined: null, letters: [] };
  const parts = unit.split(between).map(begun);
  if (initials.test(unit)) return { parts: [begun(parts.join(''))], joined: null, letters: parts };
  return { parts, joined: decimal.test(unit) ? null : begun(parts.join('')), letters: [] };
};

/** The units of a text as written, in its order. */
export const unitsOf = (text: string): Unit[] => {
  const plain = folded(text).replace(possessive, '').replace(thousands, '').replace(spacedInitial, '$1');
  return (plain.match(isAscii.test(plain) ? asciiUnits : units) ?? []).map(unitOf);
};

/** The word without its ending where it looks English; names of any language are mostly left alone. No word is too common. */
export const stemOf = (word: string): string => (/^[a-z]{3,}$/.test(word) ? stem(word) : word);

/** So many words of one thing count: PostgreSQL takes at most 1 MiB of them. */
const mostWords = 2000;

/** The words of names, as they stand, for the search by the beginnings of words: a `tsvector` without places. */
export const namesVector = (names: readonly (string | null)[]): string => {
  const found = new Set<string>();
  for (const { parts, joined, letters } of names.flatMap((name) => (name === null ? [] : unitsOf(name)))) {
    for (const word of [...parts, ...letters, ...(joined === null ? [] : [joined])]) if (found.size < mostWords) found.add(word);
  }
  return [...found].map((word) => `'${word}'`).join(' ');
};

/** So many characters of a row's texts are searched, and so many places of a word are kept, of which PostgreSQL keeps no more. */
const mostText = 60_000;
const mostPlaces = 255;

/** The words of texts with their places, as a `tsvector` for questions with phrases; no phrase goes from one text into the next. */
export const textsVector = (texts: readonly string[]): string => {
  const places = new Map<string, number[]>();
  const note = (word: string, place: number): void => {
    const known = places.get(word);
    if (known === undefined) places.set(word, [place]);
    else if (known.length < mostPlaces) known.push(place);
  };
  let [place, left] = [0, mostText];
  for (const text of texts) {
    place += 1;
    for (const { parts, joined, letters } of unitsOf(text)) {
      left -= parts.reduce((sum, { length }) => sum + length + 1, 0);
      if (left < 0) break;
      const first = place + 1;
      for (const part of parts) note(stemOf(part), ++place);
      for (const letter of letters) note(letter, place);
      if (joined !== null) for (const end of [first, place]) note(stemOf(joined), end);
    }
  }
  return [...places].map(([word, at]) => `'${word}':${at.join()}`).join(' ');
};
