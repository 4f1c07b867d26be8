import type { Api, Paths, Schemas } from '@averment/client';
import { answerOf, answerOrNull } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { answerOrWrong } from '../../parts/asking.ts';
import { claimRows } from '../../parts/claims.ts';
import { day, instant, list, number } from '../../parts/dates.ts';
import { eventTable } from '../../parts/events.ts';
import { errorSummary, nothingWrong, selectField, submit, textField } from '../../parts/form.ts';
import { goneOf } from '../../parts/gone.ts';
import { incidentRows } from '../../parts/incidents.ts';
import { asked as askedOf, facts, link, nextPage, notice, table } from '../../parts/list.ts';
import { externalName, partyName } from '../../parts/names.ts';
import { isInsider, restrictedNotice } from '../../parts/restricted.ts';
import { standingTag } from '../../parts/standing.ts';
import { plainText, safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';

type Party = Schemas['Party'];
type Query = NonNullable<Paths['/v1/parties']['get']['parameters']['query']>;
type Standing = NonNullable<NonNullable<Paths['/v1/claims']['get']['parameters']['query']>['standing']>;

const kinds: readonly NonNullable<Query['kind']>[] = ['agency', 'court', 'outlet', 'organisation', 'person', 'described_role'];

const row = (party: Party): Html =>
  html`<li>${link(`/parties/${party.id}`, partyName(party))} <span class="aside">${inWords(party.kind)}${party.mergedInto !== null && ', the same as another one'}${party.private && ', private'}</span></li>`;

const listed = async ({ api, query, here }: Asked): Promise<Page> => {
  const sent = askedOf(query, ['q', 'kind', 'externalId', 'identifier', 'cursor']);
  const asking = await answerOrWrong(answerOf(api.GET('/v1/parties', { params: { query: { ...(sent as Query), limit: 100 } } })));
  const wrong = 'wrong' in asking ? asking.wrong : nothingWrong;
  const { items, next } = 'answer' in asking ? asking.answer : { items: [], next: null };
  return {
    title: 'People and bodies',
    description: 'The agencies, courts, outlets, organisations and people that the record names.',
    ...(wrong.size > 0 && { status: 400 }),
    body: html`<p class="ds-paragraph">Agencies, courts, outlets, organisations, people and roles that the record names, in the order of their names. Private people are in no public list.</p>
<form method="get" action="/parties" role="search" aria-label="People and bodies">${errorSummary(wrong)}<div class="filters">${textField({ name: 'q', label: 'Name', type: 'search', value: sent.q ?? '', wrong })}${selectField({ name: 'kind', label: 'What it is', value: sent.kind ?? '', choices: kinds.map((kind) => ({ value: kind, text: inWords(kind) })), none: 'anything', wrong })}</div>${submit('Search')}</form>
${items.length === 0 ? html`<p class="ds-paragraph">Nobody in the record fits that.</p>` : html`<ul class="ds-list">${items.map(row)}</ul>`}${nextPage(here, next)}`,
  };
};

const named = async (api: Api, id: string): Promise<Html> => {
  const party = await answerOrNull(api.GET('/v1/parties/{id}', { params: { path: { id } } }));
  return link(`/parties/${id}`, party === null ? 'another one' : partyName(party));
};

const formerNames = ({ formerNames: former }: Party): Html | null =>
  former.length === 0
    ? null
    : list(
        former.map(
          ({ name, from, until }) =>
            html`${name === null ? 'one that is not shown' : safeText(name)}${(from !== null || until !== null) && html` (${from !== null && html`from ${day(from)}`}${from !== null && until !== null && ' '}${until !== null && html`until ${day(until)}`})`}`,
        ),
      );

const privacy = ({ private: isPrivate, privacyConfirmed, minor, publicRole }: Party): Html | string | null => {
  if (publicRole !== null) return html`public, because of the role: ${safeText(publicRole)}`;
  if (!isPrivate) return null;
  return `private${minor ? ', a minor' : ''}${privacyConfirmed ? '' : ', as long as reviewers have not said otherwise'}`;
};

const about = async (api: Api, party: Party): Promise<Html> => {
  const { id, kind, aliases, parent, mergedInto, mergedFrom, identifiers, externalId, version, recordedAt } = party;
  const [above, survivor, absorbed] = await Promise.all([
    parent === null ? null : named(api, parent),
    mergedInto === null ? null : named(api, mergedInto),
    Promise.all(mergedFrom.map((other) => named(api, other))),
  ]);
  return facts([
    ['What it is', inWords(kind)],
    ['Also called', aliases?.length ? list(aliases.map(safeText)) : null],
    ['Called before', formerNames(party)],
    ['Part of', above],
    ['The same as', survivor],
    ['Was also registered as', absorbed.length === 0 ? null : list(absorbed)],
    ['Privacy', privacy(party)],
    ['Its numbers', identifiers.length === 0 ? null : list(identifiers.map((one) => externalName(one) ?? ''))],
    ['In other lists', externalName(externalId)],
    ['Last changed', instant(recordedAt)],
    ['Permanent link', html`<code>/parties/${id}?version=${version}</code>`],
  ]);
};

/** How the claims of a speaker stand: counts without a ratio, with the words of the API on what is counted. */
const summary = ({ counted, incidents, claims, byStanding }: Schemas['PartySummary'], id: string): Html =>
  html`<p class="ds-paragraph">${counted} ${number(claims)} on ${number(incidents)} ${incidents === 1 ? 'incident' : 'incidents'}.</p>${table(
    'Claims by standing',
    ['Standing', 'Claims'],
    byStanding
      .filter((one) => one.claims > 0)
      .map((one) => [link(`/parties/${id}?standing=${one.standing}#claims`, standingTag(one.standing)), number(one.claims)]),
  )}`;

const versionOf = (query: URLSearchParams): number | null => {
  const version = Number(query.get('version') ?? 0);
  return Number.isSafeInteger(version) && version > 0 ? version : null;
};

const one = async ({ api, path, query, me }: Asked): Promise<Page> => {
  const id = path.id ?? '';
  const params = { path: { id } };
  const version = versionOf(query);
  const standing = query.get('standing') as Standing | null;
  const cursor = query.get('cursor');
  const newest = await answerOf(api.GET('/v1/parties/{id}', { params }));
  const party =
    version === null ? newest : await answerOf(api.GET('/v1/parties/{id}', { params: { ...params, query: { asOfVersion: version } } }));
  const by = { speaker: id, limit: 25, ...(standing && { standing }), ...(cursor && { cursor }) };
  const [facts, counts, spoken, told, present, events] = await Promise.all([
    about(api, party),
    answerOrNull(api.GET('/v1/parties/{id}/claims/summary', { params })),
    answerOf(api.GET('/v1/claims', { params: { query: by } })),
    answerOf(api.GET('/v1/claims', { params: { query: { about: id, limit: 25 } } })),
    answerOf(api.GET('/v1/incidents', { params: { query: { agency: id, limit: 10 } } })),
    isInsider(me?.role) ? answerOrNull(api.GET('/v1/parties/{id}/events', { params })) : null,
  ]);
  const { next } = spoken;
  const further = next !== null && new URLSearchParams({ ...(standing && { standing }), cursor: next });
  return {
    title: party.name === null ? 'A party whose name is private' : plainText(party.name),
    heading: html`<h1 class="ds-heading" data-size="lg">${partyName(party)}</h1>`,
    above: [{ href: '/parties', text: 'People and bodies' }],
    body: html`${party.restricted && restrictedNotice(party.restricted)}
