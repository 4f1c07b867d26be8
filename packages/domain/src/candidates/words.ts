import { distance } from 'fastest-levenshtein';
import { loosely } from '../names/name-tokens.ts';
import { folded } from '../values/folded.ts';
import data from './words.json' with { type: 'json' };

/** How names of places and bodies are compared: by their words in small letters, without those that one list writes and the next leaves out. */

const written: Readonly<Record<string, string>> = data.abbreviated;
const setOf = (list: readonly string[]): ReadonlySet<string> => new Set(list);
const placeWords = setOf(data.places);
const wideWords = setOf(data.wide);
const bodyWords = setOf(data.bodies);
const callings = setOf(data.callings);

const wordsOf = (text: string): string[] =>
  folded(text)
    .replace(/(?<=\p{L})'s\b/gu, '')
    .replace(/(?<=\p{L})[.'](?=\p{L})/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => written[word] ?? word);

/** A locality by its words; `isWide`: it says that it is a county or the like. Null where nothing is left to compare. */
export type Locality = { name: string; isWide: boolean };
export const localityOf = (text: string | null | undefined): Locality | null => {
  const words = wordsOf(text ?? '');
  const name = words.filter((word) => !placeWords.has(word)).join(' ');
  return name === '' ? null : { name, isWide: words.some((word) => wideWords.has(word)) };
};

/** A body by the words that name it, in their order in the alphabet, and by what it is: police, a sheriff. */
export type Body = { name: string; calling: string | null };
export const bodyOf = (text: string): Body | null => {
  const words = wordsOf(text);
  const name = words.filter((word) => !bodyWords.has(word) && !callings.has(word));
  return name.length === 0
    ? null
    : { name: [...new Set(name)].sort().join(' '), calling: words.find((word) => callings.has(word)) ?? null };
};
export const isLikeBody = (one: Body, other: Body): boolean =>
  one.name === other.name && (one.calling === null || other.calling === null || one.calling === other.calling);

/** Whether two words may be one that was mistyped: one letter off, of long ones two. */
export const isMistyped = (one: string, other: string): boolean => {
  const length = Math.min(one.length, other.length);
  return length >= 5 && distance(one, other) <= (length >= 10 ? 2 : 1);
};

/** By name: the groups of names that one person may go by. */
const groups = new Map<string, number[]>();
for (const [group, names] of data.nicknames.entries())
  for (const name of names.map(loosely)) groups.set(name, [...(groups.get(name) ?? []), group]);
const inOneGroup = (one: string, other: string): boolean => groups.get(one)?.some((group) => groups.get(other)?.includes(group)) ?? false;
/** Whether the one is what people called the other are called for short. Both as `loosely` writes them. */
export const isShortFor = (one: string, other: string): boolean =>
  inOneGroup(one, other) || (Math.min(one.length, other.length) >= 3 && (one.startsWith(other) || other.startsWith(one)));
