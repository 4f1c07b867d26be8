import { answerOf } from '../../../answers.ts';
import { html } from '../../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../../page.ts';
import { instant } from '../../../parts/dates.ts';
import { eventInWords, typeInWords, whoInWords } from '../../../parts/events.ts';
import { facts, asked as given, link, nextPage, table } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { placeInWords, valueShown } from './differences.ts';
import { above } from './incident.ts';

const beside = (id: string) => [...above, { href: `/incidents/${id}`, text: 'The record today' }];

const historyPage = async ({ api, path: { id = '' }, query, here }: Asked): Promise<Page> => {
  const { items, next } = await answerOf(
    api.GET('/v1/incidents/{id}/events', { params: { path: { id }, query: { limit: 100, ...given(query, ['cursor']) } } }),
  );
  return {
    title: 'All events of this record',
    above: beside(id),
    body: html`${table(
      'Events, in their order',
      ['Revision', 'Recorded', 'What', 'Who'],
      items.map((event) => [
        link(`/incidents/${id}/events/${event.revision}`, String(event.revision)),
        instant(event.recordedAt),
        eventInWords(event),
        whoInWords(event),
      ]),
    )}${nextPage(here, next)}`,
  };
};

const eventPage = async ({ api, path: { id = '', revision = '' } }: Asked): Promise<Page> => {
  const event = await answerOf(api.GET('/v1/incidents/{id}/events/{revision}', { params: { path: { id, revision: Number(revision) } } }));
  return {
    title: `${typeInWords(event.type)} (event ${event.revision})`,
    above: [...beside(id), { href: `/incidents/${id}/history`, text: 'All events' }],
    body: html`<p class="ds-paragraph">${eventInWords(event)}</p>${facts([
      ['Recorded', instant(event.recordedAt)],
      ['Who', whoInWords(event)],
      ['Position in the log', event.position],
      ['The record then', link(`/incidents/${id}/past?revision=${event.last}`, `revision ${event.last}`)],
      ['Proof', link(`/v1/incidents/${id}/events/${event.revision}/proof`, 'that it is in the ledger, to be kept and verified by others')],
    ])}<h2 class="ds-heading" data-size="sm">As it is stored</h2><div class="scrolls" role="region" aria-label="The event as data" tabindex="0"><pre>${safeText(JSON.stringify(event.data, null, 2))}</pre></div>`,
  };
};

/** Why a field says what it says: its value, and the events that made it so. */
const explainPage = async ({ api, path: { id = '' }, query, here }: Asked): Promise<Page> => {
  const pointer = query.get('pointer') ?? '';
  const { value, items, next, revision } = await answerOf(
    api.GET('/v1/incidents/{id}/explain', { params: { path: { id }, query: { pointer, limit: 100, ...given(query, ['cursor']) } } }),
  );
  return {
    title: 'Why does this say so?',
    above: beside(id),
    body: html`<p class="ds-paragraph">At revision ${revision}, ${placeInWords(pointer)} says:</p><div class="ds-card">${valueShown(value)}</div>
<h2 class="ds-heading" data-size="sm">The events behind it</h2><ol class="ds-list">${items.map(
      (event) =>
        html`<li>${instant(event.recordedAt)}: ${eventInWords(event)} <span class="aside">${whoInWords(event)}</span> ${link(`/incidents/${id}/events/${event.revision}`, `event ${event.revision}`)}</li>`,
    )}</ol>${nextPage(here, next)}`,
  };
};

export const eventPages: readonly PageSpec[] = [
  page({ path: '/incidents/:id/history', handle: historyPage }),
  page({ path: '/incidents/:id/events/:revision', handle: eventPage }),
  page({ path: '/incidents/:id/explain', handle: explainPage }),
];
