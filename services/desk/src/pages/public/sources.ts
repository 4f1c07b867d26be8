import type { Schemas } from '@averment/client';
import { answerOf, answerOrNull } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { answerOrWrong } from '../../parts/asking.ts';
import { claimRows } from '../../parts/claims.ts';
import { day, instant, number } from '../../parts/dates.ts';
import { eventTable } from '../../parts/events.ts';
import { errorSummary, nothingWrong, submit, textField } from '../../parts/form.ts';
import { goneOf } from '../../parts/gone.ts';
import { incidentRows } from '../../parts/incidents.ts';
import { asked as askedOf, facts, link, nextPage, notice } from '../../parts/list.ts';
import { externalName, languageName, outward } from '../../parts/names.ts';
import { isInsider, restrictedNotice } from '../../parts/restricted.ts';
import { inContext, plainText, safeText, shown } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';

type Source = Schemas['Source'];

/** What a source is called: its title, else where it stands. */
const titleOf = ({ title, url, kind }: Source): string => title ?? url ?? `${inWords(kind)} without a title`;

const row = (source: Source): Html =>
  html`<li><h2 class="ds-heading" data-size="2xs">${link(`/sources/${source.id}`, html`<span lang="${source.language}">${safeText(titleOf(source))}</span>`)}</h2>
<p class="aside">${inWords(source.kind)}${source.publisher !== null && html` · ${safeText(source.publisher)}`}${source.publishedAt !== null && html` · ${day(source.publishedAt)}`}${source.language !== 'en' && ` · ${languageName(source.language)}`}${source.withdrawn && ' · withdrawn'}</p></li>`;

const listed = async ({ api, query, here }: Asked): Promise<Page> => {
  const sent = askedOf(query, ['q', 'url', 'externalId', 'cursor']);
  const asking = await answerOrWrong(answerOf(api.GET('/v1/sources', { params: { query: { ...sent, limit: 50 } } })));
  const wrong = 'wrong' in asking ? asking.wrong : nothingWrong;
  const { items, next } = 'answer' in asking ? asking.answer : { items: [], next: null };
  return {
    title: 'Sources',
    description: 'The articles, statements, filings, videos and posts that the record quotes.',
    ...(wrong.size > 0 && { status: 400 }),
    body: html`<p class="ds-paragraph">Articles, statements, court filings, transcripts, videos and posts that the record quotes, the newest first.</p>
<form method="get" action="/sources" role="search" aria-label="Sources">${errorSummary(wrong)}<div class="filters">${textField({ name: 'q', label: 'Title, publisher or author', type: 'search', value: sent.q ?? '', wrong })}${textField({ name: 'url', label: 'Where it stands', value: sent.url ?? '', help: 'The whole address, letter by letter', wrong })}</div>${submit('Search')}</form>
${items.length === 0 ? html`<p class="ds-paragraph">No source fits that.</p>` : html`<ol class="rows">${items.map(row)}</ol>`}${nextPage(here, next)}`,
  };
};

const translationWords = ({ translation, translatedFrom }: Source): string | null =>
  translation === null
    ? null
    : `by ${translation === 'machine' ? 'a machine' : 'a person'}${translatedFrom === null ? '' : ` from ${languageName(translatedFrom)}`}`;

const about = (source: Source): Html =>
  facts([
    ['What it is', inWords(source.kind)],
    ['Publisher', source.publisher === null ? null : safeText(source.publisher)],
    ['Authors', source.authors?.length ? safeText(source.authors.join(', ')) : null],
    ['Published', source.publishedAt === null ? null : day(source.publishedAt)],
    ['Where it stands', source.url === null ? null : outward(source.url)],
    ['Archived at', source.archiveUrl === null ? null : outward(source.archiveUrl)],
    ['Read on', source.accessedAt === null ? null : day(source.accessedAt)],
    ['Language', languageName(source.language)],
    ['Translated', translationWords(source)],
    ['The original stands at', source.originalUrl === null ? null : outward(source.originalUrl)],
    ['Translation of', source.translationOf === null ? null : link(`/sources/${source.translationOf}`, 'another source')],
    ['In other lists', externalName(source.externalId)],
    [
      'Text made from',
      source.extraction === null
        ? null
        : `${source.extraction.original.mediaType}, ${number(source.extraction.original.size)} bytes, by ${source.extraction.extractor.name} ${source.extraction.extractor.version}`,
    ],
    ['SHA-256 of its text', source.textSha256 === null ? null : html`<code>${source.textSha256}</code>`],
    ['Revision of its text', source.revision === 0 ? 'it has no text' : number(source.revision)],
    ['Last changed', instant(source.recordedAt)],
    ['Permanent link', html`<code>/sources/${source.id}?version=${source.version}</code>`],
  ]);

