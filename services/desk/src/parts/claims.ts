import type { Schemas } from '@averment/client';
import { type Html, html } from '../html.ts';
import { link } from './list.ts';
import { standingTag } from './standing.ts';
import { quotation, safeText } from './text.ts';

type Claim = Schemas['ListedClaim'];

/**
 * Claims as a list: what each says and who said it, how it stands, the words that it rests on, and the incident that it is of. `language` is that of the
 * quoted text, where it is one.
 */
export const claimRows = (items: readonly Claim[], language: string | null = null): Html =>
  html`<ol class="rows">${items.map(({ id, incidentId, incidentTitle, attributed, statement, standing, citations }) => {
    const said = attributed ?? statement;
    const quote = citations.find((citation) => citation.quote !== null)?.quote ?? null;
    return html`<li><p>${said === null ? 'What it said is not shown.' : safeText(said)} ${standingTag(standing)}</p>
${quote !== null && quotation(quote.shortened ? `${quote.exact} …` : quote.exact, language)}
<p class="aside">In ${link(`/incidents/${incidentId}#${id}`, incidentTitle === null ? 'an incident without a title' : safeText(incidentTitle))}</p></li>`;
  })}</ol>`;
