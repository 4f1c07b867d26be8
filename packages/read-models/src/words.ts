/** A word, of which the first 64 characters count: PostgreSQL takes none of more than 2,046 bytes, and not everybody writes spaces. */
const word = /([\p{Letter}\p{Number}]{1,64})[\p{Letter}\p{Number}]*/gu;
/** So many words of one thing count: PostgreSQL takes at most 1 MiB of them. */
const mostWords = 2000;

/**
 * The words of a name for the search of parties and sources: runs of letters and digits, in lower case, without accents. Names are not
 * language: no word of them is too common to count, and none is reduced to a stem. What is longer than the search can take is found by its beginning.
 */
export const wordsOf = (text: string): string[] => {
  const words = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .matchAll(word);
  const found = new Set<string>();
  for (const [, beginning = ''] of words) {
    found.add(beginning);
    if (found.size === mostWords) break;
  }
  return [...found];
};

/** The words as a `tsquery` that finds what has, for each of them, a word that begins with it; null without any word. */
export const beginningWith = (text: string): string | null => {
  const words = wordsOf(text);
  return words.length === 0 ? null : words.map((each) => `'${each}':*`).join(' & ');
};
