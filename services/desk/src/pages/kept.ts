import { hidden } from '../forms.ts';
import { type Html, html } from '../html.ts';
import type { Asked, Form, Page } from '../page.ts';

/** An address of ours to go on to, as it may stand in a header; the desk for any other. */
export const ours = (address: string): string => (/^\/(?!\/)[\x21-\x5b\x5d-\x7e]{0,4000}$/.test(address) ? address : '/desk');

/** A form that was sent and not carried out. */
export type Kept = { action: string; fields: readonly (readonly [string, string])[] };

/** As hidden fields of another form. */
export const carried = ({ action, fields }: Kept): Html =>
  html`${hidden('keptAction', action)}${hidden('keptFields', JSON.stringify(fields))}`;

const isField = (one: unknown): one is [string, string] =>
  Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === 'string');

/** What a form carries of another one. */
export const keptIn = (form: Form): Kept | undefined => {
  const action = form.text('keptAction');
  if (action === '') return undefined;
  try {
    const fields: unknown = JSON.parse(form.text('keptFields'));
    return Array.isArray(fields) && fields.every(isField) ? { action: ours(action), fields } : undefined;
  } catch {
    return undefined;
  }
};

/** Shows a form that was sent and not carried out, to be sent once more. */
export const keptForm = ({ sends }: Asked, { action, fields }: Kept, { back, why }: { back: string; why: string }): Page => {
  const shown = fields.filter(
    ([name, value]) => /(?:^|-)(?:reason|text|rationale|title)$/.test(name) || (value.length > 40 && !/^[{[]/.test(value)),
  );
  const seen = html`<dl>${shown.map(([name, value]) => html`<dt>${name}</dt><dd class="as-written">${value}</dd>`)}</dl>`;
  return {
    title: 'This was kept for you',
    body: html`<p class="ds-paragraph">${why} Files have to be chosen anew.</p>${seen}
${sends(action, html`${fields.map(([name, value]) => hidden(name, value))}<button class="ds-button" type="submit">Send it now</button>`)}
<p class="ds-paragraph"><a class="ds-link" href="${back}">Go back without sending it</a></p>`,
  };
};
