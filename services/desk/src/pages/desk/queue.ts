import type { Paths, Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type PageSpec, page } from '../../page.ts';
import { ago, duration } from '../../parts/dates.ts';
import { editHref } from '../../parts/events.ts';
import { selectField, submit, textField } from '../../parts/form.ts';
import { asked as askedFor, link, nextPage, notice, table, tag } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';
import { keysDialog } from './keys.ts';
import { nextForm } from './next.ts';
import { type Filters, savedViews, viewForms } from './views.ts';

type Item = Schemas['QueueItem'];
type Query = NonNullable<Paths['/v1/reviews']['get']['parameters']['query']>;

const filterNames = [
  'q',
  'state',
  'kind',
  'priority',
  'waitingFor',
  'decidable',
  'outdated',
  'holder',
  'author',
  'region',
  'incident',
] as const;
const otherNames = ['view', 'sort', 'cursor'] as const;

const choices = (values: readonly string[]) => values.map((value) => ({ value, text: inWords(value) }));
const states = [
  { value: 'in_review', text: 'held by somebody now' },
  ...choices(['submitted', 'changes_requested', 'applied', 'rejected', 'withdrawn', 'all']),
];
/** Kinds of change that the queue can be filtered by. */
export const kinds = choices(
  'report_incident add_claim add_citation dispute_claim withdraw_dispute open_proceeding update_proceeding retract_update record_ruling correct_incident correct_claim correct_entry correct_change rank_claim retract_claim reinstate_claim move_claim retract_entry reinstate_entry merge_incident unmerge_incident distinguish_incident undistinguish_incident retract_incident reinstate_incident'.split(
    ' ',
  ),
);
const sorts = [
  { value: 'priority', text: 'by priority' },
  { value: '-submittedAt', text: 'newest first' },
  { value: 'dueAt', text: 'due first' },
  { value: '-dueAt', text: 'due last' },
];
const truth = [
  { value: 'true', text: 'yes' },
  { value: 'false', text: 'no' },
];

const filterForm = (filters: Filters, sort: string): Html => {
  const of = (name: (typeof filterNames)[number]) => ({ name, value: filters[name] ?? '' });
  return html`<form method="get" action="/desk/queue" class="filters">
${textField({ ...of('q'), label: 'Words in it', type: 'search' })}
${selectField({ ...of('state'), label: 'State', choices: states, none: 'open' })}
${selectField({ ...of('kind'), label: 'Kind of change', choices: kinds, none: 'any' })}
${selectField({ ...of('priority'), label: 'Priority', choices: choices(['high', 'normal']), none: 'any' })}
${selectField({ ...of('waitingFor'), label: 'Waits for', choices: choices(['reviewer', 'author']), none: 'anybody' })}
${selectField({ ...of('decidable'), label: 'I may decide it', choices: truth, none: 'any' })}
${selectField({ ...of('outdated'), label: 'Cannot be approved as it is', choices: truth, none: 'any' })}
${textField({ ...of('holder'), label: 'Held by', help: 'A name, me or none' })}
${textField({ ...of('author'), label: 'Author', help: 'A name or me' })}
${textField({ ...of('region'), label: 'Region', help: 'As US-MN' })}
${textField({ ...of('incident'), label: 'Incident', help: 'Its id' })}
${selectField({ name: 'sort', value: sort, label: 'Order', choices: sorts, none: 'waiting longest first' })}
<div class="actions">${submit('Show')}${link('/desk/queue', 'Without filters')}</div></form>`;
};

const marks = ({ outdated, conflicts, overdue, comments, quotesBeyondLimit, makesPublic }: Item): Html => {
  const all = [
    overdue && tag('overdue', 'danger'),
    outdated !== null && tag('outdated', 'warning'),
    outdated === null && conflicts.length > 0 && tag('record changed since', 'warning'),
    comments.open > 0 && tag(`${comments.open} open ${comments.open === 1 ? 'comment' : 'comments'}`, 'info'),
    quotesBeyondLimit.length > 0 && tag('quotes beyond the limit', 'warning'),
    makesPublic.parties.length > 0 && tag('makes names public', 'info'),
  ];
  return html`${all}${outdated !== null && html`<p class="aside">${outdated.detail}</p>`}`;
};

