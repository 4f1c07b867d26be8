import data from './telling-words.json' with { type: 'json' };

/** The numbers and negations of a text, by the lists of its language in `telling-words.json` (docs/warnings.md). What is not in them is not seen. */

/** `maybe`: an ordinal, an article. `weak`: a number where a text has no `sure` one. */
type Kind = 'sure' | 'weak' | 'maybe';

type Language = {
  /** Joins the words of one number. */
  and: string;
  /** What parts a number in digits from its fraction. */
  point: '.' | ',';
  numbers: ReadonlyMap<string, { value: number; kind: Kind }>;
  /** Phrases that say one though their words alone do not. */
  ones: RegExp;
  /** Phrases whose weak words count nothing. */
  idle: RegExp;
  times: ReadonlyMap<string, number>;
  negations: ReadonlySet<string>;
  months: ReadonlySet<string>;
};

/** German writes its numbers in one word: einundzwanzig, dreihundert. */
const germanCompounds = (numbers: Readonly<Record<string, number>>): [string, number][] => {
  const words = Object.entries(numbers);
  const ones: [string, number][] = [['ein', 1], ...words.filter(([word, value]) => value > 1 && value < 10 && !word.endsWith('mal'))];
  const tens = words.filter(([, value]) => value >= 20 && value % 10 === 0);
  return ones.flatMap(([one, value]): [string, number][] => [
    ...tens.map(([ten, more]): [string, number] => [`${one}und${ten}`, value + more]),
    [`${one}hundert`, value * 100],
    [`${one}tausend`, value * 1000],
  ]);
};

const anyOf = (phrases: readonly string[]): RegExp => new RegExp(`(?<!\\p{L})(?:${phrases.join('|')})(?!\\p{L})`, 'gu');

const languages: ReadonlyMap<string, Language> = new Map(
  Object.entries(data).map(([code, { and, numbers, weak, ones, idle, maybe, times, negations, months }]): [string, Language] => {
    const sure = [...Object.entries<number>(numbers), ...(code === 'de' ? germanCompounds(numbers) : [])];
    const known = (words: [string, number][], kind: Kind) => words.map(([word, value]) => [word, { value, kind }] as const);
    const all = [...known(Object.entries<number>(maybe), 'maybe'), ...known(Object.entries<number>(weak), 'weak'), ...known(sure, 'sure')];
    return [
      code,
      {
        and,
        point: code === 'en' ? '.' : ',',
        numbers: new Map(all),
        ones: anyOf(ones),
        idle: anyOf(idle),
        times: new Map(Object.entries<number>(times)),
        negations: new Set(negations),
        months: new Set(months),
      },
    ];
  }),
);
const digitsAlone: Language = {
  and: '',
  point: '.',
  numbers: new Map(),
  ones: /(?!)/g,
  idle: /(?!)/g,
  times: new Map(),
  negations: new Set(),
  months: new Set(),
};
const languageOf = (tag: string): Language | undefined => languages.get(tag.toLowerCase().split('-')[0] ?? '');

/** Whether there is a list for a language. Of others digits alone are seen. */
export const knowsWords = (tag: string): boolean => languageOf(tag) !== undefined;

/** In small letters without marks, so that the lists have each word once. */
const folded = (text: string): string => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('\u2019', "'");

const grouped = "\\d{1,3}(?:[.,'\u00a0\u2009\u202f]\\d{3})+(?:[.,]\\d+)?";
const isGrouped = new RegExp(`^(?:${grouped})$`);
const token = new RegExp(`(?<![\\p{L}\\d])(?:${grouped}|\\d+(?:[.,]\\d+)?)(?![\\p{L}\\d])|\\p{L}+`, 'gu');
/** Days as numbers, and times of the day. */
const notCounted = /(?<!\d)(?:\d{1,2}:\d{2}(?::\d{2})?|\d{4}-\d{2}(?:-\d{2})?)(?!\d)/g;
/** A time of the day in digits, or the first of two (6 to 7 p.m.). */
const clock =
  /(?<![\d:.,])(\d{1,2})(?:(?:[:h]|\.(?=\d\d ?(?:uhr|[ap]\.?m)))(\d\d)(?: ?([ap])\.?m(?!\p{L}))?| ?(?:([ap])\.?m|uhr)(?!\p{L})|(?= ?(?:-|–|to|and) ?\d{1,2}(?::\d\d)? ?[ap]\.?m(?!\p{L})))(?!\d)/gu;
const isYear = (digits: string): boolean => /^(?:1[89]|20)\d\d$/.test(digits);

