import type { Schemas } from '@averment/client';
import { type Html, html } from '../html.ts';
import { inWords } from '../vocabulary.ts';
import { wordDiff } from './diff.ts';
import { safeText } from './text.ts';
import { valueInWords } from './value.ts';

type Change = Schemas['Erratum']['changes'][number];

type Members = Record<string, unknown>;
/** When, where: things of several members, of which a value of a claim is none. */
const isThing = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value);

/** What a correction sets, as words: texts are compared word by word, other values are told before and after. `nameOf` tells the names of parties. */
export const changeInWords = ({ field, from, to, concealed }: Change, nameOf: (id: string) => string): Html => {
  if (!concealed && isThing(from) && isThing(to)) {
    const set = Object.keys({ ...from, ...to }).filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));
    return html`${set.map((name) => changeInWords({ field: `${field}_${name}`, from: from[name] ?? null, to: to[name] ?? null }, nameOf))}`;
  }
  const said = (value: unknown): string | Html =>
    value === null || value === undefined
      ? 'nothing'
      : typeof value === 'object' && 'kind' in value
        ? valueInWords(value as Schemas['ClaimValue'], nameOf)
        : Array.isArray(value) && value.every((one) => typeof one === 'string')
          ? value.map(inWords).join(', ') || 'none'
          : typeof value === 'string'
            ? safeText(value.startsWith('party_') ? nameOf(value) : value)
            : JSON.stringify(value);
  const what = concealed
    ? 'changed; what stood there is not shown'
    : typeof from === 'string' && typeof to === 'string' && from.includes(' ')
      ? wordDiff(from, to, 'en')
      : html`from ${said(from)} to ${said(to)}`;
  return html`<li><strong>${inWords(field)}</strong>: ${what}</li>`;
};
