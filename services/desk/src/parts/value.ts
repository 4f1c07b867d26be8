import type { Schemas } from '@averment/client';
import { type Html, html } from '../html.ts';
import { inWords } from '../vocabulary.ts';
import { day, number } from './dates.ts';

type Value = Schemas['ClaimValue'];
type NameOf = (id: string) => string;

const comparators: Readonly<Record<string, string>> = {
  exact: '',
  about: 'about ',
  at_least: 'at least ',
  at_most: 'at most ',
  more_than: 'more than ',
  less_than: 'less than ',
};
const empty = { unknown: 'not known', none: 'none', withheld: 'withheld', sealed: 'under seal' };

/** What a claim says, in a word or two. `nameOf` tells the names of parties. */
export const valueInWords = (value: Value, nameOf: NameOf): string | Html => {
  switch (value.kind) {
    case 'boolean':
      return value.value ? 'yes' : 'no';
    case 'term':
      return inWords(value.value);
    case 'text':
      return value.value === null ? 'withheld' : [value.value, ...(value.alternatives ?? [])].join(', or ');
    case 'time':
      return value.approximate ? html`about ${day(value.value)}` : day(value.value);
    case 'party':
      return nameOf(value.value);
    case 'incident':
      return value.value;
    case 'quantity': {
      const { comparator, value: from, upper, unit } = value;
      const amount = upper === null ? numeral(from) : `${numeral(from)} to ${numeral(upper)}`;
      return `${comparators[comparator] ?? `${inWords(comparator)} `}${amount} ${unitOf(unit, upper ?? from)}`.trimEnd();
    }
    default:
      return empty[value.kind];
  }
};

/** A decimal with its thousands set apart; its digits stay as they were sent. */
const numeral = (digits: string): string => (/^\d{5,15}$/.test(digits) ? number(Number(digits)) : digits);
/** What is counted without a unit is a number alone. */
const unitOf = (unit: string, amount: string): string =>
  unit === 'count'
    ? ''
    : amount === '1' || !/^(shot|person|vehicle|removal|second|minute|day|year|metre|mile)$/.test(unit)
      ? inWords(unit)
      : `${unit}s`;
