import { closest, distance } from 'fastest-levenshtein';

/** Words of the vocabulary as they are compared: an own spelling of one differs in `_` and a plural. */
const plain = (word: string): string => word.replaceAll('_', '').replace(/s$/, '');

/** " (did you mean firearm?)" for a word that is nearly one of these; nothing for any other. */
export const suggested = (word: string, words: readonly string[]): string => {
  if (words.length === 0) return '';
  const byPlain = new Map(words.map((one) => [plain(one), one]));
  const nearest = closest(plain(word), [...byPlain.keys()]);
  const near = nearest.length > 0 && distance(plain(word), nearest) <= Math.max(1, Math.floor(nearest.length / 4));
  return near ? ` (did you mean ${byPlain.get(nearest)}?)` : '';
};

/** The same, with all that there are behind it. */
export const listed = (word: string, words: readonly string[]): string => `${suggested(word, words)}; there are ${words.join(', ')}`;