/** What a number in digits may be, the likeliest first: 1,300 is thirteen hundred, or in other languages one and three tenths. */
const readings = (digits: string, point: string): [number, ...number[]] => {
  const fraction = Number(
    digits
      .replace(/[.,](?=\d+$)/, '#')
      .replace(/[^\d#]/g, '')
      .replace('#', '.'),
  );
  if (!isGrouped.test(digits)) return [fraction];
  const whole = Number(digits.replace(/\D/g, ''));
  return new RegExp(`\\${point}\\d+$`).test(digits) ? [fraction, whole] : [whole, fraction];
};

/** A number that is being read: what its next word adds to, or multiplies, is `value`. */
type Open = { total: number; value: number; kind: Kind };

/** Whether a word goes on a number: one goes on twenty, fifteen on sixty (soixante-quinze), and fifty on two hundred. */
const goesOn = ({ total, value }: Open, word: number): boolean => {
  const rest = (total + value) % 100;
  if (rest === 0) return total + value > 0 && word < 100;
  return rest >= 20 && rest % 10 === 0 && word < (rest === 60 || rest === 80 ? 20 : 10);
};

const multiplied = ({ total, value, kind }: Open, times: number): Open => {
  const product = (value || 1) * times;
  const known = kind === 'sure' ? kind : 'weak';
  return times < 1000 ? { total, value: product, kind: known } : { total: total + product, value: 0, kind: known };
};

/** `sure`: numbers that another text about the same should have; `weak`: what it says where it has none of these; `all`: all that may be one. */
export type Numbers = { sure: ReadonlySet<number>; weak: ReadonlySet<number>; all: ReadonlySet<number> };

/** The numbers of a text, in digits and in words. Days, years, times of the day and ordinals are none that another text should have. */
export const numbersIn = (text: string, tag: string): Numbers => {
  const { and, point, numbers, ones, idle, times, months } = languageOf(tag) ?? digitsAlone;
  const [sure, weak, all] = [new Set<number>(), new Set<number>(), new Set<number>()];
  let open: Open | null = null;
  const close = () => {
    if (open?.kind === 'sure') sure.add(open.total + open.value);
    if (open?.kind === 'weak') weak.add(open.total + open.value);
    if (open) all.add(open.total + open.value);
    open = null;
  };
  const plain = folded(text)
    .replace(notCounted, ' : ')
    .replace(clock, ' : ')
    .replaceAll(/quatre-vingts?/g, 'huitante')
    .replaceAll(/half[ -](?:a[ -])?dozen|media docena|demi-douzaine|halbes dutzend/g, '6');
  const idling = [...plain.matchAll(idle)].map(({ 0: phrase, index }) => [index, index + phrase.length] as const);
  const isIdle = (index: number): boolean => idling.some(([start, end]) => index >= start && index < end);
  if ([...plain.matchAll(ones)].some(({ index }) => !isIdle(index))) for (const found of [weak, all]) found.add(1);
  const words = [...plain.matchAll(token)].map(({ 0: word, index }) => ({ word, index, end: index + word.length }));
  const readDigits = (digits: string, isDay: boolean, isMultiplied: boolean) => {
    const [value, ...others] = readings(digits, point);
    for (const number of [value, ...others]) all.add(number);
    const isSure = !isDay && !isYear(digits);
    if (isMultiplied) open = { total: 0, value, kind: isSure ? 'sure' : 'maybe' };
    else if (isSure) sure.add(value);
  };
  for (const [place, { word, index }] of words.entries()) {
    const [before, after] = [words[place - 1], words[place + 1]];
    if (before && !/^[\s-]+$/.test(plain.slice(before.end, index))) close();
    const current: Open | null = open;
    const [number, factor] = [numbers.get(word), times.get(word)];
    if (/^\d/.test(word)) {
      close();
      readDigits(word, months.has(before?.word ?? '') || months.has(after?.word ?? ''), times.has(after?.word ?? ''));
    } else if (factor !== undefined) open = multiplied(current ?? { total: 0, value: 0, kind: 'weak' }, factor);
    else if (number && current && goesOn(current, number.value))
      open = { ...(current as Open), value: (current as Open).value + number.value, kind: 'sure' };
    else if (number) {
      close();
      open = { total: 0, value: number.value, kind: number.kind === 'weak' && isIdle(index) ? 'maybe' : number.kind };
    } else if (!current || word !== and || !numbers.has(after?.word ?? '')) close();
  }
  close();
  return { sure, weak, all };
};

/** Times of the day in a text, in digits: each with the minutes of the day that it may be, two where it does not say which half of the day. */
export const clocksIn = (text: string): { written: string; minutes: number[] }[] =>
  [...folded(text).matchAll(clock)].flatMap(({ 0: written, 1: digits, 2: minute = '0', 3: before, 4: half = before }) => {
    const hour = Number(digits);
    if (hour > 24 || Number(minute) > 59) return [];
    const hours = half ? [(hour % 12) + (half === 'p' ? 12 : 0)] : hour > 12 ? [hour % 24] : [hour, (hour + 12) % 24];
    return [{ written: written.trim(), minutes: hours.map((each) => each * 60 + Number(minute)) }];
  });

/** Whether a text denies something. */
export const hasNegation = (text: string, tag: string): boolean => {
  const { negations } = languageOf(tag) ?? digitsAlone;
  // "No. 14" counts, and denies nothing.
  const plain = folded(text).replaceAll(/\bno\.?(?=\s*\d)/g, ' ');
  if (negations.has('cannot') && /n't(?!\p{L})/u.test(plain)) return true;
  return [...plain.matchAll(/\p{L}+/gu)].some(([word]) => negations.has(word));
};

/** Whether a word denies something. */
export const isNegation = (word: string, tag: string): boolean => {
  const { negations } = languageOf(tag) ?? digitsAlone;
  const plain = folded(word);
  return negations.has(plain) || (negations.has('cannot') && plain.endsWith("n't"));
};
