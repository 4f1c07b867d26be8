import type { Claim } from '../incident/things/claim.ts';
import type { Citation } from '../source/citation.ts';
import { stanceRules } from '../values/vocabulary.ts';
import { clocksIn, hasNegation, knowsWords, numbersIn } from './telling.ts';

/** Where what an edit brings says one thing in one place and another in the next. It is told to its author and its reviewers, refuses nothing, and is stored nowhere. */

export type WarningCode =
  /** A correction sets what a claim says, and leaves the sentence that says it. */
  | 'statement_stays'
  /** Value, statement and quotes have different numbers or times of the day. */
  | 'number_differs'
  /** One of value, statement and quotes is negated and another is not. */
  | 'negation_differs'
  /** An editorial correction of the statement changes its numbers, its times of the day or its negation. */
  | 'more_than_typing'
  /** A ruling, or one of its effects, would be listed and do nothing. */
  | 'changes_nothing'
  /** A rationale or a reason names a private person. */
  | 'private_name';
/** `pointer`: a JSON Pointer into the body that brings the edit. */
export type Warning = { pointer: string; code: WarningCode; message: string };

const listed = (numbers: Iterable<number | string>): string => [...numbers].join(', ');

/** The numbers of a value; none of one without. */
const numbersOfValue = ({ value, lang }: Claim): ReadonlySet<number> => {
  if (value.kind === 'text') return numbersIn(value.value ?? '', lang).sure;
  if (value.kind !== 'quantity') return new Set();
  return new Set([value.value, ...(value.upper === null ? [] : [value.upper])].map(Number));
};

type Clocks = ReturnType<typeof clocksIn>;

/** The times of the day of a value, as the clock of the place shows them. */
const clocksOfValue = ({ value }: Claim): Clocks => {
  if (value.kind !== 'time' || /\d:\d\d(?:Z|[+-]\d\d:)/.test(value.value)) return [];
  return [...value.value.matchAll(/(\d\d):(\d\d)(?::\d\d)?/g)].map(([written, hour, minute]) => ({
    written,
    minutes: [(Number(hour) % 24) * 60 + Number(minute)],
  }));
};

/** Whether the value by itself says that something is not so; null where it says neither. */
const isNegated = ({ value, stance }: Claim): boolean | null => {
  // A denial negates by its stance, in words of its own.
  if (stance === 'denies') return null;
  if (value.kind === 'boolean') return !value.value;
  return value.kind === 'none' ? true : null;
};

/** Who has not confirmed, or judges, negates in words of their own; of a negation that is flagged as unclear nothing follows. */
const comparesNegation = ({ stance, flags, lang }: Claim): boolean =>
  stanceRules[stance].counted && !flags.includes('negation_unclear') && knowsWords(lang);

/** Takes what is told, with a pointer relative to where the change's thing stands in the body. */
export type Tell = (pointer: string, code: WarningCode, message: string) => void;
/** Where in the body value and statement stand, or what brings them against one another. */
type Places = { value: string; statement: string };

type Lacking = { missing: (number | string)[]; has: string };

/** The numbers asked for that a text lacks; none of a text without numbers. A negation is as good as zero. */
const lacking = (asked: ReadonlySet<number>, text: string, lang: string): Lacking => {
  const { sure, weak, all } = numbersIn(text, lang);
  const has = sure.size === 0 ? weak : sure;
  const lacks = (number: number) => !all.has(number) && !(number === 0 && hasNegation(text, lang));
  return { missing: has.size === 0 ? [] : [...asked].filter(lacks), has: listed(has) };
};

/** The times of the day asked for that a text lacks; none of a text without any. */
const lackingClocks = (asked: Clocks, text: string): Lacking => {
  const has = clocksIn(text);
  const there = new Set(has.flatMap(({ minutes }) => minutes));
  const missing = asked.filter(({ minutes }) => !minutes.some((each) => there.has(each)));
  return { missing: has.length === 0 ? [] : missing.map(({ written }) => written), has: listed(has.map(({ written }) => written)) };
};

