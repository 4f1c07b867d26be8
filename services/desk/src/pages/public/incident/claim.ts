import { type Html, html } from '../../../html.ts';
import { changeInWords } from '../../../parts/changes.ts';
import { citations } from '../../../parts/cited.ts';
import { day, instant, list } from '../../../parts/dates.ts';
import { facts, link, tag } from '../../../parts/list.ts';
import { standingTag } from '../../../parts/standing.ts';
import { safeText } from '../../../parts/text.ts';
import { valueInWords } from '../../../parts/value.ts';
import { inWords } from '../../../vocabulary.ts';
import { type Claim, orWithheld, type Told } from './told.ts';

/** The corrections of one thing, shown where it stands. */
export const correctionsOf = (target: string, told: Told): Html => {
  const { corrections } = told.incident;
  return html`${corrections
    .filter((one) => one.target === target)
    .map(
      ({
        id,
        recordedAt,
        changes,
        reason,
        citations: cited,
        revision,
      }) => html`<div class="ds-alert correction" data-color="info" id="${id}">
<p><strong>Corrected</strong> on ${instant(recordedAt)} (${link(`/incidents/${told.incident.id}/past?revision=${revision}`, `revision ${revision}`)})${reason && html`: ${safeText(reason)}`}</p>
<ul class="ds-list">${changes.map((one) => changeInWords(one, told.nameOf))}</ul>${cited.length > 0 && html`<details class="ds-details"><summary>Where this is written</summary><div>${citations(cited, told.sources)}</div></details>`}</div>`,
    )}`;
};

const disputesOf = (claim: Claim, told: Told): Html =>
  html`${told.incident.disputes
    .filter((dispute) => dispute.claim === claim.id)
    .map(({ id, by, grounds, counterClaim, withdrawn, withdrawal, retracted, citations: cited }) => {
      const over = withdrawn
        ? ` Withdrawn${withdrawal?.reason ? `: ${withdrawal.reason}` : '.'}`
        : retracted
          ? ' Taken out of the record.'
          : '';
      return html`<div class="ds-alert" data-color="warning" id="${id}"><p><strong>Disputed</strong> ${by === null ? 'by what else is on record' : html`by ${safeText(told.nameOf(by))}`}: ${safeText(orWithheld(grounds))}${over}${
        counterClaim !== null && told.claims.has(counterClaim) && html` ${link(`#${counterClaim}`, 'The other account')}`
      }</p>${cited.length > 0 && html`<details class="ds-details"><summary>Where this is written</summary><div>${citations(cited, told.sources)}</div></details>`}</div>`;
    })}`;

const why = (claim: Claim): Html | null => {
  const { decision, decidedBy, replaces, retraction, movedTo, movedFrom, rankReason, relatesTo } = claim;
  const of = [
    decision !== null &&
      html`${safeText(decision)}${decidedBy && html` (${link(`#${decidedBy.ruling}`, 'the ruling')}${decidedBy.subjectToAppeal && ', which may still be appealed'})`}`,
    retraction !== null &&
      html`withdrawn from the record on ${instant(retraction.recordedAt)}${retraction.reason && html`: ${safeText(retraction.reason)}`}`,
    replaces !== null && html`its speaker said something else ${link(`#${replaces}`, 'before')}`,
    movedTo !== null && html`moved to ${link(`/incidents/${movedTo.incident}#${movedTo.claim}`, 'another incident')}`,
    movedFrom !== null && html`moved here from ${link(`/incidents/${movedFrom.incident}`, 'another incident')}`,
    rankReason && safeText(rankReason),
    ...relatesTo.map(({ as, claim: other }) => html`${inWords(as)} ${link(`#${other}`, 'another claim')}`),
  ].filter((one) => one !== false && one !== null && one !== '');
  return of.length === 0 ? null : html`<ul class="ds-list">${of.map((one) => html`<li>${one}</li>`)}</ul>`;
};

/** What may be proposed of a claim. */
const proposals = (claim: Claim, { incident, mayPropose }: Told): Html | null => {
  if (!mayPropose) return null;
  const at = `/desk/contribute/change?incident=${incident.id}&claim=${claim.id}&source=${claim.citations[0]?.source ?? ''}`;
  const named = claim.statement ?? 'this claim';
  return html`<ul class="on-page no-print">${(
    [
      ['dispute_claim', 'Dispute'],
      ['correct_claim', 'Correct'],
      ['retract_claim', 'Withdraw'],
    ] as const
  ).map(
    ([kind, text]) => html`<li>${link(`${at}&kind=${kind}`, html`${text} <span class="ds-sr-only">this: ${safeText(named)}</span>`)}</li>`,
  )}</ul>`;
};

/** A claim as it is told: who says it, in whose words, where it is written, and what became of it. */
export const claimArticle = (claim: Claim, told: Told): Html => {
  const { nameOf, changed, incident } = told;
  const through = claim.via.map((party) => safeText(nameOf(party)));
  return html`<article class="ds-card claim" id="${claim.id}"${changed.has(claim.id) && html` data-changed="true"`}>
<h4 class="ds-heading" data-size="2xs">${safeText(orWithheld(claim.attributed ?? claim.statement))}</h4>
<p class="tags">${claim.marks.length === 0 ? standingTag(claim.standing) : claim.marks.map(standingTag)}${claim.flags.map((flag) => tag(inWords(flag)))}${changed.has(claim.id) && tag('changed at this step', 'info')}</p>
${why(claim)}
${proposals(claim, told)}
${correctionsOf(claim.id, told)}${disputesOf(claim, told)}
${citations(claim.citations, told.sources)}
<details class="ds-details"><summary>About this claim</summary><div>${facts([
    ['Value', valueInWords(claim.value, nameOf)],
    ['As recorded', safeText(orWithheld(claim.statement))],
    ['Speaker', link(`/parties/${claim.speaker}`, safeText(nameOf(claim.speaker)))],
    ['Speaks as', inWords(claim.capacity)],
    ['On behalf of', claim.onBehalfOf && link(`/parties/${claim.onBehalfOf}`, safeText(nameOf(claim.onBehalfOf)))],
    ['Told by', through.length > 0 ? list(through) : null],
    ['Stance', inWords(claim.stance)],
    ['Rendered as', claim.rendering && inWords(claim.rendering)],
    ['Said', claim.saidAt && day(claim.saidAt)],
    ['Holds for', claim.validAt && day(claim.validAt)],
    [
      'Translated',
      claim.translations.length > 0
        ? list(
            claim.translations.map(({ translation, translatedFrom }) =>
              inWords(`${translation} translation${translatedFrom === null ? '' : ` from ${translatedFrom}`}`),
            ),
          )
        : null,
    ],
    ['On record since', link(`/incidents/${incident.id}/past?revision=${claim.addedAtRevision}`, `revision ${claim.addedAtRevision}`)],
    ['Why it says so', link(`/incidents/${incident.id}/explain?pointer=/claims/${incident.claims.indexOf(claim)}`, 'the events behind it')],
  ])}</div></details></article>`;
};
