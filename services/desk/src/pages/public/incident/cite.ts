import { type Html, html } from '../../../html.ts';
import { instant } from '../../../parts/dates.ts';
import { link } from '../../../parts/list.ts';
import type { Incident } from './told.ts';

/** How to name what was read so that others find the same words, whatever the record says by then. */
export const citeSection = ({ id, title, revision, recordedAt }: Incident, origin: string): Html => {
  const address = `${origin}/incidents/${id}?revision=${revision}`;
  return html`<section aria-labelledby="cite"><h2 class="ds-heading" data-size="md" id="cite">How to cite this</h2>
<p class="ds-paragraph">The address with its revision always shows what was recorded then: ${link(`/incidents/${id}?revision=${revision}`, address)}</p>
<p class="as-written cite-text">“${title ?? 'Incident'}”. Averment, a record of contested incidents, revision ${revision}, ${recordedAt && instant(recordedAt)}. ${address}</p>
<p class="ds-paragraph">Cite a single claim by its speaker: its heading says who said it. Each has an address of its own, the mark after <code>#</code>.</p></section>`;
};
