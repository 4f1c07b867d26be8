import { unspaced } from '../plain.ts';

/** The words of a text by which two of its revisions are laid side by side. All here counts UTF-16 units. */

/** `key` is the word without what typing and setting change: kinds of apostrophes, hyphens and line ends within, ligatures, what cannot be seen. */
export type Word = { start: number; end: number; key: string };

const unseen = '\\u00ad\\u200b-\\u200d\\u2060\\ufeff';
const hyphen = `[\\-\\u2010\\u2011\\u00ad]`;
const sign = `[[\\p{L}\\p{M}\\p{N}${unseen}]--[${unspaced}]]`;
/** What holds a word together: O’Brien, non-lethal, wit-(line end)ness, 1,300, 9:14, U.S. */
const inside = `(?:['\\u2019\\u02bc]|${hyphen}(?:[^\\S\\r\\n]*[\\r\\n]\\s*(?=\\p{Ll}))?|(?<=\\p{N})[.,:](?=\\p{N})|(?<=\\p{L})\\.(?=\\p{L}))`;
const word = new RegExp(`[[\\p{L}\\p{N}]&&[${unspaced}]]\\p{M}*|${sign}+(?:${inside}${sign}+)*`, 'gv');

const keyOf = (written: string): string =>
  written
    .replace(/[\ufb00-\ufb06\ufb13-\ufb17]/g, (ligature) => ligature.normalize('NFKC'))
    .normalize('NFC')
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff\s\u2010\u2011-]/g, '')
    .replace(/[\u2019\u02bc]/g, "'");

export const wordsOf = (text: string): Word[] =>
  [...text.matchAll(word)].flatMap(({ 0: written, index }) => {
    const key = keyOf(written);
    return key === '' ? [] : [{ start: index, end: index + written.length, key }];
  });

/** The first word that ends behind a place: those before it lie wholly before. */
export const wordAfter = (words: readonly Word[], unit: number): number => {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle]?.end ?? 0) <= unit) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Words that end with a point and end no sentence: initials, and short ones with a capital letter (Sgt., Mr., Aug.). */
const abbreviated = /(?:^|[^\p{L}])(?:\p{L}|\p{Lu}\p{L}{1,3})\.$/u;

/** The sentence in which a stretch stands, at least. In doubt it is longer: what denies it may stand at its other end. */
export const sentenceAround = (text: string, start: number, end: number): { start: number; end: number } => {
  const isEnd = (at: number): boolean => {
    if (/\n\s*\n/.test(text.slice(at, at + 20).match(/^\s*/)?.[0] ?? '')) return true;
    const before = text.slice(Math.max(0, at - 12), at);
    if (!/[.!?…。！？]["'”’»)\]]*$/u.test(before)) return false;
    if (/[。！？]["'”’»)\]]*$/u.test(before)) return true;
    return /^\s+["'“‘«¿¡([]*[\p{Lu}\p{Lo}\p{N}]/u.test(text.slice(at, at + 12)) && !abbreviated.test(before);
  };
  let [from, to] = [start, end];
  while (from > 0 && start - from < longest && !isEnd(from)) from -= 1;
  while (to < text.length && to - end < longest && !isEnd(to)) to += 1;
  return { start: from, end: to };
};
const longest = 1500;
