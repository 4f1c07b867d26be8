import { createHmac, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { lineText, markText } from './text.ts';

/**
 * A case number as its court or its source writes it. No pattern fits all that courts publish, and none keeps a name out of all of them: so it is a text. What
 * has no digit is no number ("unknown", "under seal"), and would make one case of all that are called so.
 */
export const caseNumber = markText(
  lineText(200)
    .refine((value) => /\p{N}/u.test(value), 'must hold a digit: leave out a number that is not known')
    .describe(
      'As the court or the source writes it. Rulings with the same number of the same court are of one case, however it is spelled',
    ),
);

/** Which case, as events hold it: its tag; of forms of before, which had the number as structure, the number. */
export type Case = string | { number: string };
export const storedCase = z.union([z.string().regex(/^[\w-]{43}$/), z.strictObject({ number: z.string() })]).nullable();
/** A proceeding, a ruling or what a correction sets, of a form that had the case number as structure. */
export const withNumberAsCase = (thing: unknown): Record<string, unknown> => {
  const older = thing as Record<string, unknown>;
  if (!('caseNumber' in older)) return older;
  const { caseNumber: number } = older;
  return { ...older, case: number === null ? null : { number } };
};

/** The tag of a case number. */
export type TagCase = (caseNumber: string) => string;
/**
 * HMAC-SHA-256 (base64url) of the number's normal form. A number has few possible values, so that its mere hash would tell it to whoever tries them all: without
 * the key that is not possible.
 */
export const tagCases =
  (key: KeyObject | Uint8Array): TagCase =>
  (number) =>
    createHmac('sha256', key).update(normalCaseNumber(number)).digest('base64url');

/** Words before a number that say no more than that it is one. */
const label = /^(?:(?:case|cause|court|docket|file|index|nos?|nr|number)(?![\p{L}\p{N}-])[^\p{L}\p{N}]*)+/u;
const types = 'ap|bk|civ|cr|cv|mc|mj';
/** A federal number of the United States with the number of its office: 3:20-cv-00021. With a colon any type of case is meant. */
const withOffice = new RegExp(`^\\P{N}*\\d{1,2}(?::\\s*\\d\\d\\P{N}|[-\\s]\\d\\d[-\\s]?(?:${types})\\P{L})`, 'u');
const withoutOffice = new RegExp(`^\\P{N}*\\d\\d[-\\s]?(?:${types})\\P{L}`, 'u');
const isDigits = (token: string): boolean => /^\p{N}/u.test(token);

/**
 * What of a case number says which case it is (docs/rules.md, standing 2). Tags are made of it and stored for ever: what it makes of a number never changes.
 */
export const normalCaseNumber = (number: string): string => {
  const text = number.normalize('NFKC').toLowerCase().replace(label, '');
  const tokens = (text.match(/[\p{L}\p{M}]+|\p{N}+/gu) ?? []).map((token) => token.replace(/^0+(?=\d)/, ''));
  const office = withOffice.test(text);
  if (!office && !withoutOffice.test(text)) return tokens.join('-');
  // Letters after the number are initials of judges, which change with them, or say who sues. Without an office one letter may be a defendant of a state's case.
  const type = office ? 2 : 1;
  const begins = tokens.findIndex(isDigits);
  return tokens
    .slice(begins)
    .filter((token, at) => at === type || isDigits(token) || (!office && token.length === 1))
    .join('-');
};
