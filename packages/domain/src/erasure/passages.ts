import { bare } from '../source/plain.ts';

/** A stretch of a text, in UTF-16 units. */
export type Stretch = { start: number; end: number };

const isLetter = /[\p{L}\p{N}]/u;
const touchesLetter = (text: string, unit: number): boolean => isLetter.test(text.slice(unit, unit + 2)[0] ?? '');

/** A whole character ends here, with the marks that stand upon it. */
const endOf = (text: string, unit: number): number => {
  let end = unit + ((text.charCodeAt(unit) & 0xfc00) === 0xd800 ? 2 : 1);
  while (end < text.length && /\p{M}/u.test(text.charAt(end))) end += 1;
  return end;
};

/** Makes the function that finds words in a text, whatever their letter case, accents, signs and blanks, but never within a word. Linear in the text. */
export const passagesOf = (value: string): ((text: string) => Stretch[]) => {
  const sought = bare(value).text;
  return (text) => {
    if (sought === '' || text.length < sought.length / 3) return [];
    const { text: letters, at } = bare(text);
    const found: Stretch[] = [];
    for (let index = letters.indexOf(sought); index >= 0; index = letters.indexOf(sought, index + 1)) {
      const start = at[index] ?? 0;
      const end = endOf(text, at[index + sought.length - 1] ?? 0);
      if (start < (found.at(-1)?.end ?? 0)) continue;
      if ((start > 0 && touchesLetter(text, start - 1)) || touchesLetter(text, end)) continue;
      found.push({ start, end });
    }
    return found;
  };
};

/** All strings within a text, which may be of any JSON shape; of an address also as it reads. */
export const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value, ...readable(value)];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : [];
};

const readable = (text: string): string[] => {
  if (!/^https?:.*%[0-9a-f]{2}/i.test(text)) return [];
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
};

/** Stands in a source’s text where a passage was erased. */
export const erasedMark = '[erased]';

/** The text with that mark in place of each stretch, which come in order and apart. */
export const withoutPassages = (text: string, stretches: readonly Stretch[]): string => {
  let at = 0;
  let left = '';
  for (const { start, end } of stretches) {
    left += `${text.slice(at, start)}${erasedMark}`;
    at = end;
  }
  return left + text.slice(at);
};
