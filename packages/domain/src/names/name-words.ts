import { folded } from '../values/folded.ts';
import { countries } from '../values/places.ts';
import data from './name-words.json' with { type: 'json' };

/** The words that stand beside names, in several languages, as they are compared: in small letters, without accents. */

const setOf = (list: readonly string[]): ReadonlySet<string> => new Set(list.map((word) => folded(word).replace(/[^\p{L}]/gu, '')));

export const words = {
  /** Before a person's name: Mr., señora. */
  titles: setOf(data.titles),
  /** Before the name of somebody in office, who is no private person. */
  offices: setOf(data.offices),
  /** Before and behind a word they make it the name of a place, a body or a thing. */
  before: setOf(data.before),
  after: setOf(data.after),
  /** With `of` between: City of Miller. */
  beforeOf: setOf(data.beforeOf),
  of: setOf(data.of),
  /** Before a place rather than a person. */
  placing: setOf(data.placing),
  particles: setOf(data.particles),
  suffixes: setOf(data.suffixes),
  calendar: setOf(data.calendar),
  /** Surnames that are words too, which have a capital letter where a sentence begins. */
  common: setOf(data.common),
  /** Verbs by which one of these is a person's name after all, and articles by which it is none. */
  speaking: setOf(data.speaking),
  articles: setOf(data.articles),
  /** Words that begin a sentence and are no names. */
  starting: setOf(data.starting),
} as const;

/** Names of countries and regions of the world, in the languages whose texts are most read here. */
const places: ReadonlySet<string> = new Set(
  ['en', 'es', 'fr', 'de', 'pt'].flatMap((language) => {
    const names = new Intl.DisplayNames(language, { type: 'region' });
    return [...countries].flatMap((code) => {
      const name = names.of(code);
      return name === undefined || name === code ? [] : [folded(name).replace(/[^\p{L}]/gu, '')];
    });
  }),
);

/** Of the United States, and cities that are surnames too. */
const states = setOf(data.states);

/** Whether a surname is the name of a country, state or large city as well. */
export const isPlace = (key: string): boolean => places.has(key) || states.has(key);
