import { stemOf, type Unit, unitsOf } from './words.ts';

/** What is asked, as `tsquery` for PostgreSQL. All words are in quotes there and hold no sign, so that nothing in a question is taken for an operator. */

/** What a question passes over beside other words, since texts say the same without them. In quotes and alone they count. The list is Snowball's for English. */
const common = new Set(
  `i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they them their theirs themselves
  what which who whom this that these those am is are was were be been being have has had having do does did doing a an the and but if or because as until while
  of at by for with about against between into through during before after above below to from up down in out on off over under again further then once here
  there when where why how all any both each few more most other some such no nor not only own same so than too very s t can will just don should now`.split(
    /\s+/,
  ),
);
/** Those that are names as well: with a capital letter they count. */
const alsoNames = new Set(['an', 'can', 'do', 'don', 'he', 'her', 'my', 'no', 'she', 'so', 'will']);

/** Words in a row; `passable`: it is no loss to pass over it beside others. */
type Term = { units: Unit[]; excluded: boolean; passable: boolean };

const isPassable = (written: string, [unit, ...more]: readonly Unit[]): boolean => {
  const word = unit?.parts.length === 1 && unit.letters.length === 0 && more.length === 0 ? (unit.parts[0] ?? '') : '';
  return common.has(word) && !(alsoNames.has(word) && /^\p{Lu}/u.test(written));
};

/** Words, "words in a row", and -without: each a term; `or` between two terms begins another alternative. */
const terms = /(-?)(?:"([^"]*)"?|([^\s"]+))/g;

const alternativesOf = (question: string): Term[][] => {
  const written = [...question.replace(/[“”„«»]/g, '"').matchAll(terms)];
  const alternatives: Term[][] = [[]];
  for (const [index, [whole, minus, quoted, word = '']] of written.entries()) {
    const isBetween = index < written.length - 1 && alternatives.at(-1)?.length !== 0;
    if (isBetween && whole.toLowerCase() === 'or') alternatives.push([]);
    else {
      const units = unitsOf(quoted ?? word);
      const excluded = minus !== '';
      const passable = quoted === undefined && !excluded && isPassable(word, units);
      if (units.length > 0) alternatives.at(-1)?.push({ units, excluded, passable });
    }
  }
  return alternatives.filter(({ length }) => length > 0);
};

const asRow = (parts: readonly string[]): string => parts.join(' <-> ');
const unitQuery = ({ parts, joined }: Unit): string => {
  const words = asRow(parts.map((part) => `'${stemOf(part)}'`));
  return joined === null ? words : `((${words}) | '${stemOf(joined)}')`;
};
const termQuery = ({ units, excluded }: Term): string => `${excluded ? '!' : ''}(${asRow(units.map(unitQuery))})`;

const isWord = ({ excluded, passable }: Term): boolean => !excluded && !passable;

/**
 * The question in words, "phrases", `-` before what must not be there, and `or`, for a vector of `textsVector`: all of an alternative's words are asked for, each
 * in any of its English forms. Null where there is no word in it.
 */
export const questionOf = (question: string): string | null => {
  const alternatives = alternativesOf(question).map((all) => (all.some(isWord) ? all.filter(({ passable }) => !passable) : all));
  return alternatives.length === 0 ? null : alternatives.map((all) => `(${all.map(termQuery).join(' & ')})`).join(' | ');
};

/** A word by which one begins; with an s at its end the word without it as well: names are found without their possessive (Sheriff’s, typed `sheriffs`). */
const beginning = (word: string): string => (/^.{3,}s$/u.test(word) ? `('${word}':* | '${word.slice(0, -1)}')` : `'${word}':*`);

/** The question for a vector of `namesVector`: each word begins one there, no sign has a meaning. Null where there is no word in it. */
export const beginningsOf = (question: string): string | null => {
  const found = unitsOf(question).map(({ parts, joined }) => {
    const words = parts.map(beginning).join(' & ');
    return joined === null ? words : `((${words}) | ${beginning(joined)})`;
  });
  return found.length === 0 ? null : found.join(' & ');
};
