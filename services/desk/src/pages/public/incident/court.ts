import { type Html, html } from '../../../html.ts';
import { citations } from '../../../parts/cited.ts';
import { day } from '../../../parts/dates.ts';
import { facts, link, tag } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import { correctionsOf } from './claim.ts';
import { type Incident, orWithheld, type Told } from './told.ts';

type Ruling = Incident['rulings'][number];

const effect = (
  { claim, effect, proceeding, ruling, status, applied, notApplied }: Ruling['effects'][number],
  { incident, claims }: Told,
): Html => {
  const on =
    claim !== null
      ? link(`#${claim}`, safeText(claims.get(claim)?.statement ?? 'a claim'))
      : proceeding !== null
        ? link(`#${proceeding}`, safeText(incident.proceedings.find(({ id }) => id === proceeding)?.title ?? 'a proceeding'))
        : ruling !== null && link(`#${ruling}`, 'an earlier ruling');
  return html`<li>${inWords(effect ?? status ?? '')}: ${on}${!applied && html` <span class="aside">(this does not count: ${inWords(notApplied?.why ?? 'overtaken')}${notApplied?.by && html`, by ${link(`#${notApplied.by}`, 'another ruling')}`})</span>`}</li>`;
};

/** What a court found, with what it decides and whether that may still change. */
const rulingArticle = (ruling: Ruling, told: Told): Html => {
  const { nameOf, changed } = told;
  return html`<article class="ds-card" id="${ruling.id}"${changed.has(ruling.id) && html` data-changed="true"`}>
<h3 class="ds-heading" data-size="xs">${safeText(orWithheld(ruling.summary))}</h3>
<p class="tags">${ruling.retracted ? tag('withdrawn from the record') : ruling.inForce ? tag('in force', 'success') : tag('not in force', 'warning')}${ruling.subjectToAppeal && tag('may still be appealed', 'warning')}${changed.has(ruling.id) && tag('changed at this step', 'info')}</p>
${correctionsOf(ruling.id, told)}
${facts([
  ['Court', ruling.court && link(`/parties/${ruling.court}`, safeText(nameOf(ruling.court)))],
  ['Judge', ruling.judge && safeText(nameOf(ruling.judge))],
  ['Decided', ruling.decidedOn && day(ruling.decidedOn)],
  ['Finality', inWords(ruling.finality)],
  ['Case', ruling.caseNumber && safeText(ruling.caseNumber)],
  ['On the motion of', ruling.onMotionOf && safeText(ruling.onMotionOf)],
  ['Standard', ruling.standard && safeText(ruling.standard)],
  ['Known from', ruling.basis === 'report' ? 'a report of it' : inWords(ruling.basis)],
])}
<ul class="ds-list">${ruling.effects.map((one) => effect(one, told))}</ul>${citations(ruling.citations, told.sources)}</article>`;
};

/** A charge, suit or inquiry, with each step of it. */
const proceedingArticle = (proceeding: Incident['proceedings'][number], told: Told): Html => {
  const { id, title, type, by, against, forum, openedOn, openedAs, status, caseNumber, continues, updates, retracted } = proceeding;
  return html`<article class="ds-card" id="${id}"${told.changed.has(id) && html` data-changed="true"`}><h3 class="ds-heading" data-size="xs">${safeText(title ?? inWords(type))}</h3>
<p class="tags">${retracted ? tag('withdrawn from the record') : tag(inWords(status), 'info')}${told.changed.has(id) && tag('changed at this step', 'info')}</p>${correctionsOf(id, told)}
${facts([
  ['Kind', inWords(type)],
  ['Brought by', by && safeText(told.nameOf(by))],
  ['Against', against && safeText(told.nameOf(against))],
  ['At', forum && safeText(told.nameOf(forum))],
  ['Case', caseNumber && safeText(caseNumber)],
  ['Opened', html`${openedOn && day(openedOn)} ${inWords(openedAs)}`],
  ['Continues', continues && link(`#${continues}`, 'an earlier proceeding')],
])}
${updates.length > 0 && html`<ol class="ds-list">${updates.map(({ on, status: next, note, retraction }) => html`<li>${on && html`${day(on)}: `}${inWords(next)}${note && html`, ${safeText(note)}`}${retraction !== null && ' (withdrawn from the record)'}</li>`)}</ol>`}${citations(proceeding.citations, told.sources)}</article>`;
};

/** All that is on record of courts and other proceedings; nothing where nothing is. */
export const courtSection = (told: Told): Html | null => {
  const { rulings, proceedings } = told.incident;
  if (rulings.length === 0 && proceedings.length === 0) return null;
  return html`<section aria-labelledby="court"><h2 class="ds-heading" data-size="md" id="court">What courts and others found</h2>
${rulings.map((one) => rulingArticle(one, told))}${proceedings.map((one) => proceedingArticle(one, told))}</section>`;
};
