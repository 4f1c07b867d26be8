import type { Schemas } from '@averment/client';
import { answerOf, answerOrNull } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { once, orAgain } from '../../parts/acting.ts';
import { instant, number } from '../../parts/dates.ts';
import { choiceField, errorSummary, nothingWrong, selectField, submit, textArea, type Wrong } from '../../parts/form.ts';
import { asked as askedOf, facts, link, nextPage, notice, table, tag } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { grounds } from '../public/takedowns.ts';

type Erasure = Schemas['Erasure'];
type Sent = Schemas['SentErasure'];
const here = '/desk/erasures';
const above = [{ href: here, text: 'Erasures' }];
const states = ['looking', 'open', 'approved', 'refused', 'done'] as const;
const kinds: readonly { value: NonNullable<Sent['kind']>; text: string; help: string }[] = [
  { value: 'erase', text: 'Erase', help: 'The texts are removed for ever, from backups too.' },
  { value: 'restrict', text: 'Keep from sight', help: 'Reviewers and auditors alone go on reading them.' },
  { value: 'lift', text: 'Show again', help: 'Lifts an earlier decision to keep them from sight.' },
];
const wordOf = (kind: string): string => kinds.find(({ value }) => value === kind)?.text ?? kind;

const folders: Readonly<Record<string, string>> = { incident: 'incidents', source: 'sources', party: 'parties' };
const thing = (id: string): Html => {
  const folder = folders[id.split('_')[0] ?? ''];
  return folder === undefined ? html`<code>${id}</code>` : link(`/${folder}/${id}`, id);
};

/** A target in words; what words were looked for, only those who may read them are told. */
const targetShown = (target: Record<string, unknown>): Html => {
  const { value, revision, pointers } = target;
  if (typeof value === 'string') return html`wherever “${safeText(value)}” stands`;
  const id = [target.incident, target.source, target.party].find((one) => typeof one === 'string');
  const places = Array.isArray(pointers) && pointers.length > 0 ? ` ${pointers.join(', ')}` : ' all its texts';
  return html`${thing(String(id ?? ''))}${typeof revision === 'number' && `, event ${revision}`},<code>${places}</code>`;
};

const targetsHelp = html`One on each line: an id, with the number of one of its events and places in it if only some texts are meant (<code>incident_… 3 /title</code>, <code>party_… /name</code>), or words that are looked for everywhere, in quotation marks.`;

/** Targets as they are written: one a line. */
export const targetsIn = (text: string): Sent['targets'] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, quoted] = /^["“](.+)["”]$/.exec(line) ?? [];
      if (quoted !== undefined) return { value: quoted };
      const [id = '', ...rest] = line.split(/\s+/);
      const pointers = rest.filter((one) => one.startsWith('/'));
      const event = rest.find((one) => /^\d{1,9}$/.test(one));
      const revision = event === undefined ? null : Number(event);
      const named = pointers.length === 0 ? {} : { pointers };
      if (id.startsWith('party_')) return { party: id, ...named };
      if (id.startsWith('source_')) return { source: id, revision, ...named };
      if (id.startsWith('incident_')) return { incident: id, revision, ...named };
      return { value: line };
    });

const form = ({ sends, newKey, form: said, query }: Asked, wrong: Wrong): Html =>
  sends(
    here,
    html`${hidden('idempotencyKey', newKey())}
${choiceField({ name: 'kind', label: 'What is to be done', values: [said.text('kind') || 'erase'], choices: kinds, required: true, wrong })}
${textArea({ name: 'targets', label: 'Which texts', help: targetsHelp, value: said.all('targets')[0] ?? query.get('of') ?? '', rows: 4, required: true, wrong })}
${selectField({ name: 'ground', label: 'On what ground', value: said.text('ground'), choices: Object.entries(grounds).map(([value, text]) => ({ value, text })), required: true, wrong })}
${textArea({ name: 'request', label: 'Who asked for it, and how (if anybody did)', value: said.text('request'), rows: 2, wrong })}
${textArea({ name: 'reason', label: 'Why', value: said.text('reason'), rows: 3, required: true, wrong })}
<div class="actions">${submit('Ask for it')}</div>`,
  );

const list = async (asked: Asked, wrong: Wrong = nothingWrong): Promise<Page> => {
  const { api, query, me, here: address } = asked;
  const state = states.find((one) => one === query.get('state'));
  const sent = { limit: 50, ...(state && { state }), ...askedOf(query, ['cursor']) };
  const { items, next } = await answerOf(api.GET('/v1/erasures', { params: { query: sent } }));
  return {
    title: 'Erasures',
    body: html`${errorSummary(wrong)}<p class="ds-paragraph">Requests to erase texts or keep them from sight. Each is decided by a reviewer and an admin who did not ask for it. ${link('/takedowns', 'What the public is told')}.</p>
<form method="get" action="${here}" role="search" aria-label="Requests">${selectField({ name: 'state', label: 'State', value: state ?? '', choices: states.map((one) => ({ value: one, text: one })), none: 'any' })}<div class="actions">${submit('Show', { variant: 'secondary' })}</div></form>
${
  items.length === 0
    ? html`<p class="ds-paragraph">None.</p>`
    : table(
        'Requests, the newest first',
        ['Request', 'State', 'Ground', 'Texts', 'Asked by', 'When'],
        items.map(({ id, kind, state: stands, ground, places, author, requestedAt }) => [
          link(`${here}/${id}`, wordOf(kind)),
          tag(stands),
          grounds[ground] ?? ground,
          number(places),
          author,
          instant(requestedAt),
        ]),
      )
}${nextPage(address, next)}
${me?.role !== 'auditor' && html`<section><h2 class="ds-heading" data-size="md">Ask for one</h2>${form(asked, wrong)}</section>`}`,
  };
};

