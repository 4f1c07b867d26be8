import type { Api } from '@averment/client';
import { answerOf, Refused, taggedAnswerOf } from '../../../answers.ts';
import { type Html, html } from '../../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../../page.ts';
import { instant } from '../../../parts/dates.ts';
import { wordDiff } from '../../../parts/diff.ts';
import { selectField, submit, textField, type Wrong } from '../../../parts/form.ts';
import { link, table } from '../../../parts/list.ts';
import { standingTag } from '../../../parts/standing.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import { above } from './incident.ts';
import { type Step, stepsOf } from './steps.ts';
import type { Incident } from './told.ts';

/** A place in the document as people name it: `/claims/3/value` is claim 4, value. */
export const placeInWords = (pointer: string): string => {
  const singular: Readonly<Record<string, string>> = {
    claims: 'claim',
    aspects: 'aspect',
    disputes: 'dispute',
    rulings: 'ruling',
    proceedings: 'proceeding',
    corrections: 'correction',
    parties: 'party',
    sources: 'source',
    citations: 'citation',
  };
  const words: string[] = [];
  const parts = pointer.split('/').slice(1);
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? '';
    const next = parts[index + 1];
    if (next !== undefined && /^\d+$/.test(next)) {
      words.push(`${singular[part] ?? part} ${Number(next) + 1}`);
      index += 1;
    } else words.push(inWords(part.replaceAll(/(?=[A-Z])/g, ' ').toLowerCase()));
  }
  return words.join(', ') || 'the whole record';
};

/** What a thing of the record is called: a claim by its sentence, an aspect, party or source by its name, what a court found by its summary. */
const calledAt = (list: string, index: number, incident: Incident): string | null => {
  switch (list) {
    case 'claims':
      return incident.claims[index]?.statement ?? null;
    case 'aspects':
      return inWords(incident.aspects[index]?.aspect ?? '') || null;
    case 'disputes':
      return incident.disputes[index]?.grounds ?? null;
    case 'rulings':
      return incident.rulings[index]?.summary ?? null;
    case 'proceedings':
      return incident.proceedings[index]?.title ?? null;
    case 'parties':
      return incident.parties[index]?.name ?? null;
    case 'sources':
      return incident.sources[index]?.title ?? null;
    default:
      return null;
  }
};

/** A place in the record as it was later, with what the thing there is called. */
const placeNamed = (pointer: string, incident: Incident): Html | string => {
  const [, list = '', index = ''] = /^\/([a-z]+)\/(\d+)/i.exec(pointer) ?? [];
  const called = calledAt(list, Number(index), incident);
  return called === null ? placeInWords(pointer) : html`${placeInWords(pointer)}: <span class="aside">${safeText(called)}</span>`;
};

/** A value of the document, as a person reads it. */
export const valueShown = (value: unknown): Html | string => {
  if (value === null || value === undefined) return html`<span class="aside">nothing</span>`;
  if (typeof value === 'string') return safeText(value);
  if (typeof value !== 'object') return String(value);
  const told =
    'attributed' in value && typeof value.attributed === 'string'
      ? value.attributed
      : 'name' in value && typeof value.name === 'string'
        ? value.name
        : null;
  const text = JSON.stringify(value, null, 2);
  return html`${told !== null && html`<p>${safeText(told)}</p>`}<details class="ds-details"><summary>${told === null ? 'Shown as data' : 'All of it'}</summary><div><pre>${safeText(text)}</pre></div></details>`;
};

/** The step that was the last one at the end of a day, as the API counts days there. */
const revisionOn = async (api: Api, id: string, asOf: string): Promise<number> => {
  const { headers, body } = await taggedAnswerOf(api.GET('/v1/incidents/{id}', { params: { path: { id }, query: { asOf } } }));
  return Number(headers.get('averment-as-of-revision') ?? body.revision);
};

