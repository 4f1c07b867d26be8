import { answerOf } from '../../answers.ts';
import { html } from '../../html.ts';
import { type PageSpec, page } from '../../page.ts';

export const startPages: readonly PageSpec[] = [
  page({
    path: '/',
    handle: async ({ api }) => {
      const { items } = await answerOf(api.GET('/v1/incidents', { params: { query: { limit: 10 } } }));
      return {
        title: 'A record of contested incidents',
        body: html`<h2 class="ds-heading" data-size="md">Newest changes</h2><ul class="ds-list">${items.map(({ id, title }) => html`<li><a class="ds-link" href="/incidents/${id}">${title}</a></li>`)}</ul>`,
      };
    },
  }),
];