const decide = ({ sends, newKey, me, form: said }: Asked, { id, state, author }: Erasure, wrong: Wrong): Html | null => {
  if (state !== 'open' || !['reviewer', 'admin'].includes(me?.role ?? '') || me?.subject === author) return null;
  return html`<section><h2 class="ds-heading" data-size="md">Your decision</h2>${sends(
    `${here}/${id}/decision`,
    html`${hidden('idempotencyKey', newKey())}${textArea({ name: 'reason', label: 'Why', value: said.text('reason'), rows: 3, wrong })}<div class="actions">${submit('Approve', { name: 'decision', value: 'approve' })}${submit('Reject', { name: 'decision', value: 'reject', variant: 'secondary', color: 'danger' })}</div>`,
  )}</section>`;
};

const placesShown = ({ items, next }: Schemas['ErasurePlaces']): Html =>
  html`<section><h2 class="ds-heading" data-size="md">Where the texts stand</h2>${table(
    'Texts that would go',
    ['Of', 'Event', 'Place', 'Text'],
    items.map(({ of, revision, pointer, text }) => [
      thing(of.id),
      String(revision),
      html`<code>${pointer}</code>`,
      text === null || text === undefined ? 'not shown' : safeText(typeof text === 'string' ? text.slice(0, 2000) : JSON.stringify(text)),
    ]),
  )}${next !== null && html`<p>There are more than these ${items.length}.</p>`}</section>`;

const one = async (asked: Asked, wrong: Wrong = nothingWrong): Promise<Page> => {
  const { api, path, query } = asked;
  const params = { path: { id: path.id ?? '' } };
  const [erasure, places] = await Promise.all([
    answerOf(api.GET('/v1/erasures/{id}', { params })),
    answerOrNull(api.GET('/v1/erasures/{id}/places', { params: { ...params, query: { limit: 200 } } })),
  ]);
  const { kind, state, ground, targets, request, reason, author, requestedAt, decidedAt, doneAt, votes, fields } = erasure;
  return {
    title: `${wordOf(kind)}: a request`,
    above,
    body: html`${errorSummary(wrong)}${query.has('did') && notice(html`<p>It is noted.</p>`, 'success')}
${facts([
  ['State', tag(state)],
  [
    'Which texts',
    targets.length === 0
      ? 'erased with the rest'
      : html`<ul class="ds-list">${targets.map((target) => html`<li>${targetShown(target)}</li>`)}</ul>`,
  ],
  ['Ground', grounds[ground] ?? ground],
  ['Who asked the record', request === null ? null : safeText(request)],
  ['Why', reason === null ? 'erased' : safeText(reason)],
  ['Asked by', html`${author}, ${instant(requestedAt)}`],
  ['Decided', decidedAt === null ? null : instant(decidedAt)],
  ['Carried out', doneAt === null ? null : html`${instant(doneAt)}: ${number(fields ?? 0)} texts`],
])}
${
  votes.length > 0 &&
  table(
    'Votes',
    ['By', 'Role', 'Decision', 'Why', 'When'],
    votes.map(({ by, role, decision, reason: why, at }) => [by, role, decision, why === null ? '' : safeText(why), instant(at)]),
  )
}${decide(asked, erasure, wrong)}${places !== null && placesShown(places)}`,
  };
};

const ask = async ({ api, form: said }: Asked) => {
  const body = {
    kind: said.text('kind') as NonNullable<Sent['kind']>,
    targets: targetsIn(said.all('targets')[0] ?? ''),
    ground: said.text('ground') as Sent['ground'],
    request: said.text('request') || null,
    reason: said.text('reason'),
  };
  const { id } = await answerOf(api.POST('/v1/erasures', { params: { header: once(said) }, body }));
  return { onward: `${here}/${id}?did=asked` };
};

const vote = async ({ api, path, form: said }: Asked) => {
  const id = path.id ?? '';
  const decision = said.text('decision') as Schemas['SentErasureDecision']['decision'];
  const body = { decision, reason: said.text('reason') || null };
  await answerOf(api.POST('/v1/erasures/{id}/decision', { params: { path: { id }, header: once(said) }, body }));
  return { onward: `${here}/${id}?did=${decision}` };
};

/** For all who may ask for erasures or decide them: what each may see and do, the API says. */
export const erasurePages: readonly PageSpec[] = [
  page({ path: here, signedIn: true, handle: (asked) => list(asked) }),
  page({
    method: 'POST',
    path: here,
    signedIn: true,
    handle: (asked) =>
      orAgain(
        () => ask(asked),
        (wrong) => list(asked, wrong),
      ),
  }),
  page({ path: `${here}/:id`, signedIn: true, handle: (asked) => one(asked) }),
  page({
    method: 'POST',
    path: `${here}/:id/decision`,
    signedIn: true,
    handle: (asked) =>
      orAgain(
        () => vote(asked),
        (wrong) => one(asked, wrong),
      ),
  }),
];
