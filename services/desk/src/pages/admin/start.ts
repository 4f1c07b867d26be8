import { answerOf } from '../../answers.ts';
import { html } from '../../html.ts';
import { type PageSpec, page } from '../../page.ts';
import { facts, link } from '../../parts/list.ts';

export const admin = { href: '/desk/admin', text: 'Operations' };

export const adminStartPages: readonly PageSpec[] = [
  page({
    path: '/desk/admin',
    signedIn: true,
    handle: async ({ api }) => {
      const [parked, keys, proposals, erasures] = await Promise.all([
        answerOf(api.GET('/v1/parked', { params: { query: { limit: 500 } } })),
        answerOf(api.GET('/v1/keys', { params: { query: { limit: 500 } } })),
        answerOf(api.GET('/v1/policy/proposals')),
        answerOf(api.GET('/v1/erasures', { params: { query: { state: 'open', limit: 500 } } })),
      ]);
      const waiting = keys.items.filter(({ state }) => state === 'waiting').length;
      const many = (count: number, next: string | null = null) => `${count}${next === null ? '' : ' and more'}`;
      return {
        title: 'Operations',
        body: facts([
          ['Parked events', html`${link('/desk/admin/parked', 'What a model could not take')}: ${many(parked.items.length, parked.next)}`],
          [
            'Keys',
            html`${link('/desk/admin/keys', 'Make, rotate, confirm, revoke')}: ${many(keys.items.length, keys.next)}, ${waiting} waiting for another admin`,
          ],
          ['People', link('/desk/admin/people', 'Whose a subject is')],
          [
            'Rules of the review',
            html`${link('/desk/admin/policy', 'Read and propose')}: ${proposals.items.filter(({ state }) => state === 'open').length} proposals open`,
          ],
          [
            'Erasures',
            html`${link('/desk/erasures', 'Requests to erase or restrict texts')}: ${many(erasures.items.length, erasures.next)} open`,
          ],
        ]),
      };
    },
  }),
];
