import { hidden } from '../../../forms.ts';
import { type Html, html } from '../../../html.ts';
import { instant } from '../../../parts/dates.ts';
import { submit, textArea } from '../../../parts/form.ts';
import { tag } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import type { Edit } from './at.ts';
import { actForm, isOpen, type Review, standOf, written, wrongIn } from './review.ts';

type Comment = Edit['comments']['items'][number];

const said = ({ by, at, text }: Comment): Html =>
  html`<p class="comment-by"><strong>${safeText(by)}</strong>, ${instant(at)}</p><p class="as-written">${text === null ? 'erased' : safeText(text)}</p>`;

const commentForm = (review: Review, prefix: string, label: string, further: Html): Html =>
  actForm(
    review,
    'comments',
    prefix,
    html`${further}${textArea({ name: `${prefix}-text`, label, required: true, rows: 3, value: written(review, prefix, 'text'), wrong: wrongIn(review, prefix) })}${submit(label, { variant: 'secondary' })}`,
  );

const conversation = (review: Review, comment: Comment): Html => {
  const { edit, asked, attempt } = review;
  const replies = edit.comments.items.filter(({ inReplyTo }) => inReplyTo === comment.id);
  const { isAuthor, isReviewer } = standOf(review);
  const mayResolve = comment.resolved === null && (isAuthor || comment.by === asked.me?.subject);
  const prefix = `answer-${comment.id}`;
  const where =
    comment.version === edit.version
      ? null
      : `on version ${comment.version}${comment.change === null ? '' : `, change ${comment.change + 1}`}`;
  return html`<li class="comment" id="${comment.id}">${said(comment)}
<p>${comment.resolved === null ? tag('open', 'warning') : html`${tag('resolved', 'success')} by ${safeText(comment.resolved.by)}, ${instant(comment.resolved.at)}`} ${where}</p>
${replies.length > 0 && html`<ul class="replies">${replies.map((reply) => html`<li class="comment">${said(reply)}</li>`)}</ul>`}
${
  comment.resolved === null &&
  isOpen(edit) &&
  html`<div class="actions">${mayResolve && actForm(review, 'resolve', `resolve-${comment.id}`, html`${hidden('comment', comment.id)}${submit('Resolve', { variant: 'secondary' })}`)}</div>
${(isAuthor || isReviewer) && html`<details class="ds-details"${attempt?.form.text('form') === prefix && html` open`}><summary>Answer</summary><div>${commentForm(review, prefix, 'Answer', hidden('inReplyTo', comment.id))}</div></details>`}`
}</li>`;
};

const list = (review: Review, items: readonly Comment[]): Html | null =>
  items.length === 0 ? null : html`<ul class="comments">${items.map((comment) => conversation(review, comment))}</ul>`;

const begins = ({ inReplyTo }: Comment): boolean => inReplyTo === null;
const mayComment = (review: Review): boolean => {
  const { isAuthor, isReviewer } = standOf(review);
  return isOpen(review.edit) && (isAuthor || isReviewer);
};

/** What was said on one change of the current version, and a form to say more. */
export const commentsOn = (review: Review, change: number): Html => {
  const { edit, attempt } = review;
  const prefix = `comment-${change}`;
  const here = edit.comments.items.filter((comment) => begins(comment) && comment.version === edit.version && comment.change === change);
  return html`${list(review, here)}${
    mayComment(review) &&
    html`<details class="ds-details"${attempt?.form.text('form') === prefix && html` open`}><summary>Comment on change ${change + 1}</summary><div>${commentForm(review, prefix, 'Comment on this change', hidden('change', String(change)))}</div></details>`
  }`;
};

/** What was said on the edit as a whole, and on its earlier versions. */
export const commentsOnAll = (review: Review): Html => {
  const { comments, version } = review.edit;
  const here = comments.items.filter((comment) => begins(comment) && (comment.version !== version || comment.change === null));
  return html`<section id="comments" aria-labelledby="comments-title"><h2 class="ds-heading" data-size="md" id="comments-title">Comments</h2>
<p class="ds-paragraph">${comments.total === 0 ? 'Nobody has commented.' : `${comments.open} open of ${comments.total}. Those on one change stand beneath it.`}</p>
${list(review, here)}${mayComment(review) && commentForm(review, 'comment', 'Comment on the whole edit', html``)}</section>`;
};