/** Each version that edits made of it, as a link. */
const versions = (id: string, newest: number, seen: number): Html =>
  html`<ol class="ds-list">${Array.from({ length: newest }, (_, index) => index + 1).map((version) => html`<li>${version === seen ? html`<strong>Version ${version}</strong>, shown here` : link(`/sources/${id}?version=${version}`, `Version ${version}`)}</li>`)}</ol>`;

const one = async ({ api, path, query, me }: Asked): Promise<Page> => {
  const id = path.id ?? '';
  const version = Number(query.get('version') ?? 0);
  const params = { path: { id } };
  const isWhole = Number.isSafeInteger(version) && version > 0;
  const newest = await answerOf(api.GET('/v1/sources/{id}', { params }));
  const source = isWhole ? await answerOf(api.GET('/v1/sources/{id}', { params: { ...params, query: { asOfVersion: version } } })) : newest;
  const [incidents, claims, events] = await Promise.all([
    answerOf(api.GET('/v1/incidents', { params: { query: { source: id, limit: 25 } } })),
    answerOf(api.GET('/v1/claims', { params: { query: { source: id, limit: 50 } } })),
    isInsider(me?.role) ? answerOrNull(api.GET('/v1/sources/{id}/events', { params })) : null,
  ]);
  const title = titleOf(source);
  return {
    title: plainText(title),
    heading: html`<h1 class="ds-heading" data-size="lg" lang="${source.language}">${safeText(title)}</h1>`,
    above: [{ href: '/sources', text: 'Sources' }],
    description: `A source of the record: ${inWords(source.kind)}${source.publisher === null ? '' : ` of ${plainText(source.publisher)}`}.`,
    body: html`${source.withdrawn && notice(html`<p>It was withdrawn as a source. What rests on it says so.</p>`, 'warning')}${source.restricted && restrictedNotice(source.restricted)}
${version !== 0 && notice(html`<p>This is version ${source.version} of ${newest.version}, under the protection of today. ${link(`/sources/${id}`, 'The newest')}</p>`)}
${about(source)}
<p>${isInsider(me?.role) && source.revision > 0 && html`${link(`/sources/${id}/text`, 'Its text')} · `}${link(`/tips/new?source=${id}`, 'Something is wrong here')}${['contributor', 'reviewer'].includes(me?.role ?? '') && html` · ${link(`/desk/contribute/change?of=${id}`, 'Propose a change')}`}</p>
${newest.version > 1 && html`<section><h2 class="ds-heading" data-size="md">Versions</h2>${versions(id, newest.version, source.version)}</section>`}
${events !== null && html`<section><h2 class="ds-heading" data-size="md">How it came to be</h2>${eventTable('Its events', events.items)}</section>`}
<section><h2 class="ds-heading" data-size="md">Incidents that rest on it</h2>${incidents.items.length === 0 ? html`<p class="ds-paragraph">None that is published.</p>` : html`${incidentRows(incidents.items, { level: 3 })}${incidents.next !== null && link(`/incidents?source=${id}`, 'All of them')}`}</section>
${claims.items.length > 0 && html`<section><h2 class="ds-heading" data-size="md">What it is quoted for</h2>${claimRows(claims.items, source.language)}${claims.next !== null && html`<p class="aside">There are more: each incident shows its own.</p>`}</section>`}`,
  };
};

/** A whole text, with the passage that the address names marked. */
const passage = (text: string, query: URLSearchParams, lang: string): Html => {
  const [from, to] = [Number(query.get('from') ?? Number.NaN), Number(query.get('to') ?? Number.NaN)];
  const isPassage = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && to > from && to <= text.length;
  return isPassage
    ? html`<div id="passage">${inContext(text, from, to, { around: text.length, lang })}</div>`
    : html`<div class="as-written" dir="auto" lang="${lang}">${shown(text)}</div>`;
};

const textOf = async ({ api, path, query }: Asked): Promise<Page> => {
  const id = path.id ?? '';
  const revision = Number(query.get('revision') ?? 0);
  const [source, { text, revision: read }] = await Promise.all([
    answerOf(api.GET('/v1/sources/{id}', { params: { path: { id } } })),
    answerOf(api.GET('/v1/sources/{id}/text', { params: { path: { id }, query: revision > 0 ? { revision } : {} } })),
  ]);
  const title = titleOf(source);
  return {
    title: `Text of ${plainText(title)}`,
    above: [
      { href: '/sources', text: 'Sources' },
      { href: `/sources/${id}`, text: plainText(title) },
    ],
    body: html`<p class="ds-paragraph">Revision ${read}. Texts of sources are for those who work on the record: they are other people's.</p>
${text === null ? html`<p class="ds-paragraph">It has no text, or the text was erased.</p>` : passage(text, query, source.language)}`,
  };
};

export const sourcePages: readonly PageSpec[] = [
  page({ path: '/sources', handle: listed }),
  page({ path: '/sources/:id', handle: goneOf('source', one) }),
  page({ path: '/sources/:id/text', signedIn: true, handle: goneOf('source', textOf) }),
];
