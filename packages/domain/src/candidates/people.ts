import { loosely, type Token } from '../names/name-tokens.ts';
import { words } from '../names/name-words.ts';
import { formsOf } from '../names/private-names.ts';
import { isMistyped, isShortFor } from './words.ts';

/** How the names of two people are compared, in whatever script, order and length they are written. */

/** `given` in order; `surname` its words without particles, `whole` all of it together. As they may be written in Latin letters, loosely. */
export type PersonName = { given: string[]; surname: string[]; whole: string; suffix: string | null };

const latin = (token: Token): string => {
  const written = token.roman().latin.toLowerCase();
  // Of an initial nothing may be left out.
  return loosely(written) || written.replace(/[jy]/g, 'i');
};
const isParticle = ({ keys }: Token): boolean => keys.some((key) => words.particles.has(key));
const suffixes: Readonly<Record<string, string>> = { junior: 'jr', hijo: 'jr', filho: 'jr', senior: 'sr' };

/** The names that a registered name can be read as. */
export const personNames = (name: string): PersonName[] =>
  formsOf('', name)
    .map(({ given, surname, suffix }) => {
      const main = surname.filter((token) => !isParticle(token));
      return {
        given: given.map(latin).filter((word) => word !== ''),
        surname: (main.length > 0 ? main : surname).map(latin).filter((word) => word !== ''),
        whole: surname.map(latin).join(''),
        suffix: suffix && (suffixes[suffix] ?? suffix),
      };
    })
    .filter(({ surname }) => surname.length > 0);

/** `kin`: only the surname is alike. */
export type Likeness = 'same' | 'like' | 'kin';

const givenLikeness = ([one, ...more]: readonly string[], [other, ...others]: readonly string[]): 'same' | 'like' | null => {
  if (one === undefined || other === undefined) return 'like';
  if (one === other) return 'same';
  const isInitial = (one.length === 1 || other.length === 1) && one[0] === other[0];
  return isInitial || isShortFor(one, other) || isMistyped(one, other) || more.includes(other) || others.includes(one) ? 'like' : null;
};

const surnameLikeness = (one: PersonName, other: PersonName): 'same' | 'like' | null => {
  const joined = one.surname.join('');
  if (one.whole === other.whole || joined === other.surname.join('')) return 'same';
  return isMistyped(one.whole, other.whole) || one.surname.some((word) => word.length > 2 && other.surname.includes(word)) ? 'like' : null;
};

/** Null: two people. Jr. and Sr. are two. */
export const nameLikeness = (one: PersonName, other: PersonName): Likeness | null => {
  if (one.suffix !== null && other.suffix !== null && one.suffix !== other.suffix) return null;
  const together = ({ given: first, whole }: PersonName) => `${first.join('')}${whole}`;
  if (one.given.length > 0 && together(one) === together(other)) return 'same';
  const [given, surname] = [givenLikeness(one.given, other.given), surnameLikeness(one, other)];
  if (surname !== null && given !== null) return given === 'same' ? surname : 'like';
  // Whose surname comes first, nobody says.
  const all = ({ given: first, surname: last }: PersonName) => [...first, ...last].sort().join(' ');
  if (one.given.length > 0 && all(one) === all(other)) return 'like';
  return surname === null ? null : 'kin';
};