const asked = (id: string, steps: readonly Step[], query: { from: string; to: string }, wrong: Wrong): Html => {
  const choices = steps.map(({ revision, recordedAt }, index) => ({
    value: String(revision),
    text: `step ${index + 1}, ${recordedAt.slice(0, 16).replace('T', ' ')} UTC`,
  }));
  return html`<form method="get" action="/incidents/${id}/diff" class="no-print"><div class="actions">${selectField({ name: 'from', label: 'From step', choices, value: query.from })}${selectField({ name: 'to', label: 'To step', choices, value: query.to })}${submit('Compare steps')}</div></form>
<form method="get" action="/incidents/${id}/diff" class="no-print"><div class="actions">${textField({ name: 'fromDay', label: 'From the end of', type: 'date', required: true, wrong })}${textField({ name: 'toDay', label: 'To the end of', type: 'date', required: true, wrong })}${submit('Compare days', { variant: 'secondary' })}</div></form>`;
};

const differencesPage = async ({ api, path: { id = '' }, query }: Asked): Promise<Page> => {
  const steps = await stepsOf(api, id);
  const [first, last] = [steps[0], steps.at(-1)];
  const made = { title: 'What changed', above: [...above, { href: `/incidents/${id}`, text: 'The record today' }] };
  const wrong = new Map<string, string>();
  const on = async (name: 'fromDay' | 'toDay', otherwise: string) => {
    const day = query.get(name);
    if (!day) return Number(query.get(name === 'fromDay' ? 'from' : 'to') ?? otherwise);
    return revisionOn(api, id, day).catch((error: unknown) => {
      if (!(error instanceof Refused) || error.status >= 500) throw error;
      wrong.set(name, error.problem.detail);
      return Number(otherwise);
    });
  };
  const [from, to] = await Promise.all([
    on('fromDay', String(steps.at(-2)?.revision ?? first?.revision)),
    on('toDay', String(last?.revision)),
  ]);
  const form = asked(id, steps, { from: String(from), to: String(to) }, wrong);
  if (steps.length < 2 || from === to)
    return {
      ...made,
      body: html`${form}<p class="ds-paragraph">${wrong.size > 0 ? [...wrong.values()].join(' ') : 'Nothing was changed between the two.'}</p>`,
    };
  const [earlier, later] = from < to ? [from, to] : [to, from];
  const [{ changes }, incident] = await Promise.all([
    answerOf(api.GET('/v1/incidents/{id}/diff', { params: { path: { id }, query: { from: earlier, to: later } } })),
    answerOf(api.GET('/v1/incidents/{id}', { params: { path: { id }, query: { asOfRevision: later } } })),
  ]);
  const at = (revision: number) => steps.find((step) => step.revision === revision)?.recordedAt;
  return {
    ...made,
    body: html`${form}<p class="ds-paragraph">Between revision ${earlier} (${instant(at(earlier) ?? '')}) and revision ${later} (${instant(at(later) ?? '')}) ${changes.length} fields changed.</p>
${table(
  'What changed, field by field',
  ['Where', 'Before and after', 'By'],
  changes.map(({ pointer, from: before, to: after, concealed, revision, author, reason }) => [
    after === null ? placeInWords(pointer) : placeNamed(pointer, incident),
    concealed
      ? 'changed; what stood there is not shown'
      : typeof before === 'string' && typeof after === 'string'
        ? /\/(state|standing)$/.test(pointer)
          ? html`${standingTag(before)} → ${standingTag(after)}`
          : wordDiff(before, after, null)
        : html`<del>${valueShown(before)}</del> <ins>${valueShown(after)}</ins>`,
    html`${link(`/incidents/${id}/events/${revision}`, `revision ${revision}`)}${author && html`, ${author}`}${reason && html`: ${safeText(reason)}`}`,
  ]),
)}`,
  };
};

export const differencePages: readonly PageSpec[] = [page({ path: '/incidents/:id/diff', handle: differencesPage })];
