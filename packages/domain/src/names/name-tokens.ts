import anyAscii from 'any-ascii';
import { folded } from '../values/folded.ts';

/** The words of a text as names are compared: by letters without case, accents and signs, and across scripts by how they are written in Latin letters. */

export type Script = 'latin' | 'cyrillic' | 'greek' | 'abjad' | 'unspaced' | 'other';
/**
 * `keys`: the word, also without an ending that its language may have put to it; `latin`: in Latin letters; `romans`: how it may be written in them, loosely; `bones`: the
 * consonants of that, for scripts that leave out vowels. Units of UTF-16.
 */
export type Token = {
  start: number;
  end: number;
  script: Script;
  isCapital: boolean;
  isAllCapital: boolean;
  keys: readonly string[];
  roman: () => Roman;
};
export type Roman = { latin: string; romans: readonly string[]; bones: readonly string[] };

const unspaced =
  '\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Laoo}\\p{Script=Khmr}\\p{Script=Mymr}';
const within = "\\p{M}\\u00ad\\u200b-\\u200d\\u2060'\\u2018\\u2019\\u02bb\\u02bc\\u0060\\u00b4\\u05f3\\u0640";
const token = new RegExp(`[\\p{L}&&[${unspaced}]]\\p{M}*|[\\p{L}--[${unspaced}]][[\\p{L}--[${unspaced}]]${within}]*`, 'gv');
const apostrophe = /['\u2018\u2019\u02bb\u02bc`\u00b4\u05f3]/g;

const scripts: readonly (readonly [Script, RegExp])[] = [
  ['latin', /^\p{Script=Latin}/u],
  ['cyrillic', /^\p{Script=Cyrillic}/u],
  ['greek', /^\p{Script=Greek}/u],
  [
    'abjad',
    /^[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Ethiopic}]/u,
  ],
  ['unspaced', new RegExp(`^[${unspaced}]`, 'v')],
];
const scriptOf = (written: string): Script => scripts.find(([, sign]) => sign.test(written))?.[0] ?? 'other';

/** Endings by which Russian and its neighbours decline names, and Greek ends them; folded, so that й is и. */
const endings: Partial<Record<Script, RegExp>> = {
  cyrillic: /(?:ыми|ими|ого|его|ому|ему|ои|ою|еи|ею|ыи|ии|ом|ем|ым|им|ых|их|ью|а|у|е|и|ы|ю|я|о|ь)$/u,
  greek: /(?:ους|ου|ος|ας|ης|ον|ες|α|η|ο|ι|υ)$/u,
};

const letters = (written: string): string =>
  folded(written)
    .replace(/[^\p{L}]/gu, '')
    .replaceAll('ى', 'ي')
    .replaceAll('ة', 'ه');

/** The word; without its ending; of Latin ones without what stands behind an apostrophe (’s, Turkish ’ın), of Arabic ones without what is put before. */
const keysOf = (written: string, script: Script): string[] => {
  const whole = letters(written);
  const keys = [whole];
  const ending = endings[script];
  if (ending !== undefined && whole.length > 3) keys.push(whole.replace(ending, ''), whole.replace(/[аеиоуыьюя]$/u, ''));
  const [stem = '', behind = ''] = written.split(apostrophe);
  if (script === 'latin' && behind.length <= 4 && stem.length > 2) keys.push(letters(stem));
  if (script === 'abjad') {
    const bare = whole.replace(/^[وفبلك]?ال/u, '').replace(/^[وفبلك](?=\p{L}{3})/u, '');
    if (bare !== whole) keys.push(bare);
  }
  // German and English put an s to a name: Müllers, the Millers.
  if (script === 'latin' && /[^s]s$/.test(whole) && whole.length > 4) keys.push(whole.slice(0, -1));
  return [...new Set(keys.filter((key) => key !== ''))];
};

/** What the ways of writing one name in Latin letters have in common: Yuliya, Iuliia, Julija; Khadzhiev, Hadžiev. */
export const loosely = (latin: string): string =>
  latin
    .toLowerCase()
    .replace(/[^a-z]+/g, '')
    .replace(/shch|sch|szcz/g, 'sh')
    .replace(/kh|gh/g, 'h')
    .replace(/dzh|zh|dj/g, 'j')
    .replace(/ph|ff/g, 'f')
    .replace(/th/g, 't')
    .replace(/ck|q/g, 'k')
    .replace(/x/g, 'ks')
    .replace(/tz|cz/g, 'ts')
    .replace(/c(?=[eiy])/g, 's')
    .replace(/c(?!h)/g, 'k')
    .replace(/w/g, 'v')
    .replace(/o[uy](?![aeiou])/g, 'u')
    .replace(/[jy]/g, 'i')
    .replace(/iie?|ie/g, 'i')
    .replace(/ei|ee/g, 'i')
    .replace(/z/g, 's')
    .replace(/(.)\1+/g, '$1')
    .replace(/i$/g, '');

const bonesOf = (loose: string): string =>
  loose
    .replace(/[aeiouv]/g, '')
    .replace(/g/g, 'k')
    .replace(/(?<=.)h$/, '');

const romanOf = (keys: readonly string[]): Roman => {
  const romans = new Set<string>();
  for (const key of keys) {
    const latin = anyAscii(key);
    romans.add(loosely(latin));
    // A Spanish j, which others write kh.
    if (/j/i.test(latin)) romans.add(loosely(latin.replace(/j/gi, 'h')));
  }
  return {
    latin: anyAscii(keys[0] ?? ''),
    romans: [...romans].filter((roman) => roman.length > 1),
    bones: [...new Set(keys.map((key) => bonesOf(loosely(anyAscii(key)))))].filter((bones) => bones.length > 1),
  };
};

/** A possessive is none of the name. */
const bare = (found: string): string => found.replace(/(?:['\u2018\u2019\u02bc`\u00b4][sS])?['\u2018\u2019\u02bb\u02bc`\u00b4]*$/u, '');
const isCapital = (written: string): boolean => /^[\p{Lu}\p{Lt}]/u.test(written);

/** Texts of Latin letters, which most are, and their words: read several times as fast. */
const isLatin = /^[\0-\u024f\u2000-\u206f\u20a0-\u20cf]*$/;
const latinToken =
  /[A-Za-z\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\xf8-\u024f][A-Za-z\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\xf8-\u024f\xad\u200b-\u200d\u2060'\u2018\u2019`\xb4]*/g;

/** The words of a text as they are written, of scripts without blanks each letter. */
export const wordsOf = (text: string): string[] => text.match(isLatin.test(text) ? latinToken : token) ?? [];
/** Whether a word may be a name by its first letter: a capital one, or one of a script that has none. */
export const mayBeName = (word: string): boolean => isCapital(word) || /^(?:\p{Lo}|\p{Lm})/u.test(word);
/** By what a word is compared. */
export const keysOfWord = (word: string): string[] => {
  const written = bare(word);
  return keysOf(written, scriptOf(written));
};

/** The words of a text with all that tells whether they are a name. */
export const tokensOf = (text: string): Token[] =>
  [...text.matchAll(token)].map(({ 0: found, index }) => {
    const written = bare(found);
    const script = scriptOf(written);
    const keys = keysOf(written, script);
    let known: Roman | null = null;
    return {
      start: index,
      end: index + written.length,
      script,
      isCapital: isCapital(written),
      isAllCapital: written.length > 1 && !/\p{Ll}/u.test(written) && /\p{Lu}/u.test(written),
      keys,
      roman: () => {
        known ??= romanOf(keys);
        return known;
      },
    };
  });
