import type { Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { once, orAgain } from '../../parts/acting.ts';
import { instant } from '../../parts/dates.ts';
import { choiceField, errorSummary, nothingWrong, selectField, submit, textField, type Wrong } from '../../parts/form.ts';
import { asked as askedOf, link, nextPage, notice, table, tag } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';
import { admin } from './start.ts';

type Key = Schemas['Key'];
type Sent = Schemas['SentKey'];
const roles: readonly Sent['role'][] = ['contributor', 'reviewer', 'auditor', 'app', 'admin'];
const above = [admin, { href: '/desk/admin/keys', text: 'Keys' }];

const act = ({ sends, newKey }: Asked, id: string, what: string, label: string, color?: 'danger'): Html =>
  sends(
    `/desk/admin/keys/${id}/${what}`,
    html`${hidden('idempotencyKey', newKey())}${submit(label, { variant: 'secondary', ...(color && { color }) })}`,
  );

const actions = (asked: Asked, { id, state }: Key): Html =>
  state === 'revoked'
    ? html`none`
    : html`<div class="actions">${state === 'waiting' && act(asked, id, 'confirm', 'Confirm')}${act(asked, id, 'rotate', 'Rotate')}${act(asked, id, 'revoke', 'Revoke', 'danger')}</div>`;

const when = (at: string | null): Html | string => (at === null ? 'never' : instant(at));

const didWords: Readonly<Record<string, string>> = {
  active: 'The key works from now on.',
  revoked: 'The key is revoked: no request is taken with it any more.',
  waiting: 'The key waits for another admin.',
};

const form = ({ sends, newKey, form: sent }: Asked, wrong: Wrong): Html =>
  sends(
    '/desk/admin/keys',
    html`${hidden('idempotencyKey', newKey())}
${textField({ name: 'subject', label: 'For whom it speaks', help: 'A short name, as other people read it in the review', value: sent.text('subject'), required: true, wrong })}
${selectField({ name: 'role', label: 'Role', value: sent.text('role'), required: true, choices: roles.map((role) => ({ value: role, text: role })), wrong })}
${choiceField({
  name: 'kind',
  label: 'In whose hands it is',
  values: [sent.text('kind') || 'person'],
  choices: [
    { value: 'person', text: 'a person’s' },
    { value: 'machine', text: 'a program’s' },
  ],
  wrong,
})}
${textField({ name: 'name', label: 'What the key is called (if you like)', value: sent.text('name'), wrong })}
${textField({ name: 'expiresOn', label: 'The last day on which it works (if any)', type: 'date', value: sent.text('expiresOn'), wrong })}
<div class="actions">${submit('Make the key')}</div>`,
  );

const show = async (asked: Asked, wrong: Wrong = nothingWrong): Promise<Page> => {
  const { api, query, here } = asked;
  const { items, next } = await answerOf(api.GET('/v1/keys', { params: { query: { limit: 100, ...askedOf(query, ['cursor']) } } }));
  const did = query.get('did');
  return {
    title: 'Keys',
    above: [admin],
    body: html`${errorSummary(wrong)}${did && notice(html`<p>${didWords[did] ?? inWords(did)}</p>`, 'success')}
${table(
  'Keys',
  ['Speaks for', 'Role', 'State', 'Called', 'Made', 'Last used', 'Expires', 'What to do'],
  items.map((key) => [
    key.subject,
    `${key.role}${key.kind === 'machine' ? ', a program' : ''}`,
    tag(key.state, key.state === 'active' ? 'success' : key.state === 'waiting' ? 'warning' : 'neutral'),
    key.name === null ? '' : safeText(key.name),
    html`${instant(key.createdAt)}${key.createdBy !== null && ` by ${key.createdBy}`}`,
    when(key.lastUsedAt),
    when(key.expiresAt),
    actions(asked, key),
  ]),
)}${nextPage(here, next)}
<section><h2 class="ds-heading" data-size="md">A new key</h2>${form(asked, wrong)}</section>`,
  };
};

/** A key is told once: no later page has it. */
const told = ({ key, id, state }: Schemas['KeyMade']): Page => ({
  title: 'A key was made',
  above,
  body: html`${
    key === null
      ? notice(html`<p>It was told when the form was sent the first time, and is not told again.</p>`, 'warning')
      : notice(html`<p>Give it to whom it is for, now: it is shown only this once.</p><p><code id="key">${key}</code></p>`, 'success')
  }${state === 'waiting' && html`<p class="ds-paragraph">It works once another admin has confirmed it.</p>`}
<p>${link('/desk/admin/keys', 'All keys')}</p><p class="aside"><code>${id}</code></p>`,
});

const make = async ({ api, form: sent }: Asked): Promise<Page> => {
  const day = sent.text('expiresOn');
  const body = {
    subject: sent.text('subject'),
    role: sent.text('role') as Sent['role'],
    kind: (sent.text('kind') || 'person') as NonNullable<Sent['kind']>,
    name: sent.text('name') || null,
    expiresAt: day === '' ? null : `${day}T23:59:59Z`,
  };
  return told(await answerOf(api.POST('/v1/keys', { params: { header: once(sent) }, body })));
};

const idOf = ({ path, form: sent }: Asked) => ({ path: { id: path.id ?? '' }, header: once(sent) });

export const keyPages: readonly PageSpec[] = [
  page({ path: '/desk/admin/keys', signedIn: true, handle: (asked) => show(asked) }),
  page({
    method: 'POST',
    path: '/desk/admin/keys',
    signedIn: true,
    handle: (asked) =>
      orAgain(
        () => make(asked),
        (wrong) => show(asked, wrong),
        { expiresAt: 'expiresOn' },
      ),
  }),
  page({
    method: 'POST',
    path: '/desk/admin/keys/:id/rotate',
    signedIn: true,
    handle: (asked) =>
      orAgain(
        async () => told(await answerOf(asked.api.POST('/v1/keys/{id}/rotate', { params: idOf(asked) }))),
        (wrong) => show(asked, wrong),
      ),
  }),
  page({
    method: 'POST',
    path: '/desk/admin/keys/:id/confirm',
    signedIn: true,
    handle: (asked) =>
      orAgain(
        async () => ({
          onward: `/desk/admin/keys?did=${(await answerOf(asked.api.POST('/v1/keys/{id}/confirm', { params: idOf(asked) }))).state}`,
        }),
        (wrong) => show(asked, wrong),
      ),
  }),
  page({
    method: 'POST',
    path: '/desk/admin/keys/:id/revoke',
    signedIn: true,
    handle: (asked) =>
      orAgain(
        async () => ({
          onward: `/desk/admin/keys?did=${(await answerOf(asked.api.DELETE('/v1/keys/{id}', { params: idOf(asked) }))).state}`,
        }),
        (wrong) => show(asked, wrong),
      ),
  }),
];
