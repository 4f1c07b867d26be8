import { type Html, html } from '../../../html.ts';
import { day, instant } from '../../../parts/dates.ts';
import { link } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import { orWithheld, type Told } from './told.ts';

/** What a thing of the record is called in a line: the claim's sentence, or what it is. */
const named = (id: string, { claims, incident }: Told): Html | string => {
  const claim = claims.get(id);
  if (claim !== undefined) return safeText(orWithheld(claim.statement));
  if (id === incident.id) return 'the incident itself';
  const ruling = incident.rulings.find((one) => one.id === id);
  return ruling === undefined ? 'an entry of the record' : safeText(orWithheld(ruling.summary));
};

/** What a hurried reader has to know: what courts found, what is disputed, what was corrected and when. Nothing where none of it is. */
export const glance = (told: Told): Html | null => {
  const { incident, nameOf } = told;
  const rulings = incident.rulings.filter(({ inForce, retracted }) => inForce && !retracted);
  const disputes = incident.disputes.filter(({ withdrawn, retracted }) => !withdrawn && !retracted);
  const lines = [
    ...rulings.map(
      ({ id, court, decidedOn, summary, subjectToAppeal }) =>
        html`<li><strong>A court found</strong>: ${link(`#${id}`, safeText(orWithheld(summary)))} (${court === null ? 'court not named' : safeText(nameOf(court))}${decidedOn && html`, ${day(decidedOn)}`}${subjectToAppeal && ', may still be appealed'})</li>`,
    ),
    ...disputes.map(
      ({ claim, by }) =>
        html`<li><strong>Disputed</strong>${by !== null && html` by ${safeText(nameOf(by))}`}: ${link(`#${claim}`, named(claim, told))}</li>`,
    ),
    ...incident.corrections.map(
      ({ id, target, recordedAt, changes }) =>
        html`<li><strong>Corrected</strong> on ${instant(recordedAt)}: ${link(`#${id}`, named(target, told))} (${changes.map(({ field }) => inWords(field)).join(', ')})</li>`,
    ),
  ];
  return lines.length === 0
    ? null
    : html`<section aria-labelledby="glance"><h2 class="ds-heading" data-size="md" id="glance">In short</h2><ul class="ds-list">${lines}</ul></section>`;
};
