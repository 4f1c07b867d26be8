import { diffArrays } from 'diff';
import { isNegation, knowsWords, numbersIn } from '../../rules/telling.ts';
import { folded } from '../../values/folded.ts';
import doubting from './doubting-words.json' with { type: 'json' };
import type { Word } from './words.ts';

/** Whether one passage still says what another one said: by what differs, stretch by stretch. */

/**
 * Why a quote is not carried over: a negation or a doubt, a number or a name is another; too many of its words are others; the passage tells of an earlier version; it stands in several places; nobody can
 * tell, since the words of its language are not known.
 */
export type Because = 'negation' | 'number' | 'name' | 'words' | 'correction' | 'several' | 'language';

const doubts: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(doubting).map(([language, words]) => [language, new Set(words)]),
);
/** Whether a word denies what stands beside it, doubts it, takes it back or makes it a condition. */
const isDenial = ({ key }: Word, language: string): boolean =>
  isNegation(key, language) || (doubts.get(language.toLowerCase().split('-')[0] ?? '')?.has(folded(key)) ?? false);

/** A stretch of words that one passage has in place of a stretch of the other. */
type Hunk = { removed: Word[]; added: Word[] };

const hunksOf = (one: readonly Word[], other: readonly Word[]): Hunk[] => {
  const hunks: Hunk[] = [];
  let [at, to, isOpen] = [0, 0, false];
  for (const { count, added, removed } of diffArrays(
    one.map(({ key }) => key),
    other.map(({ key }) => key),
  )) {
    if (!added && !removed) {
      [at, to, isOpen] = [at + count, to + count, false];
      continue;
    }
    if (!isOpen) hunks.push({ removed: [], added: [] });
    isOpen = true;
    if (removed) hunks.at(-1)?.removed.push(...one.slice(at, at + count));
    else hunks.at(-1)?.added.push(...other.slice(to, to + count));
    if (removed) at += count;
    else to += count;
  }
  return hunks;
};

const said = (words: readonly Word[]): string => words.map(({ key }) => key).join(' ');
const digitsOf = (words: readonly Word[]): string => (said(words).match(/\d+/g) ?? []).join(' ');
/** Times of the day and days, whose numbers are no amounts. */
const inDigits = /\d[:h/-]\d/;

const isSameSet = (one: ReadonlySet<unknown>, other: ReadonlySet<unknown>): boolean =>
  one.size === other.size && [...one].every((each) => other.has(each));

const hasNumber = (words: readonly Word[], language: string): boolean =>
  digitsOf(words) !== '' || numbersIn(said(words), language).all.size > 0;
const halfOf = (words: readonly Word[]): string =>
  words.flatMap(({ key }) => /^([ap])\.?m$/i.exec(key)?.[1]?.toLowerCase() ?? []).join(' ');
const sameNumbers = ({ removed, added }: Hunk, language: string): boolean => {
  if (halfOf(removed) !== halfOf(added)) return false;
  const [digits, others] = [digitsOf(removed), digitsOf(added)];
  if (digits === others && digits !== '') return true;
  if (inDigits.test(said(removed)) || inDigits.test(said(added))) return false;
  const [one, other] = [numbersIn(said(removed), language).all, numbersIn(said(added), language).all];
  // Digits that are no number by themselves (a plate, a code) have none in words.
  return isSameSet(one, other) && (digits === others || one.size > 0);
};

/** Whether a word may be a name where it stands: it has a capital letter or a letter of a script without, and is no word that only begins a sentence. */
export type IsName = (word: Word) => boolean;

/** `lower`: the words that stand in small letters anywhere in the texts. */
export const namesIn = (text: string, lower: ReadonlySet<string>): IsName => {
  return ({ start, key }) => {
    if (/^\p{Lo}/u.test(key)) return true;
    if (!/\p{Lu}/u.test(key)) return false;
    const begins = start === 0 || /(?:[.!?…:]["'”’»)\]]*\s+|\n\s*|^)["'“‘«¿¡([]*$/u.test(text.slice(Math.max(0, start - 12), start));
    return !(begins && /^\p{Lu}[\p{Ll}\p{M}']*$/u.test(key) && lower.has(key.toLowerCase()));
  };
};

const keysOf = (words: readonly Word[]): Set<string> => new Set(words.map(({ key }) => key.replace(/'s$/i, '')));

export type Sides = {
  from: { words: readonly Word[]; isName: IsName };
  to: { words: readonly Word[]; isName: IsName };
  language: string;
};

/**
 * What keeps the second passage from saying what the first said. `within`: they are what is quoted, where a number or a name that comes or goes makes it
 * another; around a quotation only one that takes another's place does.
 */
export const contradicted = ({ from, to, language }: Sides, within: boolean): Because[] => {
  const hunks = hunksOf(from.words, to.words);
  if (hunks.length === 0) return [];
  if (!knowsWords(language)) return ['language'];
  const found = new Set<Because>();
  for (const hunk of hunks) {
    const { removed, added } = hunk;
    const count = (words: readonly Word[]) => words.filter((word) => isDenial(word, language)).length;
    if (count(removed) !== count(added)) found.add('negation');
    const isReplaced = hasNumber(removed, language) && hasNumber(added, language);
    if ((within || isReplaced) && !sameNumbers(hunk, language)) found.add('number');
    const namesOf = (words: readonly Word[], isName: IsName) =>
      keysOf(words.filter((word) => isName(word) && !hasNumber([word], language) && !isDenial(word, language)));
    const [gone, come] = [namesOf(removed, from.isName), namesOf(added, to.isName)];
    if ((within || (gone.size > 0 && come.size > 0)) && !isSameSet(gone, come)) found.add('name');
  }
  return [...found];
};

/** The words in small letters of some texts. */
export const lowerIn = (...texts: (readonly Word[])[]): Set<string> =>
  new Set(texts.flatMap((words) => words.flatMap(({ key }) => (/^\p{Ll}[\p{L}\p{M}']*$/u.test(key) ? [key] : []))));

/** By these a newspaper tells what it wrote before. */
const ofCorrections =
  /\b(?:corrections?|clarifications?|(?:an? )?(?:earlier|previous|prior) (?:version|article|report|story)|originally (?:said|stated|reported|published)|correcci[oó]n|rectificaci[oó]n|fe de errat[ao]s|versi[oó]n anterior|rectificatif|pr[eé]c[eé]dente version|version (?:pr[eé]c[eé]dente|ant[eé]rieure)|berichtigung|korrektur|richtigstellung|fr[uü]here[nr]? (?:fassung|version)|urspr[uü]nglich(?:en|e)? (?:fassung|version|hie[sß]s?)?)/iu;
export const tellsOfCorrection = (text: string): boolean => ofCorrections.test(text);
