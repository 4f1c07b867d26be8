import type { Api, Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type PageSpec, page } from '../../page.ts';
import { submit, textField } from '../../parts/form.ts';
import { link } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';

/** Filters of the queue as an address has them. */
export type Filters = Readonly<Record<string, string>>;
export type SavedView = { name: string; filters: Filters };

/** The own saved views. */
export const savedViews = async (api: Api): Promise<SavedView[]> => {
  const { items } = await answerOf(api.GET('/v1/reviews/views'));
  return items.map(({ name, filters }) => ({
    name,
    filters: Object.fromEntries(Object.entries(filters).map(([filter, value]) => [filter, String(value)])),
  }));
};

/** Opens, deletes and saves views: what is saved are the filters of the page. */
export const viewForms = ({ sends }: Asked, views: readonly SavedView[], filters: Filters): Html =>
  html`<details class="ds-details"><summary>Saved views (${views.length})</summary><div>
${
  views.length > 0 &&
  html`<ul class="ds-list">${views.map(
    ({ name }) =>
      html`<li class="actions bar">${link(`/desk/queue?view=${encodeURIComponent(name)}`, safeText(name))}${sends(
        '/desk/queue/views/delete',
        html`${hidden('name', name)}<button class="ds-button" data-variant="tertiary" data-size="sm" type="submit">Delete<span class="ds-sr-only"> ${name}</span></button>`,
      )}</li>`,
  )}</ul>`
}
${
  Object.keys(filters).length > 0
    ? sends(
        '/desk/queue/views',
        html`${Object.entries(filters).map(([name, value]) => hidden(name, value))}${textField({ name: 'view-name', label: 'Save these filters as', required: true, maxlength: 100 })}${submit('Save', { variant: 'secondary' })}`,
      )
    : html`<p>Filters that are set can be saved under a name.</p>`
}</div></details>`;

const filterOf = (name: string, value: string): string | boolean =>
  name === 'decidable' || name === 'outdated' ? value === 'true' : value;

export const viewPages: readonly PageSpec[] = [
  page({
    method: 'POST',
    path: '/desk/queue/views',
    signedIn: true,
    handle: async ({ api, form }) => {
      const name = form.text('view-name');
      if (name === '') throw Object.assign(new Error('A view is saved under a name, and none was written.'), { statusCode: 422 });
      const fields = form.fields.filter(([field]) => field !== 'view-name');
      // The API says what of it is no filter.
      const filters = Object.fromEntries(fields.map(([field, value]) => [field, filterOf(field, value)])) as Schemas['SentView']['filters'];
      await answerOf(api.PUT('/v1/reviews/views/{name}', { params: { path: { name } }, body: { filters } }));
      return { onward: `/desk/queue?view=${encodeURIComponent(name)}` };
    },
  }),
  page({
    method: 'POST',
    path: '/desk/queue/views/delete',
    signedIn: true,
    handle: async ({ api, form }) => {
      await answerOf(api.DELETE('/v1/reviews/views/{name}', { params: { path: { name: form.text('name') } } }));
      return { onward: '/desk/queue' };
    },
  }),
];
