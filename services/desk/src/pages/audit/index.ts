import type { Schemas } from '@averment/client';
import { answerOf, answerOrNull } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { answerOrWrong } from '../../parts/asking.ts';
import { instant } from '../../parts/dates.ts';
import { editHref, eventInWords, type RecordEvent, typeInWords } from '../../parts/events.ts';
import { errorSummary, nothingWrong, submit, textField } from '../../parts/form.ts';
import { asked as askedOf, facts, link, nextPage, scrolls, table } from '../../parts/list.ts';
import { plainText, safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';

const audit = { href: '/desk/audit', text: 'Audit' };

const startPage = async ({ api, query, here }: Asked): Promise<Page> => {
  const sent = askedOf(query, ['q', 'cursor']);
  const asking = await answerOrWrong(answerOf(api.GET('/v1/incidents', { params: { query: { ...sent, status: 'all', limit: 25 } } })));
  const wrong = 'wrong' in asking ? asking.wrong : nothingWrong;
  const { items, next } = 'answer' in asking ? asking.answer : { items: [], next: null };
  return {
    title: 'Audit',
    ...(wrong.size > 0 && { status: 400 }),
    body: html`<p class="ds-paragraph">Each record can be replayed, event by event, with who did what when, and what the record said after it. Every edit keeps its versions, votes, comments and reasons.</p>
<form method="get" action="/desk/audit" role="search" aria-label="Incidents to audit">${errorSummary(wrong)}${textField({ name: 'q', label: 'Find an incident by words', type: 'search', value: sent.q ?? '', wrong })}<div class="actions">${submit('Search')}</div></form>
${
  items.length === 0
    ? html`<p class="ds-paragraph">Nothing fits that.</p>`
    : table(
        'Incidents, those of every status',
        ['Incident', 'Status', 'Revision', 'Last change'],
        items.map(({ id, title, status, revision, recordedAt }) => [
          link(`/desk/audit/${id}`, title === null ? id : safeText(title)),
          inWords(status),
          String(revision),
          instant(recordedAt),
        ]),
      )
}${nextPage(here, next)}
<section><h2 class="ds-heading" data-size="md">Exports</h2><p class="ds-paragraph">The same as JSON, page by page; programs use their key.</p><ul class="ds-list">
<li>${link('/v1/incidents?status=all&limit=500', 'All incidents')}</li><li>${link('/v1/claims?limit=500', 'All claims')}</li><li>${link('/v1/corrections?limit=500', 'All corrections')}</li><li>${link('/v1/takedowns?limit=500', 'All takedowns')}</li><li>${link('/v1/policy/history', 'All rules of the review')}</li><li><code>/v1/events?after=0</code>, every event of every stream in the order of the log; with <code>with=canonical</code> as it is stored, to be held against ${link('/log/checkpoint', 'the ledger')}</li><li>${link('/v1/export/incidents.ndjson', 'All incidents as one file')}, ${link('/v1/export/claims.csv', 'all claims')}, as the public reads them</li></ul></section>`,
  };
};

/** Who did it, in which role: an auditor sees the actor beside the author. */
const whoOf = ({ actor, author, approvedBy }: RecordEvent): Html =>
  html`${actor ?? 'the service'}${author !== null && author !== actor && html`, for ${author}`}${approvedBy.length > 0 && html`, approved by ${approvedBy.join(', ')}`}`;

const editsTable = (id: string, items: readonly Schemas['Edit'][]): Html =>
  table(
    'Edits, each with its whole review',
    ['Edit', 'State', 'Author', 'Versions', 'Votes', 'Comments'],
    items.map(({ edit, state, author, version, votes, comments }) => [
      link(editHref(id, edit), `edit ${edit}`),
      inWords(state),
      author,
      String(version),
      votes
        .map(
          ({ decision, by, lapsed, withdrawn }) =>
            `${inWords(decision)} by ${by}${withdrawn ? ' (taken back)' : lapsed ? ' (lapsed)' : ''}`,
        )
        .join('; ') || 'none',
      String(comments.total),
    ]),
  );

const replayPage = async ({ api, path: { id = '' }, query, here }: Asked): Promise<Page> => {
  const params = { path: { id } };
  const [incident, events, edits] = await Promise.all([
    answerOrNull(api.GET('/v1/incidents/{id}', { params })),
    answerOf(api.GET('/v1/incidents/{id}/events', { params: { ...params, query: { limit: 100, ...askedOf(query, ['cursor']) } } })),
    answerOrNull(api.GET('/v1/incidents/{id}/edits', { params: { ...params, query: { limit: 100 } } })),
  ]);
  const title = incident?.title ?? 'An incident without a title';
  return {
    title: `Audit of ${plainText(title)}`,
    heading: html`<h1 class="ds-heading" data-size="lg">Audit of ${safeText(title)}</h1>`,
    above: [audit],
    body: html`<p>${link(`/incidents/${id}`, 'The record today')} · <a class="ds-link" href="/v1/incidents/${id}/events?limit=500">Its events as JSON</a> · <a class="ds-link" href="/v1/incidents/${id}/edits?limit=500">Its edits as JSON</a></p>
<section><h2 class="ds-heading" data-size="md">Replay</h2><p class="ds-paragraph">Every event of its stream, the review’s among them, in their order.</p>${table(
      'Events',
      ['Revision', 'What', 'When', 'Who', 'Edit', 'Record after it'],
      events.items.map((event) => [
        link(`/desk/audit/${id}/${event.revision}`, String(event.revision)),
        eventInWords(event),
        instant(event.recordedAt),
        whoOf(event),
        event.edit === null ? '' : link(editHref(id, event.edit), `edit ${event.edit}`),
        link(`/incidents/${id}?revision=${event.last}`, `as of ${event.last}`),
      ]),
    )}${nextPage(here, events.next)}</section>
${edits !== null && edits.items.length > 0 && html`<section><h2 class="ds-heading" data-size="md">Review record</h2>${editsTable(id, edits.items)}${edits.next !== null && html`<p>There are more: ask the API for them.</p>`}</section>`}`,
  };
};

const eventPage = async ({ api, path: { id = '', revision = '' } }: Asked): Promise<Page> => {
  const number = Number(revision);
  const read = (at: number) => answerOf(api.GET('/v1/incidents/{id}/events/{revision}', { params: { path: { id, revision: at } } }));
  const [event, next] = await Promise.all([
    read(number),
    answerOrNull(api.GET('/v1/incidents/{id}/events/{revision}', { params: { path: { id, revision: number + 1 } } })),
  ]);
  return {
    title: `${typeInWords(event.type)}, event ${event.revision}`,
    above: [audit, { href: `/desk/audit/${id}`, text: 'Replay' }],
    body: html`<nav aria-label="Events"><ul class="ds-list">${number > 0 && html`<li>${link(`/desk/audit/${id}/${number - 1}`, `Event ${number - 1}, before`)}</li>`}${next !== null && html`<li>${link(`/desk/audit/${id}/${number + 1}`, `Event ${number + 1}, after`)}</li>`}</ul></nav>
${facts([
  ['What', eventInWords(event)],
  ['Recorded', instant(event.recordedAt)],
  ['Who', whoOf(event)],
  ['Edit', event.edit === null ? null : link(editHref(id, event.edit), `edit ${event.edit}`)],
  ['Position in the log', event.position],
  ['Last event of its append', String(event.last)],
  ['The record after it', link(`/incidents/${id}?revision=${event.last}`, `as of revision ${event.last}`)],
])}<section><h2 class="ds-heading" data-size="md">As it is stored</h2>${scrolls('The event as data', html`<pre>${safeText(JSON.stringify(event.data, null, 2))}</pre>`)}</section>`,
  };
};

/** For auditors; whom else the API shows what it asks for, may look too. */
export const auditPages: readonly PageSpec[] = [
  page({ path: '/desk/audit', signedIn: true, handle: startPage }),
  page({ path: '/desk/audit/:id', signedIn: true, handle: replayPage }),
  page({ path: '/desk/audit/:id/:revision', signedIn: true, handle: eventPage }),
];
