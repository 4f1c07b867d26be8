import { type Html, html } from '../../../html.ts';
import { editHref } from '../../../parts/events.ts';
import { facts, link, notice, table } from '../../../parts/list.ts';
import { standingTag } from '../../../parts/standing.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import { differencesShown } from './differences.ts';
import { fieldsOf } from './fields.ts';
import type { Review } from './review.ts';

const state = (name: string | null): Html => (name === null ? html`<span class="aside">none</span>` : standingTag(name));

const published = ({ edit, known }: Review): Html | null => {
  const { parties, sources } = edit.makesPublic;
  const all = [
    ...parties.map((party) => ({ id: party.id, title: party.name, fields: party })),
    ...sources.map((source) => ({ id: source.id, title: source.title, fields: source })),
  ];
  if (all.length === 0) return null;
  return html`<h3 class="ds-heading" data-size="sm">It makes public for the first time</h3>${all.map(
    ({ id, title, fields }) =>
      html`<details class="ds-details"><summary>${inWords(fields.kind)}: ${title === null ? id : safeText(title)}</summary><div>${fieldsOf(fields, known, ['id', 'kind', 'textSha256', 'version', 'recordedAt', 'extraction'])}</div></details>`,
  )}`;
};

/** What would come of an approval: standings, states, what becomes public, and other edits that it would stand against. */
export const previewShown = (review: Review): Html => {
  const { preview, edit, known, at } = review;
  const { wouldConflict, changes } = preview;
  const done = edit.state === 'applied';
  const [standing, aspects] = 'standing' in preview ? [preview.standing, preview.aspects] : [[], []];
  return html`<section id="preview" aria-labelledby="preview-title"><h2 class="ds-heading" data-size="md" id="preview-title">${done ? 'What it did' : 'What approval would do'}</h2>
${
  standing.length > 0 &&
  table(
    'Claims whose standing changes',
    ['Claim', 'From', 'To'],
    standing.map(({ claim, from, to }) => [known.thing(claim), state(from), state(to)]),
  )
}
${
  aspects.length > 0 &&
  table(
    'What the accounts come to',
    ['Aspect', 'From', 'To'],
    aspects.map(({ aspect, about, from, to }) => [
      html`${inWords(aspect)}${about !== null && html` of ${known.thing(about)}`}`,
      state(from),
      state(to),
    ]),
  )
}
${standing.length === 0 && aspects.length === 0 && html`<p class="ds-paragraph">No claim’s standing and no state of an aspect changes.</p>`}
${published(review)}
${edit.quotesBeyondLimit.length > 0 && notice(html`<p>More would be quoted than may be public of: ${edit.quotesBeyondLimit.map(({ source, quoted, limit }) => html`${known.thing(source)} (${quoted} of ${limit} signs) `)}. The public reads these quotations shortened.</p>`, 'warning')}
${
  wouldConflict.length > 0 &&
  notice(
    html`<p>Other open edits would stand against it once it is applied:</p><ul class="ds-list">${wouldConflict.map(({ edit: other, author }) => html`<li>${link(editHref(at.subject, other), `Edit ${other}`)} by ${safeText(author)}</li>`)}</ul>`,
    'warning',
  )
}
<details class="ds-details"><summary>Every field that ${done ? 'changed' : 'would change'} (${changes.length})</summary><div>${differencesShown('Every field', changes, known)}</div></details></section>`;
};

/** Who has to do what until when. */
export const stateFacts = ({ edit }: Review, when: { due: Html; waiting: string }): Html =>
  facts([
    ['Author', safeText(edit.author)],
    ['Version', String(edit.version)],
    ['Approvals', `${edit.approvals.given} of ${edit.approvals.needed}. ${edit.approvals.why}`],
    ['Waits for', edit.nextActor && inWords(edit.nextActor)],
    ['Waiting', edit.nextActor && when.waiting],
    ['Due', edit.nextActor && html`${when.due}${edit.overdue && html` <strong>overdue</strong>`}`],
    ['Priority', `${edit.priority}. ${edit.priorityReasons.map(({ text }) => text).join(' ')}`],
  ]);
