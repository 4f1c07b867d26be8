import type { Schemas } from '@averment/client';
import { answerOf, answerOrNull } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type PageSpec, page } from '../../page.ts';
import { day } from '../../parts/dates.ts';
import { draftDone } from '../../parts/draft.ts';
import { submit, textField } from '../../parts/form.ts';
import { asked as given, link, nextPage, notice, table } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';

type Source = Schemas['Source'];

const titleOf = ({ id, title, publisher }: Pick<Source, 'id' | 'title' | 'publisher'>): string =>
  [title, publisher].filter(Boolean).join(', ') || id;

const uses = (id: string): Html =>
  html`${link(`/desk/contribute/claims?source=${id}&incident=new`, 'Start an incident from it')}<br>${link(`/desk/contribute/incident?source=${id}`, 'Add to an incident')}<br>${link(`/desk/contribute/change?of=${id}`, 'Correct it')}`;

const sourceTable = (caption: string, sources: readonly Source[]): Html =>
  table(
    caption,
    ['Source', 'Published', 'What to do'],
    sources.map((source) => [
      link(`/sources/${source.id}`, safeText(titleOf(source))),
      source.publishedAt === null ? 'not said' : day(source.publishedAt),
      uses(source.id),
    ]),
  );

/** The source that was just registered, and what it resembles. */
const registered = (source: Source, resembles: readonly Source[], draft: string): Html =>
  html`${draftDone(draft)}${notice(
    html`<h2 class="ds-heading" data-size="xs">Registered: ${safeText(titleOf(source))}</h2><p>${uses(source.id)}</p>${
      resembles.length > 0 &&
      html`<p>It resembles what was registered before. If that is the same, quote from that one:</p><ul class="ds-list">${resembles.map((one) => html`<li>${link(`/sources/${one.id}`, safeText(titleOf(one)))}: ${uses(one.id)}</li>`)}</ul>`
    }`,
    'success',
  )}`;

export const startPages: readonly PageSpec[] = [
  page({
    path: '/desk/contribute',
    signedIn: true,
    handle: async ({ api, query, here }) => {
      const q = query.get('q') ?? '';
      const read = (id: string) => answerOrNull(api.GET('/v1/sources/{id}', { params: { path: { id } } }));
      const [sources, own, made, resembles] = await Promise.all([
        answerOf(api.GET('/v1/sources', { params: { query: { limit: 20, ...given(query, ['q', 'cursor']) } } })),
        answerOf(api.GET('/v1/me/edits', { params: { query: { limit: 50 } } })),
        read(query.get('source') ?? ''),
        Promise.all(query.getAll('resembles').map(read)),
      ]);
      const ofMine = [...new Set(own.items.flatMap((edit) => edit.sources.map(({ id }) => id)))].slice(0, 20);
      const mine = (await Promise.all(ofMine.map(read))).filter((source) => source !== null);
      const asks = own.items.filter(({ state }) => state === 'changes_requested');
      return {
        title: 'Contribute',
        above: [{ href: '/desk', text: 'Desk' }],
        scripts: ['draft'],
        body: html`${
          made !== null &&
          registered(
            made,
            resembles.filter((source) => source !== null),
            query.get('draft') ?? '',
          )
        }
<p class="ds-paragraph">Everything on record is a claim: somebody said it, and a source has their words. So a contribution begins with a source, and quotes it.</p>
<p class="ds-paragraph actions"><a class="ds-button" href="/desk/contribute/source">Paste or upload a source</a><a class="ds-button" data-variant="secondary" href="/desk/contribute/incident">Change an incident</a></p>
${
  asks.length > 0 &&
  html`<section><h2 class="ds-heading" data-size="sm">Changes were asked for</h2><ul class="ds-list">${asks.map(
    ({ of, edit, title }) =>
      html`<li>${link(`/desk/contribute/edits/${of.id}/${edit}`, html`Revise edit ${edit}: ${safeText(title ?? of.id)}`)}</li>`,
  )}</ul></section>`
}
${mine.length > 0 && html`<section><h2 class="ds-heading" data-size="sm">My sources</h2>${sourceTable('Sources that my edits quote', mine)}</section>`}
<section><h2 class="ds-heading" data-size="sm">All sources</h2>
<form method="get" action="/desk/contribute" role="search" aria-label="Sources" class="actions">${textField({ name: 'q', label: 'Search sources', value: q, type: 'search' })}${submit('Search sources', { variant: 'secondary' })}</form>
${sources.items.length === 0 ? html`<p class="ds-paragraph">There is no such source.</p>` : sourceTable(q === '' ? 'Sources, the newest first' : `Sources with “${q}”`, sources.items)}
${nextPage(here, sources.next)}</section>`,
      };
    },
  }),
  page({
    path: '/desk/contribute/incident',
    signedIn: true,
    handle: async ({ api, query, here }) => {
      const source = query.get('source') ?? '';
      const { items, next } = await answerOf(
        api.GET('/v1/incidents', { params: { query: { limit: 20, ...given(query, ['q', 'cursor']) } } }),
      );
      const from = source === '' ? '' : `&source=${encodeURIComponent(source)}`;
      return {
        title: 'Which incident?',
        above: [{ href: '/desk/contribute', text: 'Contribute' }],
        body: html`<form method="get" action="/desk/contribute/incident" role="search" aria-label="Incidents to change" class="actions"><input type="hidden" name="source" value="${source}">${textField({ name: 'q', label: 'Search incidents to change', value: query.get('q') ?? '', type: 'search' })}${submit('Search', { variant: 'secondary' })}</form>
${
  items.length === 0
    ? html`<p class="ds-paragraph">There is no such incident. ${link(`/desk/contribute/claims?incident=new${from}`, 'Propose a new one')}.</p>`
    : table(
        'Incidents',
        ['Incident', 'When', 'What to do'],
        items.map(({ id, title, occurred }) => [
          link(`/incidents/${id}`, safeText(title ?? id)),
          occurred?.date ? day(occurred.date) : (occurred?.dateText ?? 'not known'),
          html`${link(`/desk/contribute/claims?incident=${id}${from}`, 'Add claims to it')}<br>${link(`/desk/contribute/change?incident=${id}${from}`, 'Dispute, correct or retract')}`,
        ]),
      )
}
${nextPage(here, next)}`,
      };
    },
  }),
];
