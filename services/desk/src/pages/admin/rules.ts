import type { Schemas } from '@averment/client';
import { type Html, html } from '../../html.ts';
import type { Form } from '../../page.ts';
import { textField, type Wrong } from '../../parts/form.ts';
import { facts } from '../../parts/list.ts';
import { inWords } from '../../vocabulary.ts';

/** The rules of the review as a form: each number a field, by its path in the rules. */

type Rules = Schemas['PolicyRules'];
export type SentRules = Schemas['SentPolicyRules'];

type Leaf = { path: readonly string[]; value: number | string | null };

const leavesOf = (value: unknown, path: readonly string[] = []): Leaf[] => {
  if (typeof value === 'number' || value === null) return [{ path, value }];
  if (Array.isArray(value)) return [{ path, value: value.join(', ') }];
  return Object.entries(value as object).flatMap(([name, inside]) => leavesOf(inside, [...path, name]));
};

const groups: Readonly<Record<string, string>> = {
  approvals: 'How many approvals it takes',
  machines: 'What programs may submit',
  authors: 'What is asked of authors',
  dueHours: 'Due after so many hours',
  openEdits: 'Edits that a subject may have open',
};
const inside: Readonly<Record<string, string>> = { kinds: 'change', holds: 'it brings', touches: 'it touches' };

/** `approvals.holds.privatePerson` is: it brings private person. */
const labelOf = ([, ...names]: readonly string[]): string =>
  names.map((name) => inside[name] ?? inWords(name.replaceAll(/(?=[A-Z])/g, '_').toLowerCase())).join(' ') || 'number';

const grouped = (rules: Rules): [string, Leaf[]][] => [...Map.groupBy(leavesOf(rules), ({ path }) => path[0] ?? '')];

/** The rules in words. */
export const rulesShown = (rules: Rules): Html =>
  html`${grouped(rules).map(([group, leaves]) => html`<h3 class="ds-heading" data-size="2xs">${groups[group] ?? inWords(group)}</h3>${facts(leaves.map(({ path, value }) => [labelOf(path), value === null ? 'no limit' : String(value)] as const))}`)}`;

/** A field for each number. `said` has what was written, where the form is shown again. */
export const rulesFields = (rules: Rules, said: Form, wrong: Wrong): Html =>
  html`${grouped(rules).map(
    ([group, leaves]) =>
      html`<fieldset class="ds-fieldset"><legend class="ds-label" data-weight="medium">${groups[group] ?? inWords(group)}</legend><div class="filters">${leaves.map(
        ({ path, value }) => {
          const name = `rules.${path.join('.')}`;
          const written = said.fields.find(([field]) => field === name)?.[1];
          return textField({ name, label: labelOf(path), value: written ?? (value === null ? '' : String(value)), wrong });
        },
      )}</div></fieldset>`,
  )}`;

const numberOr = (text: string): number | string | null => (text === '' ? null : /^\d{1,6}$/.test(text) ? Number(text) : text);

/** The rules that a form says: as JSON where it has that, else field by field over those in force. What is no rule the API refuses. */
export const rulesIn = (form: Form, now: Rules): SentRules => {
  const json = form.text('json');
  if (json !== '') return JSON.parse(json) as SentRules;
  const rules = structuredClone(now) as unknown as Record<string, unknown>;
  for (const { path, value } of leavesOf(now)) {
    const said = form.text(`rules.${path.join('.')}`);
    const holder = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, rules);
    const isList = typeof value === 'string' || path.join('.') === 'machines.kinds';
    holder[path.at(-1) ?? ''] = isList && said !== '' ? said.split(/[,\s]+/).filter(Boolean) : numberOr(said);
  }
  return rules as unknown as SentRules;
};