${version !== null && notice(html`<p>This is version ${party.version} of ${newest.version}, under the protection of today. ${link(`/parties/${id}`, 'The newest')}</p>`)}
${facts}
<p>${link(`/tips/new?party=${id}`, 'Something is wrong here')}${['contributor', 'reviewer'].includes(me?.role ?? '') && html` · ${link(`/desk/contribute/change?of=${id}`, 'Propose a change')}`}</p>
${counts !== null && counts.claims > 0 && html`<section><h2 class="ds-heading" data-size="md">How its claims stand</h2>${summary(counts, id)}</section>`}
<section id="claims"><h2 class="ds-heading" data-size="md">What it claims${standing && `, ${inWords(standing)}`}</h2>${spoken.items.length === 0 ? html`<p class="ds-paragraph">Nothing that is published.</p>` : claimRows(spoken.items)}${further && html`<p>${link(`/parties/${id}?${further}#claims`, 'Further claims')}</p>`}${(standing || cursor) && html`<p>${link(`/parties/${id}#claims`, 'All its claims, from the first')}</p>`}</section>
<section><h2 class="ds-heading" data-size="md">What is claimed about it</h2>${told.items.length === 0 ? html`<p class="ds-paragraph">Nothing that is published.</p>` : claimRows(told.items)}${told.next !== null && html`<p>${link(`/incidents?about=${id}`, 'All incidents with claims about it')}</p>`}</section>
${present.items.length > 0 && html`<section><h2 class="ds-heading" data-size="md">Incidents in which it took part</h2>${incidentRows(present.items, { level: 3 })}${present.next !== null && html`<p>${link(`/incidents?agency=${id}`, 'All of them')}</p>`}</section>`}
${events !== null && html`<section><h2 class="ds-heading" data-size="md">How it came to be</h2>${eventTable('Its events', events.items)}</section>`}
${newest.version > 1 && html`<section><h2 class="ds-heading" data-size="md">Versions</h2><ul class="ds-list">${Array.from({ length: newest.version }, (_, index) => html`<li>${link(`/parties/${id}?version=${index + 1}`, `Version ${index + 1}`)}</li>`)}</ul></section>`}`,
  };
};

export const partyPages: readonly PageSpec[] = [
  page({ path: '/parties', handle: listed }),
  page({ path: '/parties/:id', handle: goneOf('party', one) }),
];
