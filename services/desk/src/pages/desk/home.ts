import type { Api } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { duration, number } from '../../parts/dates.ts';
import { facts, link } from '../../parts/list.ts';
import { nextForm } from './next.ts';
import { newestNotices, noticesShown } from './notices.ts';
import { ownEdits, ownEditsShown } from './own-edits.ts';
import { queueTable } from './queue.ts';

const section = (id: string, title: string, inside: Html): Html =>
  html`<section aria-labelledby="${id}"><h2 class="ds-heading" data-size="md" id="${id}">${title}</h2>${inside}</section>`;

const counts = async (api: Api): Promise<Html> => {
  const { open, waitingFor, outdated, oldestSeconds } = await answerOf(api.GET('/v1/reviews/stats'));
  return facts([
    ['Open edits', link('/desk/queue', number(open))],
    ['Wait for a reviewer', waitingFor && link('/desk/queue?waitingFor=reviewer', number(waitingFor.reviewer))],
    ['Wait for their author', waitingFor && link('/desk/queue?waitingFor=author', number(waitingFor.author))],
    ['Cannot be approved as they are', outdated !== null && outdated > 0 ? link('/desk/queue?outdated=true', number(outdated)) : null],
    ['The oldest waits', oldestSeconds === null ? null : duration(oldestSeconds)],
  ]);
};

const tipsWaiting = async (api: Api): Promise<Html> => {
  const limit = 100;
  const { items } = await answerOf(api.GET('/v1/tips', { params: { query: { limit } } }));
  const count = items.length === limit ? `${limit} or more tips wait` : items.length === 1 ? 'One tip waits' : `${items.length} tips wait`;
  return html`<p class="ds-paragraph">${link('/desk/tips', items.length === 0 ? 'No tip of outsiders waits' : count)}</p>`;
};

const reviewing = async (asked: Asked): Promise<Html> => {
  const { api } = asked;
  const [told, { items: held }] = await Promise.all([
    counts(api),
    answerOf(api.GET('/v1/reviews', { params: { query: { holder: 'me', limit: 20 } } })),
  ]);
  return html`<div class="actions bar">${nextForm(asked)}${link('/desk/queue', 'The queue')}${link('/desk/queue?decidable=true', 'What I may decide')}${link('/desk/statistics', 'Statistics')}</div>
${held.length > 0 && section('held', 'What I hold', queueTable('Edits that I hold', held))}
${section('waits', 'What waits', told)}`;
};

const taking = async ({ api }: Asked): Promise<Html> => {
  const [notices, { items }, tips] = await Promise.all([
    newestNotices(api, 10),
    ownEdits(api, { state: 'open', limit: 20 }),
    tipsWaiting(api),
  ]);
  return html`${tips}${section('notices', 'What happened', html`${noticesShown(notices)}<p>${link('/desk/me', 'More notices, and all of my edits')}</p>`)}
${section('own', 'My open edits', ownEditsShown(items))}`;
};

const rooms: Readonly<Record<string, (asked: Asked) => Promise<Html>>> = {
  contributor: async (asked) =>
    html`<div class="actions bar"><a class="ds-button" href="/desk/contribute">Contribute</a></div>${await taking(asked)}`,
  reviewer: async (asked) => html`${await reviewing(asked)}${await taking(asked)}`,
  auditor: async ({ api }) =>
    html`<ul class="ds-list"><li>${link('/desk/audit', 'Replay an incident, read the record of the review')}</li><li>${link('/desk/queue', 'The queue')}</li><li>${link('/desk/statistics', 'Statistics')}</li></ul>${section('waits', 'What waits', await counts(api))}`,
  admin: async () => html`<ul class="ds-list"><li>${link('/desk/admin', 'Operations: parked events, keys, policy, erasures')}</li></ul>`,
};

const home = async (asked: Asked): Promise<Page> => ({
  title: 'Desk',
  body:
    (await rooms[asked.me?.role ?? '']?.(asked)) ??
    html`<p class="ds-paragraph">With this key the record is read; there is nothing to review or to submit with it. ${link('/incidents', 'Read the record')}.</p>`,
});

/** What waits for whoever has signed in. */
export const homePages: readonly PageSpec[] = [page({ path: '/desk', signedIn: true, handle: home })];
