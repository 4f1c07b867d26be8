import type { Schemas } from '@averment/client';
import { type Html, html } from '../../../html.ts';
import { instant, list } from '../../../parts/dates.ts';
import { occurredIn, placeIn } from '../../../parts/incidents.ts';
import { facts, link, notice } from '../../../parts/list.ts';
import { standingTag } from '../../../parts/standing.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import { claimArticle, correctionsOf } from './claim.ts';
import { courtSection } from './court.ts';
import { glance } from './glance.ts';
import type { Told, Vocabulary } from './told.ts';
import { voicesTable } from './voices.ts';

/** What has to be known before anything else is read: that it was taken back, merged, or is not all there. */
const standingNotices = ({ incident }: Told): Html => {
  const { retraction, mergedInto, mergedFrom, restricted, erased, status } = incident;
  return html`${
    retraction !== null &&
    notice(
      html`<p><strong>This incident was withdrawn from the record</strong> on ${instant(retraction.recordedAt)}${retraction.reason && html`: ${safeText(retraction.reason)}`}.${retraction.replacedBy && html` ${link(`/incidents/${retraction.replacedBy}`, 'What stands in its place')}`}</p><p>What stood here is still shown, so that nobody who quoted it is left without an answer.</p>`,
      'danger',
    )
  }${mergedInto !== null && notice(html`<p><strong>This is one incident with another.</strong> The record goes on ${link(`/incidents/${mergedInto}`, 'there')}; this page shows what was entered here.</p>`, 'warning')}${
    mergedFrom.length > 0 &&
    notice(
      html`<p>Entered more than once: this record has taken in ${list(mergedFrom.map((id, index) => link(`/incidents/${id}`, `entry ${index + 1}`)))}.</p>`,
    )
  }${(restricted?.length ?? 0) > 0 && notice(html`<p><strong>Parts of this are withheld</strong> since ${instant(restricted?.[0]?.on ?? '')} (${inWords(restricted?.[0]?.ground ?? '')}). ${link('/takedowns', 'All takedowns')}</p>`, 'warning')}${
    (erased?.length ?? 0) > 0 &&
    notice(
      html`<p><strong>Texts were erased here</strong> on ${instant(erased?.[0]?.on ?? '')}: ${erased?.length} places. ${link('/takedowns', 'All takedowns')}</p>`,
      'warning',
    )
  }${status === 'proposed' && notice(html`<p><strong>Not published.</strong> This incident is proposed and waits for its review.</p>`, 'warning')}`;
};

/** What a record says, whether it is today's or one of its past. */
export const recordBody = (told: Told, comparison: Schemas['Comparison'], vocabulary: Vocabulary): Html => {
  const { incident } = told;
  const groupOf = new Map(vocabulary.aspects.map(({ name, group }) => [name, group]));
  const about = (id: string | null) => id !== null && html` <span class="aside">of ${safeText(told.nameOf(id))}</span>`;
  const groups = [...new Set(incident.aspects.map(({ aspect }) => groupOf.get(aspect) ?? 'other'))];
  return html`${standingNotices(told)}
${facts([
  ['When', occurredIn(incident.occurred) ?? 'not known'],
  ['Where', placeIn(incident.place) ?? 'not known'],
  [
    'Agencies',
    incident.agencies.length > 0
      ? list(incident.agencies.map(({ id, name }) => link(`/parties/${id}`, safeText(name ?? 'name withheld'))))
      : 'none named',
  ],
  ['Last change', incident.recordedAt && html`${instant(incident.recordedAt)} (revision ${incident.revision})`],
])}${correctionsOf(incident.id, told)}
${glance(told)}
<section aria-labelledby="voices"><h2 class="ds-heading" data-size="md" id="voices">Who says what</h2>
${voicesTable(comparison, told)}
<p class="aside">“On record” means that somebody said it, never that it is true.</p></section>
<section aria-labelledby="claims"><h2 class="ds-heading" data-size="md" id="claims">What is said, thing by thing</h2>
${groups.map((group) =>
  incident.aspects
    .filter(({ aspect }) => (groupOf.get(aspect) ?? 'other') === group)
    .map(
      (row) => html`<h3 class="ds-heading aspect" data-size="sm">${inWords(row.aspect)}${about(row.about)} ${standingTag(row.state)}</h3>
<p class="aside">${vocabulary.aspects.find(({ name }) => name === row.aspect)?.description}</p>
${row.claims.map((id) => {
  const claim = told.claims.get(id);
  return claim && claimArticle(claim, told);
})}`,
    ),
)}</section>
${courtSection(told)}`;
};
