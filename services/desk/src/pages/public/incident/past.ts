import type { Schemas } from '@averment/client';
import { answerOf, Refused } from '../../../answers.ts';
import { type Html, html } from '../../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../../page.ts';
import { instant } from '../../../parts/dates.ts';
import { eventInWords, whoInWords } from '../../../parts/events.ts';
import { link } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { above } from './incident.ts';
import { recordBody } from './record.ts';
import { type Step, stepsOf } from './steps.ts';
import { type Incident, orWithheld, toldOf } from './told.ts';

/** The ids of what a step changed or added: where its differences point to. */
const changedBy = (differences: Schemas['Diff']['changes'], incident: Incident): Set<string> => {
  const changed = new Set<string>();
  for (const { pointer } of differences) {
    const [, list = '', index = ''] = pointer.split('/');
    const things = incident[list as 'claims' | 'rulings' | 'proceedings' | 'disputes' | 'corrections'];
    const thing = Array.isArray(things) ? things[Number(index)] : undefined;
    if (thing !== undefined && 'id' in thing) changed.add(thing.id);
  }
  return changed;
};

/** What moves through the steps: links to those beside it, and a slider, which is a form that asks for the step that it stands at. */
const mover = (id: string, steps: readonly Step[], index: number): Html => {
  const at = steps[index];
  const to = (step: Step | undefined, text: string, rel: string) =>
    step === undefined
      ? html`<span class="ds-button" data-variant="secondary" aria-disabled="true">${text}</span>`
      : html`<a class="ds-button" data-variant="secondary" rel="${rel}" href="/incidents/${id}/past?revision=${step.revision}">${text}</a>`;
  return html`<form class="mover no-print" method="get" action="/incidents/${id}/past">
<label class="ds-label" for="step">Step ${index + 1} of ${steps.length}</label>
<input type="range" id="step" name="step" min="1" max="${steps.length}" value="${index + 1}" list="steps" aria-valuetext="Step ${index + 1}, revision ${at?.revision}">
<datalist id="steps">${steps.map((_, number) => html`<option value="${number + 1}"></option>`)}</datalist>
<p class="actions">${to(steps[index - 1], 'Earlier', 'prev')}${to(steps[index + 1], 'Later', 'next')}<button class="ds-button" type="submit" data-variant="tertiary">Go to the step</button></p></form>`;
};

/** The step that an address asks for: by its number, by a revision that came with it, or the last one. */
const indexOf = (query: URLSearchParams, steps: readonly Step[]): number => {
  const revision = Number(query.get('revision') ?? Number.NaN);
  const step = Number(query.get('step') ?? Number.NaN);
  const index = Number.isInteger(step) ? step - 1 : steps.findIndex((one) => one.revision >= revision);
  return index < 0 || index >= steps.length ? steps.length - 1 : index;
};

const pastPage = async ({ api, path: { id = '' }, query, vocabulary }: Asked): Promise<Page> => {
  const steps = await stepsOf(api, id);
  const index = indexOf(query, steps);
  const at = steps[index];
  if (at === undefined)
    throw new Refused(404, { detail: 'This incident has no record that you may read.', errors: [] } as unknown as Schemas['Problem'], null);
  const before = steps[index - 1];
  const about = { params: { path: { id }, query: { asOfRevision: at.revision } } };
  const [incident, comparison, differences, words] = await Promise.all([
    answerOf(api.GET('/v1/incidents/{id}', about)),
    answerOf(api.GET('/v1/incidents/{id}/comparison', about)),
    before && answerOf(api.GET('/v1/incidents/{id}/diff', { params: { path: { id }, query: { from: before.revision, to: at.revision } } })),
    vocabulary(),
  ]);
  const told = toldOf(incident, { changed: changedBy(differences?.changes ?? [], incident) });
  const title = orWithheld(incident.title);
  return {
    title: `${title}, as of revision ${at.revision}`,
    heading: html`<h1 class="ds-heading" data-size="lg">${safeText(title)} <span class="aside">as it stood at revision ${at.revision}</span></h1>`,
    above: [...above, { href: `/incidents/${id}`, text: 'The record today' }],
    scripts: ['past'],
    body: html`${mover(id, steps, index)}
<div class="ds-alert step" data-color="info" role="status"><p><strong>${instant(at.recordedAt)}</strong>${at.events[0] && html`, ${whoInWords(at.events[0])}`}</p><ul class="ds-list">${at.events.map((event) => html`<li>${eventInWords(event)}</li>`)}</ul>${
      before && html`<p>${link(`/incidents/${id}/diff?from=${before.revision}&to=${at.revision}`, 'What this changed, field by field')}</p>`
    }</div>
${recordBody(told, comparison, words)}`,
  };
};

export const pastPages: readonly PageSpec[] = [page({ path: '/incidents/:id/past', handle: pastPage })];
