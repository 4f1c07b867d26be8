import data from './telling-words.json' with { type: 'json' };

/** The numbers and negations of a text, by the lists of its language in `telling-words.json` (docs/warnings.md). What is not in them is not seen. */

type Language = {
  /** Joins the words of one number. */
  and: string;
  /** What parts a number in digits from its fraction. */
  point: '.' | ',';
  /** Words that may be numbers or not (`isSure` false) are not asked of another text, and do as numbers where one is asked for. */
  numbers: ReadonlyMap<string, { value: number; isSure: boolean }>;
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

const languages: ReadonlyMap<string, Language> = new Map(
  Object.entries(data).map(([code, { and, numbers, maybe, times, negations, months }]): [string, Language] => {
    const sure = [...Object.entries<number>(numbers), ...(code === 'de' ? germanCompounds(numbers) : [])];
    const known = (words: [string, number][], isSure: boolean) => words.map(([word, value]) => [word, { value, isSure }] as const);
    const all = [...known(Object.entries<number>(maybe), false), ...known(sure, true)];
    return [
      code,
      {
        and,
        point: code === 'en' ? '.' : ',',
        numbers: new Map(all),
        times: new Map(Object.entries<number>(times)),
        negations: new Set(negations),
        months: new Set(months),
      },
    ];
  }),
);
const digitsAlone: Language = { and: '', point: '.', numbers: new Map(), times: new Map(), negations: new Set(), months: new Set() };
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
type Open = { total: number; value: number; isSure: boolean };

/** Whether a word goes on a number: one goes on twenty, fifteen on sixty (soixante-quinze), and fifty on two hundred. */
const goesOn = ({ total, value }: Open, word: number): boolean => {
  const rest = (total + value) % 100;
  if (rest === 0) return total + value > 0 && word < 100;
  return rest >= 20 && rest % 10 === 0 && word < (rest === 60 || rest === 80 ? 20 : 10);
};

const multiplied = ({ total, value, isSure }: Open, times: number): Open => {
  const product = (value || 1) * times;
  return times < 1000 ? { total, value: product, isSure } : { total: total + product, value: 0, isSure };
};

/** `sure`: numbers that another text about the same should have; `all`: those, and what may be one. */
export type Numbers = { sure: ReadonlySet<number>; all: ReadonlySet<number> };

/** The numbers of a text, in digits and in words. Days, years, times of the day and ordinals are none that another text should have. */
export const numbersIn = (text: string, tag: string): Numbers => {
  const { and, point, numbers, times, months } = languageOf(tag) ?? digitsAlone;
  const [sure, all] = [new Set<number>(), new Set<number>()];
  let open: Open | null = null;
  const close = () => {
    if (open?.isSure) sure.add(open.total + open.value);
    if (open) all.add(open.total + open.value);
    open = null;
  };
  const plain = folded(text)
    .replace(notCounted, ' : ')
    .replaceAll(/quatre-vingts?/g, 'huitante');
  const words = [...plain.matchAll(token)].map(({ 0: word, index }) => ({ word, index, end: index + word.length }));
  const readDigits = (digits: string, isDay: boolean, isMultiplied: boolean) => {
    const [value, ...others] = readings(digits, point);
    for (const number of [value, ...others]) all.add(number);
    const isSure = !isDay && !isYear(digits);
    if (isMultiplied) open = { total: 0, value, isSure };
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
    } else if (factor !== undefined) open = multiplied(current ?? { total: 0, value: 0, isSure: false }, factor);
    else if (number && current && goesOn(current, number.value))
      open = { ...(current as Open), value: (current as Open).value + number.value, isSure: true };
    else if (number) {
      close();
      open = { total: 0, ...number };
    } else if (!current || word !== and || !numbers.has(after?.word ?? '')) close();
  }
  close();
  return { sure, all };
};

/** Whether a text denies something. */
export const hasNegation = (text: string, tag: string): boolean => {
  const { negations } = languageOf(tag) ?? digitsAlone;
  // "No. 14" counts, and denies nothing.
  const plain = folded(text).replaceAll(/\bno\.?(?=\s*\d)/g, ' ');
  if (negations.has('cannot') && /n't(?!\p{L})/u.test(plain)) return true;
  return [...plain.matchAll(/\p{L}+/gu)].some(([word]) => negations.has(word));
};
