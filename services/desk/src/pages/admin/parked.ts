import type { Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { orAgain } from '../../parts/acting.ts';
import { instant } from '../../parts/dates.ts';
import { typeInWords } from '../../parts/events.ts';
import { errorSummary, nothingWrong, submit, textField, type Wrong } from '../../parts/form.ts';
import { asked as askedOf, nextPage, notice, table } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';
import { admin } from './start.ts';

type Parked = Schemas['ParkedEvent'];

const actions = ({ sends }: Asked, { id, state }: Parked): Html =>
  state === 'skipped'
    ? html`skipped`
    : html`<div class="actions">${sends(`/desk/admin/parked/${id}/retry`, html`${submit('Try again', { variant: 'secondary' })}`)}${sends(
        `/desk/admin/parked/${id}/skip`,
        html`<details class="ds-details"><summary>Skip it</summary><div><p>The model goes on without this event, for good: rebuilds leave it out too.</p>${hidden('sure', 'yes')}${submit('Skip for good', { variant: 'secondary', color: 'danger' })}</div></details>`,
      )}</div>`;

const didWords: Readonly<Record<string, string>> = {
  applied: 'It was taken now, with the rest of its stream.',
  parked: 'It still cannot be taken. The table says why.',
  gone: 'It is not parked any more.',
  skipped: 'It is skipped from now on.',
};

const show = async (asked: Asked, wrong: Wrong = nothingWrong): Promise<Page> => {
  const { api, query, here, sends } = asked;
  const { items, next } = await answerOf(api.GET('/v1/parked', { params: { query: { limit: 100, ...askedOf(query, ['cursor']) } } }));
  const did = query.get('did');
  return {
    title: 'Parked events',
    above: [admin],
    body: html`${errorSummary(wrong)}${did && notice(html`<p>${didWords[did] ?? `It is ${inWords(did)}.`}</p>`)}
<p class="ds-paragraph">A model could not take these events, and stands still in their streams. Once what is wrong is mended, try them again. What is skipped is left out of the model for good, and readers are told that something is missing.</p>
${
  items.length === 0
    ? html`<p class="ds-paragraph">None: every model has taken every event.</p>`
    : html`${table(
        'Events that a model could not take',
        ['Event', 'Model', 'Stream', 'Why', 'Tries', 'Since', 'What to do'],
        items.map((event) => [
          `${typeInWords(event.type)}, revision ${event.revision}`,
          event.projection,
          html`<code>${event.stream}</code>`,
          safeText(event.error),
          String(event.attempts),
          instant(event.at),
          actions(asked, event),
        ]),
      )}${nextPage(here, next)}
<section><h2 class="ds-heading" data-size="md">All at once</h2>${sends('/desk/admin/parked/retry', html`${textField({ name: 'stream', label: 'Only of this stream (empty for all)', wrong })}<div class="actions">${submit('Try all of them again')}</div>`)}</section>`
}`,
  };
};

const onward = (outcome: string) => ({ onward: `/desk/admin/parked?did=${outcome}` });

export const parkedPages: readonly PageSpec[] = [
  page({ path: '/desk/admin/parked', signedIn: true, handle: (asked) => show(asked) }),
  page({
    method: 'POST',
    path: '/desk/admin/parked/retry',
    signedIn: true,
    handle: (asked) =>
      orAgain(
        async () => {
          const stream = asked.form.text('stream');
          const { left } = await answerOf(asked.api.POST('/v1/parked/retry', { body: stream === '' ? {} : { stream } }));
          return onward(left === 0 ? 'applied' : 'parked');
        },
        (wrong) => show(asked, wrong),
      ),
  }),
  ...(['retry', 'skip'] as const).map((act) =>
    page({
      method: 'POST',
      path: `/desk/admin/parked/:id/${act}`,
      signedIn: true,
      handle: (asked) =>
        orAgain(
          async () =>
            onward((await answerOf(asked.api.POST(`/v1/parked/{id}/${act}`, { params: { path: { id: asked.path.id ?? '' } } }))).outcome),
          (wrong) => show(asked, wrong),
        ),
    }),
  ),
];