const row = (item: Item, now: Date, beneath: readonly Html[]): Html[] => {
  const {
    of,
    edit,
    title,
    kinds: held,
    author,
    waitingSeconds,
    dueAt,
    priority,
    priorityReasons,
    lease,
    approvals,
    nextActor,
    state,
  } = item;
  return [
    html`<a class="ds-link" data-row href="${editHref(of.id, edit)}">${title === null ? of.id : safeText(title)}, edit ${edit}</a><p class="aside">${held.map(inWords).join(', ')}</p>`,
    html`${priority}<p class="aside">${priorityReasons.map(({ text }) => text).join(' ')}</p>`,
    html`${approvals.given} of ${approvals.needed}`,
    html`${nextActor === null ? inWords(state) : `waits for ${inWords(nextActor)}`}${nextActor !== null && html`<p class="aside">for ${duration(waitingSeconds)}; due ${ago(dueAt, now)}</p>`}`,
    lease === null ? html`nobody` : html`${safeText(lease.holder)}<p class="aside">until ${ago(lease.until, now)}</p>`,
    safeText(author),
    html`${marks(item)}${beneath}`,
  ];
};

/** Edits as the queue tells them. `beneath` is what else is to be known of one. */
export const queueTable = <I extends Item>(caption: string, items: readonly I[], beneath: (item: I) => Html[] = () => []): Html => {
  const now = new Date();
  return table(
    caption,
    ['Edit', 'Priority', 'Approvals', 'State', 'Held by', 'Author', 'To know'],
    items.map((item) => row(item, now, beneath(item))),
  );
};

const keys = [
  { key: 'j', does: 'next', what: 'Next edit' },
  { key: 'k', does: 'previous', what: 'Edit before' },
  { key: 'Enter', does: 'open', what: 'Opens the edit' },
  { key: 'o', does: 'open', what: 'Opens the edit' },
  { key: 'n', does: 'press', what: 'Takes the next edit for me', at: '#next' },
] as const;

/** The query of the API that an address asks for. What is no value of a filter the API refuses. */
const queryOf = (query: URLSearchParams): Query => {
  const { decidable, outdated, ...words } = askedFor(query, [...filterNames, ...otherNames]);
  return {
    ...(words as Omit<Query, 'decidable' | 'outdated'>),
    ...(decidable !== undefined && { decidable: decidable === 'true' }),
    ...(outdated !== undefined && { outdated: outdated === 'true' }),
    limit: 50,
  };
};

const queue = async (asked: Asked) => {
  const { api, query, here } = asked;
  const hasViews = asked.me?.role !== 'auditor';
  const [{ items, next }, views] = await Promise.all([
    answerOf(api.GET('/v1/reviews', { params: { query: queryOf(query) } })),
    hasViews ? savedViews(api) : [],
  ]);
  const sent: Filters = askedFor(query, filterNames);
  const view = views.find(({ name }) => name === query.get('view'));
  const filters: Filters = { ...view?.filters, ...sent };
  const isFiltered = Object.keys(filters).length > 0;
  return {
    title: view === undefined ? 'Queue' : `Queue: ${view.name}`,
    above: [{ href: '/desk', text: 'Desk' }],
    scripts: ['keys', 'queue'],
    body: html`${query.has('nothing') && notice(html`<p>Nothing waits that you may decide and nobody holds.</p>`)}
<div class="actions bar">${asked.me?.role === 'reviewer' && nextForm(asked, view?.name)}${link(here, 'Refresh')}${keysDialog(keys)}</div>
${hasViews && viewForms(asked, views, filters)}
<details class="ds-details"${isFiltered && html` open`}><summary>Filters</summary><div>${filterForm(filters, query.get('sort') ?? '')}</div></details>
<p id="queue-news" role="status"></p>
<div id="queue">${items.length === 0 ? html`<p class="ds-paragraph">No edit is like this.</p>` : queueTable(`${items.length}${next === null ? '' : ' or more'} ${items.length === 1 ? 'edit' : 'edits'}`, items)}${nextPage(here, next)}</div>`,
  };
};

export const queuePages: readonly PageSpec[] = [page({ path: '/desk/queue', signedIn: true, handle: queue })];
