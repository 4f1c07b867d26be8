import { hidden } from '../../../forms.ts';
import { type Html, html } from '../../../html.ts';
import { instant } from '../../../parts/dates.ts';
import { choiceField, submit, textArea, textField } from '../../../parts/form.ts';
import { link } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { changeTitle } from './changes.ts';
import { voteInWords } from './history.ts';
import { actForm, isOpen, type Review, standOf, written, wrongIn } from './review.ts';

const choices = [
  { value: 'approve', text: 'Approve', help: 'It is right as it is. Once enough have said so, it is in the record.' },
  { value: 'request_changes', text: 'Request changes', help: 'Its author is told what is missing and can send another version.' },
  { value: 'reject', text: 'Reject', help: 'It does not enter the record.' },
];

const reason = (review: Review, prefix: string, label: string, required: boolean, help?: string): Html =>
  textArea({
    name: `${prefix}-reason`,
    label,
    required,
    rows: 3,
    value: written(review, prefix, 'reason'),
    wrong: wrongIn(review, prefix),
    ...(help !== undefined && { help }),
  });

const decision = (review: Review): Html => {
  const { edit } = review;
  const wrong = wrongIn(review, 'decision');
  return actForm(
    review,
    'decision',
    'decision',
    html`${choiceField({ name: 'decision-decision', label: 'Your decision', required: true, choices, values: [written(review, 'decision', 'decision')], wrong })}
${reason(review, 'decision', 'Why', false, 'For its author, and for the record.')}
${
  edit.comments.open > 0 &&
  textArea({
    name: 'decision-despiteComments',
    label: 'Why you approve although comments are open',
    rows: 2,
    value: written(review, 'decision', 'despiteComments'),
    wrong,
    help: 'Only an approval needs it. A comment can be resolved by who wrote it or by the author of the edit.',
  })
}${submit('Send the decision')}`,
  );
};

/** A form that is not always needed, behind its name. It is open where what was written in it was refused. */
const folded = (review: Review, title: string, act: string, prefix: string, inside: Html): Html =>
  html`<details class="ds-details"${review.attempt?.form.text('form') === prefix && html` open`}><summary>${title}</summary><div>${actForm(review, act, prefix, html`${inside}${submit(title, { variant: 'secondary' })}`)}</div></details>`;

/** Who is at work on an edit, and how to begin or end that. */
export const leaseShown = (review: Review): Html | null => {
  const { edit, asked } = review;
  if (!isOpen(edit)) return null;
  const { lease } = edit;
  const mine = lease?.holder === asked.me?.subject;
  return html`<div class="lease"><p class="ds-paragraph">${
    lease === null
      ? 'Nobody holds it.'
      : html`${mine ? 'You hold it' : html`<strong>${safeText(lease.holder)}</strong> holds it`} until ${instant(lease.until)}.`
  }</p>${
    standOf(review).isReviewer &&
    (lease === null
      ? actForm(review, 'lease', 'lease', submit('Hold it while you read', { variant: 'secondary' }))
      : mine
        ? html`<div class="actions">${actForm(review, 'lease', 'lease', submit('Hold it longer', { variant: 'secondary' }))}${actForm(review, 'give-back', 'give-back', submit('Give it back', { variant: 'secondary' }))}</div>`
        : folded(review, 'Take it over', 'lease', 'break', html`${hidden('break', 'true')}${reason(review, 'break', 'Why', true)}`))
  }</div>`;
};

const splitting = (review: Review): Html => {
  const { changes = [] } = review.edit.versions.at(-1) ?? {};
  const chosen = review.attempt?.form.all('split-changes') ?? [];
  return folded(
    review,
    'Split it',
    'split',
    'split',
    html`${choiceField({
      name: 'split-changes',
      label: 'Which changes leave for an edit of their own',
      several: true,
      values: chosen,
      choices: changes.map((change, index) => ({ value: String(index), text: `${index + 1}. ${changeTitle(change)}` })),
      wrong: wrongIn(review, 'split'),
    })}${reason(review, 'split', 'Why it is split', true)}`,
  );
};

const handover = (review: Review): Html =>
  folded(
    review,
    'Hand it to another author',
    'handover',
    'handover',
    html`${textField({ name: 'handover-to', label: 'Whose it is from now on', required: true, value: written(review, 'handover', 'to'), wrong: wrongIn(review, 'handover'), help: 'The name with which a contributor or a reviewer signs in.' })}${reason(review, 'handover', 'Why it is handed over', true)}`,
  );

/** All that may be done with the edit by who looks at it. */
export const decideShown = (review: Review): Html => {
  const { edit } = review;
  const { isReviewer, submits, isAuthor, wrote, vote } = standOf(review);
  const { changes = [] } = edit.versions.at(-1) ?? {};
  const open = isOpen(edit);
  const decides = isReviewer && !isAuthor && !wrote && edit.state === 'submitted' && vote === null;
  const forms: (Html | false)[] = [
    decides && decision(review),
    open &&
      vote !== null &&
      folded(review, 'Take your vote back', 'take-back', 'take-back', reason(review, 'take-back', 'Why you take it back', false)),
    open &&
      isAuthor &&
      html`<p class="ds-paragraph">${link(`/desk/contribute/edits/${edit.of.id}/${edit.edit}`, 'Write another version of it')}</p>`,
    open &&
      isAuthor &&
      folded(
        review,
        'Base it on the record as it is',
        'rebase',
        'rebase',
        html`<p>It becomes a new version that says the same. Approvals of earlier versions lapse.</p>`,
      ),
    open && changes.length > 1 && (isReviewer || isAuthor) && splitting(review),
    open && isAuthor && folded(review, 'Withdraw it', 'withdraw', 'withdraw', reason(review, 'withdraw', 'Why you withdraw it', false)),
    open && isReviewer && !isAuthor && handover(review),
    edit.state === 'rejected' &&
      isReviewer &&
      folded(review, 'Reopen it', 'reopen', 'reopen', reason(review, 'reopen', 'Why it is reopened', true)),
    edit.state === 'applied' &&
      submits &&
      edit.of.kind === 'incident' &&
      folded(
        review,
        'Undo it by a new edit',
        'revert',
        'revert',
        reason(review, 'revert', 'Why it is undone', true, 'In at least three words. Nothing is taken out of the history.'),
      ),
  ];
  const said = [
    isReviewer && open && wrote && 'You wrote a version of it, so others decide on it.',
    open && edit.waitsFor !== null && `It waits for edit ${edit.waitsFor}, from which it was split.`,
    vote !== null && `You ${voteInWords(vote)}.`,
    edit.state === 'changes_requested' && 'Changes were requested. It waits for its author.',
  ].filter((text) => text !== false);
  return html`<section id="decide" aria-labelledby="decide-title"><h2 class="ds-heading" data-size="md" id="decide-title">${decides ? 'Decide' : 'What can be done'}</h2>
${said.map((text) => html`<p class="ds-paragraph">${text}</p>`)}${forms.some(Boolean) ? forms : html`<p class="ds-paragraph">There is nothing for you to do here.</p>`}</section>`;
};
