import type { Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { html } from '../../html.ts';
import { type PageSpec, page } from '../../page.ts';
import { day, number } from '../../parts/dates.ts';
import { link, nextPage, table } from '../../parts/list.ts';
import { inWords } from '../../vocabulary.ts';

type Takedown = Schemas['Takedown'];

const done: Readonly<Record<Takedown['kind'], string>> = {
  erase: 'erased',
  restrict: 'kept from sight',
  lift: 'shown again',
};
/** Why texts are taken down, in words. */
export const grounds: Readonly<Record<Takedown['ground'], string>> = {
  personal_data: 'personal data',
  court_order: 'order of a court',
  copyright: 'copyright',
  safety: 'somebody’s safety',
  error: 'an error',
};

export const takedownPages: readonly PageSpec[] = [
  page({
    path: '/takedowns',
    handle: async ({ api, query, here }) => {
      const cursor = query.get('cursor');
      const { items, next } = await answerOf(api.GET('/v1/takedowns', { params: { query: { ...(cursor && { cursor }), limit: 100 } } }));
      return {
        title: 'Takedowns',
        description: 'Which texts were erased or kept from sight, when and why, without what they said.',
        body: html`<p class="ds-paragraph">Texts can be erased or kept from sight; that it was done cannot. Each line is a request that two people approved who did not make it. Where something is missing, the page of its incident says so. ${link('/about#erased', 'How this works')}.</p>
${
  items.length === 0
    ? html`<p class="ds-paragraph">Nothing was taken down so far.</p>`
    : table(
        'What was taken down, newest first',
        ['When', 'What was done', 'Why', 'Texts'],
        items.map(({ id, on, kind, ground, fields }) => [
          html`<span id="${id}">${day(on)}</span>`,
          done[kind] ?? inWords(kind),
          grounds[ground] ?? inWords(ground),
          number(fields),
        ]),
      )
}${nextPage(here, next)}`,
      };
    },
  }),
];
