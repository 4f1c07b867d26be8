import { isTypeId } from '../values/ids.ts';
import { keysOfWord, mayBeName, wordsOf } from './name-tokens.ts';
import { indexPrivateNames, type PrivatePerson } from './private-names.ts';
import { asWords, isUrl } from './withheld.ts';

/** By which words of texts it is told which people they may name: a person is then looked for by `privateNamesIn`. In the script in which the name is registered. */

/** Of a word so many characters count: an index takes no longer ones. */
const longest = 64;
const begun = (key: string): string => (key.length > longest ? [...key].slice(0, longest).join('') : key);
const begunKeysOf = (word: string): string[] => keysOfWord(word).map(begun);

/** The keys of a person's surnames. */
export const nameKeys = (person: PrivatePerson): string[] => [...indexPrivateNames([person]).bySurname.keys()].map(begun);

/** So many words are known with their keys; texts have mostly the same. A longer word would keep the text alive that it is a part of. */
const most = { words: 50_000, length: 12 };
const known = new Map<string, readonly string[]>();
const keysOf = (word: string): readonly string[] => {
  const found = known.get(word);
  if (found !== undefined) return found;
  const keys = mayBeName(word) ? begunKeysOf(word) : [];
  if (known.size >= most.words) known.clear();
  if (word.length <= most.length) known.set(word, keys);
  return keys;
};

/** The keys of all words of texts: a whole name may be written in small letters. */
export const allKeysIn = (texts: readonly string[]): Set<string> => new Set(texts.flatMap(wordsOf).flatMap(begunKeysOf));

/** Adds the keys of the words in JSON that may be names: of those that begin with a capital letter, or are in letters that have none. Ids are no words. */
export const addKeysIn = (json: unknown, found: Set<string>): Set<string> => {
  if (typeof json === 'string') {
    if (isTypeId('party', json) || isTypeId('source', json)) return found;
    for (const word of wordsOf(isUrl(json) ? asWords(json) : json)) for (const key of keysOf(word)) found.add(key);
  } else if (json !== null && typeof json === 'object') {
    // Without a list of the values: this looks at everything that is ever shown.
    for (const name in json) addKeysIn((json as Record<string, unknown>)[name], found);
  }
  return found;
};
