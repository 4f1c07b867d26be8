import { answerOf } from '../../answers.ts';
import { html } from '../../html.ts';
import { type PageSpec, page } from '../../page.ts';
import { textField } from '../../parts/form.ts';
import { incidentMap, incidentRows } from '../../parts/incidents.ts';
import { link } from '../../parts/list.ts';
import { correctionFeeds } from './corrections.ts';

/** How many incidents are looked at for what is disputed most, and for the map. */
const most = 100;

export const startPages: readonly PageSpec[] = [
  page({
    path: '/',
    handle: async ({ api }) => {
      const [newest, contested] = await Promise.all([
        answerOf(api.GET('/v1/incidents', { params: { query: { limit: most } } })),
        answerOf(api.GET('/v1/incidents', { params: { query: { limit: most, disputed: true } } })),
      ]);
      const disputed = [...contested.items].sort((one, other) => other.counts.disputes - one.counts.disputes).slice(0, 5);
      return {
        title: 'A record of contested incidents',
        description: 'Who claimed what of an incident, in which document, who disputed it, what a court found, and what was corrected.',
        head: correctionFeeds,
        body: html`<p class="ds-paragraph" data-size="lg">Who claimed what, in which document, who disputed it, what a court found, and what was corrected when. Nothing is overwritten, and nothing enters without review. ${link('/about', 'What this record is, and is not')}.</p>
<form method="get" action="/incidents" role="search" aria-label="Incidents by words"><div class="actions">${textField({ name: 'q', label: 'Search incidents by words', type: 'search' })}<button class="ds-button" type="submit">Search</button></div></form>
<section><h2 class="ds-heading" data-size="md">Newest changes</h2>${
          newest.items.length === 0
            ? html`<p class="ds-paragraph">Nothing is published yet.</p>`
            : html`${incidentRows(newest.items.slice(0, 8), { level: 3 })}<p>${link('/incidents', 'All incidents')}</p>`
        }</section>
${
  disputed.length > 0 &&
  html`<section><h2 class="ds-heading" data-size="md">Disputed most</h2><p class="ds-paragraph">By the number of disputes, among the ${most} that changed last of those in which something is disputed.</p>${incidentRows(disputed, { level: 3 })}<p>${link('/incidents?disputed=true', 'All in which something is disputed')}</p></section>`
}
${newest.items.length > 0 && html`<section><h2 class="ds-heading" data-size="md">Where they were</h2>${incidentMap(newest.items, `The ${most} incidents that changed last at most, each at its point or in the middle of its state`)}</section>`}`,
      };
    },
  }),
];
