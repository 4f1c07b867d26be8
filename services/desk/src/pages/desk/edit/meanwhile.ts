import type { Problem } from '../../../answers.ts';
import { type Html, html } from '../../../html.ts';
import { typeInWords } from '../../../parts/events.ts';
import { notice } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import { actInWords, versionsDifference, voteInWords } from './history.ts';
import type { Known } from './known.ts';
import { type Review, type Seen, seenOf } from './review.ts';

const isSeen = (read: unknown): read is Seen =>
  typeof read === 'object' && read !== null && 'version' in read && Number.isSafeInteger(read.version) && 'state' in read;

const seenIn = (text: string): Seen | null => {
  try {
    const read: unknown = JSON.parse(text);
    return isSeen(read) ? read : null;
  } catch {
    return null;
  }
};

/** What of the record stands against an edit: events, with what they wrote. */
export const eventsShown = (events: NonNullable<Problem['events']>, known: Known): Html =>
  html`<ul class="ds-list">${events.map(
    ({ revision, type, keys }) =>
      html`<li>Revision ${revision}: ${typeInWords(type)}${keys.map((key) => {
        const [, id = key, part] = key.split(':');
        return html`, ${known.thing(id)}${part && ` (${inWords(part)})`}`;
      })}</li>`,
  )}</ul>`;

/** What happened to the edit since the page was made whose form came too late. */
export const meanwhileShown = (review: Review): Html | null => {
  const { attempt, edit, at, known } = review;
  if (attempt === null || ![409, 412].includes(attempt.problem.status)) return null;
  const seen = seenIn(attempt.form.text('seen'));
  const now = seenOf(edit);
  const { events = [] } = attempt.problem;
  const told: Html[] = [];
  if (seen !== null) {
    if (seen.state !== now.state) told.push(html`<li>It was ${inWords(seen.state)}, and is ${inWords(now.state)}.</li>`);
    if (seen.version < now.version)
      told.push(html`<li>There is a new version, ${now.version}: ${versionsDifference(review, seen.version, now.version)}</li>`);
    for (const vote of edit.votes.slice(seen.votes))
      told.push(html`<li>${safeText(vote.by)} ${voteInWords(vote)}${vote.reason !== null && html`: ${safeText(vote.reason)}`}</li>`);
    if (seen.takenBack < now.takenBack) told.push(html`<li>A vote was taken back.</li>`);
    for (const { by, text } of edit.comments.items.slice(seen.comments))
      told.push(html`<li>${safeText(by)} commented${text !== null && html`: ${safeText(text)}`}</li>`);
    for (const act of edit.acts.slice(seen.acts))
      told.push(
        html`<li>${safeText(act.by)}: ${actInWords(act, at.subject)}${act.reason !== null && html`: ${safeText(act.reason)}`}</li>`,
      );
  }
  return notice(
    html`<h2 class="ds-heading" data-size="xs">What happened meanwhile</h2><p>Nothing was decided. What you wrote is still in its field below.</p>${told.length > 0 ? html`<ul class="ds-list">${told}</ul>` : html`<p>Nothing of the edit itself changed.</p>`}${
      events.length > 0 && html`<p>The record changed in what the edit rests on:</p>${eventsShown(events, known)}`
    }`,
    'warning',
  );
};
