import type { Paths } from '@averment/client';
import { answerOf, Refused } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { instant } from '../../parts/dates.ts';
import { selectField, submit } from '../../parts/form.ts';
import { facts, link, nextPage } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { inWords } from '../../vocabulary.ts';
import { newestNotices, noticesShown } from './notices.ts';
import { ownEdits, ownEditsShown } from './own-edits.ts';

type Query = NonNullable<Paths['/v1/me/edits']['get']['parameters']['query']>;

/** What a scope lets its holder do. */
const allows: Readonly<Record<string, string>> = {
  read: 'read what is public',
  feed: 'follow the feed of all changes',
  submit: 'submit edits',
  review: 'review edits',
  oversee: 'read the whole review, its queue and its figures',
  webhooks: 'have what is followed sent to a server',
  ask_erasure: 'ask that something is erased or withheld',
  decide_erasure: 'decide on such requests',
  operate: 'run the service: keys, policy, events that could not be taken',
};

const states = ['open', 'in_review', 'submitted', 'changes_requested', 'applied', 'rejected', 'withdrawn'].map((value) => ({
  value,
  text: value === 'in_review' ? 'held by somebody now' : inWords(value),
}));

/** Null where the reader's role takes part in no edit. */
const orNull = async <T>(asking: Promise<T>): Promise<T | null> =>
  asking.catch((error: unknown) => {
    if (error instanceof Refused && error.status === 403) return null;
    throw error;
  });

const edits = async ({ api, query, here }: Asked): Promise<Html | null> => {
  const state = query.get('state') ?? '';
  const cursor = query.get('cursor');
  // What is no state the API refuses.
  const asking = ownEdits(api, {
    limit: 30,
    ...(state !== '' && { state: state as NonNullable<Query['state']> }),
    ...(cursor !== null && { cursor }),
  });
  const own = await orNull(asking);
  if (own === null) return null;
  return html`<section aria-labelledby="edits"><h2 class="ds-heading" data-size="md" id="edits">My edits</h2>
<form method="get" action="/desk/me" class="actions">${selectField({ name: 'state', label: 'State', value: state, choices: states, none: 'all' })}${submit('Show', { variant: 'secondary' })}</form>
${ownEditsShown(own.items)}${nextPage(here, own.next)}</section>`;
};

const notices = async ({ api }: Asked): Promise<Html | null> => {
  const told = await orNull(newestNotices(api, 100));
  return told === null
    ? null
    : html`<section aria-labelledby="notices"><h2 class="ds-heading" data-size="md" id="notices">What happened to edits that I take part in</h2>${noticesShown(told)}</section>`;
};

const me = async (asked: Asked): Promise<Page> => {
  const { api, sends } = asked;
  const [{ subject, role, scopes, kind, expiresAt, key }, mine, happened] = await Promise.all([
    answerOf(api.GET('/v1/me')),
    edits(asked),
    notices(asked),
  ]);
  return {
    title: 'Who I am here',
    above: [{ href: '/desk', text: 'Desk' }],
    body: html`${facts([
      ['Name', safeText(subject)],
      ['Role', inWords(role)],
      ['May', html`<ul class="ds-list">${scopes.map((scope) => html`<li>${allows[scope] ?? inWords(scope)}</li>`)}</ul>`],
      ['In whose hands', inWords(kind)],
      ['Signed in with', key === null ? 'a token' : html`the key ${key.name === null ? html`<code>${key.id}</code>` : safeText(key.name)}`],
      ['Until', expiresAt && instant(expiresAt)],
    ])}
<div class="actions bar">${sends('/sign-out', submit('Sign out', { variant: 'secondary' }))}${scopes.includes('submit') && link('/desk/tips', 'Tips of outsiders')}</div>
${mine}${happened}`,
  };
};

/** Who has signed in, what they may do, and what they did. */
export const mePages: readonly PageSpec[] = [page({ path: '/desk/me', signedIn: true, handle: me })];