/** The value against the statement. */
const tellStatement = (claim: Claim, at: Places, tell: Tell) => {
  const { statement, lang } = claim;
  if (!statement) return;
  for (const { missing, has } of [lacking(numbersOfValue(claim), statement, lang), lackingClocks(clocksOfValue(claim), statement)])
    if (missing.length > 0) tell(at.value, 'number_differs', `The value has ${listed(missing)}, and the statement ${has}.`);
  const negated = comparesNegation(claim) ? isNegated(claim) : null;
  if (negated === null || negated === hasNegation(statement, lang)) return;
  const message = negated
    ? 'The value says that it is not so, and the statement has no negation.'
    : 'The value says that it is so, and the statement has a negation.';
  tell(at.value, 'negation_differs', message);
};

/** Value and statement against what is quoted for them. */
const tellQuotes = (claim: Claim, citations: readonly Citation[], at: Places, tell: Tell) => {
  const { statement, lang } = claim;
  const quotes = citations.flatMap(({ quote, scene }) => quote?.exact ?? scene ?? []).join('\n');
  for (const { missing, has } of [lacking(numbersOfValue(claim), quotes, lang), lackingClocks(clocksOfValue(claim), quotes)])
    if (missing.length > 0) tell(at.value, 'number_differs', `The value has ${listed(missing)}, and what is quoted ${has}.`);
  if (!statement) return;
  for (const { missing, has } of [lacking(numbersIn(statement, lang).sure, quotes, lang), lackingClocks(clocksIn(statement), quotes)])
    if (missing.length > 0) tell(at.statement, 'number_differs', `The statement has ${listed(missing)}, and what is quoted ${has}.`);
  const negated = hasNegation(statement, lang);
  if (quotes === '' || !comparesNegation(claim) || negated === hasNegation(quotes, lang)) return;
  const message = negated
    ? 'The statement has a negation, and what is quoted has none.'
    : 'What is quoted has a negation, and the statement has none.';
  tell(at.statement, 'negation_differs', message);
};

const sameNumbers = (one: string, other: string, lang: string): boolean => {
  const [was, is] = [numbersIn(one, lang).all, numbersIn(other, lang).all];
  return was.size === is.size && [...was].every((number) => is.has(number));
};

/** Whether each time of the day in the one may be one of the other. */
const hasClocksOf = (one: string, other: string): boolean => {
  const there = clocksIn(other);
  return clocksIn(one).every(({ minutes }) => there.some((its) => its.minutes.some((each) => minutes.includes(each))));
};

/** Of a claim that is added. */
export const tellAdded = (claim: Claim, tell: Tell): void => {
  const at = { value: '/value', statement: '/statement' };
  tellStatement(claim, at, tell);
  tellQuotes(claim, claim.citations, at, tell);
};

/** Of further quotes of a claim. */
export const tellCited = (claim: Claim, citations: readonly Citation[], tell: Tell): void =>
  tellQuotes(claim, citations, { value: '/citations', statement: '/citations' }, tell);

type Correction = { basis: 'source' | 'editorial' | 'revision' | 'reversal'; fields: readonly string[]; citations: readonly Citation[] };
/** Of a claim that is corrected, as it stands before and after. */
export const tellCorrected = (before: Claim, after: Claim, { basis, fields, citations }: Correction, tell: Tell): void => {
  const has = (field: keyof Claim) => fields.includes(field);
  const placeOf = (field: keyof Claim) => `/set/${has(field) ? field : fields[0]}`;
  const said = (['value', 'aspect', 'stance'] as const).find(has);
  if (said && !has('statement'))
    tell(`/set/${said}`, 'statement_stays', `The ${said} changes, and the statement stays: read whether it still says the same.`);
  if (basis === 'editorial' && has('statement') && before.statement && after.statement) {
    const { lang } = before;
    const same =
      sameNumbers(before.statement, after.statement, lang) &&
      hasClocksOf(before.statement, after.statement) &&
      hasClocksOf(after.statement, before.statement) &&
      hasNegation(before.statement, lang) === hasNegation(after.statement, lang);
    const message =
      'The statement changes its numbers, its times of the day or its negation, which is more than a typing error: quote the source.';
    if (!same) tell('/set/statement', 'more_than_typing', message);
  }
  if (!(['value', 'statement', 'stance', 'citations', 'aspect'] as const).some(has)) return;
  const at = { value: placeOf('value'), statement: placeOf('statement') };
  tellStatement(after, at, tell);
  // What the correction quotes is what it rests on.
  tellQuotes(after, citations.length > 0 ? citations : (after.citations ?? []), at, tell);
};
