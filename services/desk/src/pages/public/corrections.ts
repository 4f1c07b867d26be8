import type { Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { changeInWords } from '../../parts/changes.ts';
import { instant, list, number } from '../../parts/dates.ts';
import { asked as askedOf, link, nextPage, tag } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';

type Erratum = Schemas['Erratum'];

const kinds: Readonly<Record<string, readonly [string, 'info' | 'warning' | 'danger']>> = {
  correction: ['corrected', 'info'],
  retraction: ['withdrawn from the record', 'danger'],
  ruling: ['contradicted by a court', 'warning'],
  erasure: ['texts erased', 'danger'],
  restriction: ['texts kept from sight', 'warning'],
};

const goneItem = ({ id, recordedAt, kind }: Erratum): Html =>
  html`<li id="${id}"><p>${tag(kinds[kind]?.[0] ?? kind)} on ${instant(recordedAt)}. All that it said was erased or is withheld since: ${link('/takedowns', 'takedowns')}.</p></li>`;

const item = (erratum: Erratum): Html => {
  const { id, kind, incidentId, incidentTitle, target, claims, changes, reason, replacedBy, applied, places, revision, recordedAt } =
    erratum;
  const [word, color] = kinds[kind] ?? [kind, 'info'];
  const incident = `/incidents/${incidentId}`;
  const place = kind === 'correction' ? id : target;
  const further = [
    place !== incidentId && link(`${incident}#${place}`, 'where it stands'),
    ...claims.filter((claim) => claim !== place).map((claim) => link(`${incident}#${claim}`, 'the claim')),
    revision !== null && link(`${incident}/past?revision=${revision}`, `the record at revision ${revision}`),
    replacedBy !== null &&
      link(replacedBy.startsWith('incident_') ? `/incidents/${replacedBy}` : `${incident}#${replacedBy}`, 'what stands in its place'),
  ].filter((one) => one !== false);
  return html`<li id="${id}"><h2 class="ds-heading" data-size="2xs">${link(incident, incidentTitle === null ? 'An incident without a title' : safeText(incidentTitle))}</h2>
<p>${tag(word, color)} on ${instant(recordedAt)}${kind === 'ruling' && !applied && '. The ruling is not in effect now'}${places > 0 && `: ${number(places)} ${places === 1 ? 'text' : 'texts'}`}</p>
${changes.length > 0 && html`<ul class="ds-list">${changes.map((change) => changeInWords(change, () => 'a party'))}</ul>`}
${reason !== null && html`<p>${safeText(reason)}</p>`}
${further.length > 0 && html`<p class="aside">See ${list(further)}.</p>`}</li>`;
};

/** The feeds of corrections, for the head of pages. */
export const correctionFeeds: Html = html`<link rel="alternate" type="application/atom+xml" title="Corrections" href="/v1/corrections.atom"><link rel="alternate" type="application/feed+json" title="Corrections" href="/v1/corrections.feed.json">`;

const listed = async ({ api, query, here }: Asked): Promise<Page> => {
  const { items, next } = await answerOf(api.GET('/v1/corrections', { params: { query: { ...askedOf(query, ['cursor']), limit: 25 } } }));
  return {
    title: 'Corrections',
    description: 'What was corrected, withdrawn, contradicted by a court, erased, or is kept from sight, the newest first.',
    head: correctionFeeds,
    body: html`<p class="ds-paragraph">For whoever quoted from this record: what was corrected, withdrawn, contradicted by a court, erased, or is kept from sight. What was said before stays readable in the record’s past.</p>
<p class="ds-paragraph">Follow it as ${link('/v1/corrections.atom', 'Atom')}, as ${link('/v1/corrections.feed.json', 'JSON Feed')}, or as ${link('/v1/corrections', 'JSON')}.</p>
${items.length === 0 ? html`<p class="ds-paragraph">Nothing so far.</p>` : html`<ol class="rows">${items.map((one) => (one.gone === null ? item(one) : goneItem(one)))}</ol>`}${nextPage(here, next)}`,
  };
};

export const correctionPages: readonly PageSpec[] = [page({ path: '/corrections', handle: listed })];
