/**
 * The words of a name for the search of parties and sources: runs of letters and digits, in lower case, without accents. Names are not
 * language: no word of them is too common to count, and none is reduced to a stem.
 */
export const wordsOf = (text: string): string[] => {
  const words = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .match(/[\p{Letter}\p{Number}]+/gu);
  return [...new Set(words ?? [])];
};

/** The words as a `tsquery` that finds what has, for each of them, a word that begins with it; null without any word. */
export const beginningWith = (text: string): string | null => {
  const words = wordsOf(text);
  return words.length === 0 ? null : words.map((word) => `'${word}':*`).join(' & ');
};
