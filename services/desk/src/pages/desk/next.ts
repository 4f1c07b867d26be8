import { answerOf } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type PageSpec, page } from '../../page.ts';
import { editHref } from '../../parts/events.ts';

/** A button that takes the best edit that waits for whoever asks, of a saved view where one is named. */
export const nextForm = ({ sends }: Asked, view?: string): Html =>
  sends('/desk/next', html`${view && hidden('view', view)}<button class="ds-button" id="next" type="submit">Next for me</button>`);

export const nextPages: readonly PageSpec[] = [
  page({
    method: 'POST',
    path: '/desk/next',
    signedIn: true,
    handle: async ({ api, form }) => {
      const view = form.text('view');
      const taken = await answerOf(api.POST('/v1/reviews/next', { params: { query: view === '' ? {} : { view } }, body: {} }));
      return { onward: taken ? editHref(taken.of.id, taken.edit) : '/desk/queue?nothing=waits' };
    },
  }),
];
