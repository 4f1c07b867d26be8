import type { Schemas } from '@averment/client';
import { type Html, html } from '../../../html.ts';
import { day, number } from '../../../parts/dates.ts';
import { facts } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { valueInWords } from '../../../parts/value.ts';
import { inWords } from '../../../vocabulary.ts';
import { idPattern, type Known } from './known.ts';
import { quotes } from './quotes.ts';

/** Fields whose values are names of the vocabulary and the like, not texts. */
const named = new Set(
  'aspect capacity stance rendering flags basis finality status type rank effect as kind why precision translation decision comparator unit state standing marks field'.split(
    ' ',
  ),
);
const dated = new Set('saidAt validAt openedOn decidedOn on publishedAt accessedAt from until date'.split(' '));

const labels: Readonly<Record<string, string>> = {
  about: 'About whom',
  value: 'What is said',
  statement: 'In words of the record',
  lang: 'Language of these words',
  via: 'Passed on by',
  saidAt: 'Said on',
  validAt: 'Speaks for',
  relatesTo: 'Speaks of',
  scope: 'What is counted',
  replaces: 'In the place of',
  carry: 'Still applies to it',
  conceal: 'Hide the old text from the public',
  received: 'Its id there',
  by: 'By whom',
  on: 'When',
  set: 'Set anew',
};

/** A field's name as people read it: `onBehalfOf` is On behalf of. */
export const labelOf = (name: string): string => {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return labels[name] ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

/** Whether there is nothing in a field that could be read. */
export const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is in a field, in words; what others wrote is made visible as it is. */
export const inField = (name: string, value: unknown, known: Known): Html => {
  if (value === null || value === undefined) return html`<span class="aside">nothing</span>`;
  if (typeof value === 'boolean') return html`${value ? 'yes' : 'no'}`;
  if (typeof value === 'number') return html`${number(value)}`;
  if (typeof value === 'string')
    return idPattern.test(value)
      ? known.thing(value)
      : dated.has(name)
        ? day(value)
        : named.has(name)
          ? html`${inWords(value)}`
          : safeText(value);
  if (name === 'citations') return quotes(value as Schemas['Citation'][], known) ?? html`<span class="aside">nothing</span>`;
  if (Array.isArray(value)) {
    const [only, ...others] = value.map((one) => inField(name, one, known));
    if (only === undefined) return html`<span class="aside">nothing</span>`;
    return others.length === 0 ? only : html`<ul class="ds-list">${[only, ...others].map((one) => html`<li>${one}</li>`)}</ul>`;
  }
  if (name === 'value' && isObject(value) && 'kind' in value) {
    const said = valueInWords(value as Schemas['ClaimValue'], known.nameOf);
    return typeof said === 'string' ? safeText(said) : said;
  }
  return fieldsOf(value as Record<string, unknown>, known, []);
};

/** All fields of something that say anything, but those of `without`. */
export const fieldsOf = (thing: Readonly<Record<string, unknown>>, known: Known, without: readonly string[]): Html =>
  facts(
    Object.entries(thing)
      .filter(([name, value]) => !without.includes(name) && !isEmpty(value))
      .map(([name, value]) => [labelOf(name), inField(name, value, known)] as const),
  );
