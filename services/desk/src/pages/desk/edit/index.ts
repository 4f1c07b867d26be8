import { Refused } from '../../../answers.ts';
import { type Html, html } from '../../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../../page.ts';
import { ago, duration, instant } from '../../../parts/dates.ts';
import { editHref } from '../../../parts/events.ts';
import { errorSummary } from '../../../parts/form.ts';
import { link, notice, tag } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { inWords } from '../../../vocabulary.ts';
import { keysDialog } from '../keys.ts';
import { nextForm } from '../next.ts';
import { acts, didInWords } from './acts.ts';
import { type Change, type EditAt, editAt, readEdit, readPreview, thingHref } from './at.ts';
import { changeShown, changeTitle } from './changes.ts';
import { commentsOn, commentsOnAll } from './comments.ts';
import { decideShown, leaseShown } from './decide.ts';
import { historyShown } from './history.ts';
import { knownOf } from './known.ts';
import { eventsShown, meanwhileShown } from './meanwhile.ts';
import { previewShown, stateFacts } from './preview.ts';
import { type Attempt, type Review, wrongIn } from './review.ts';

const colors: Readonly<Record<string, 'info' | 'success' | 'warning' | 'danger'>> = {
  submitted: 'info',
  changes_requested: 'warning',
  applied: 'success',
  rejected: 'danger',
};

const keys = [
  { key: 'a', does: 'choose', what: 'Approve: goes to the reason', at: '#f-decision-decision-0', thenAt: '#f-decision-reason' },
  { key: 'r', does: 'choose', what: 'Request changes: goes to the reason', at: '#f-decision-decision-1', thenAt: '#f-decision-reason' },
  { key: 'c', does: 'focus', what: 'Comment on the whole edit', at: '#f-comment-text' },
  { key: 'j', does: 'next', what: 'Next change' },
  { key: 'k', does: 'previous', what: 'Change before' },
  { key: 'n', does: 'press', what: 'Take the next edit', at: '#next' },
] as const;

/** What stands in the way, or has to be known first. */
const standing = ({ edit, preview, known, at }: Review): Html | null => {
  const related = [
    edit.reverts !== null && html`It undoes ${link(editHref(at.subject, edit.reverts), `edit ${edit.reverts}`)}. `,
    edit.splitFrom !== null && html`It was split from ${link(editHref(at.subject, edit.splitFrom), `edit ${edit.splitFrom}`)}. `,
    edit.splitInto.map((other) => html`Changes left it for ${link(editHref(at.subject, other), `edit ${other}`)}. `),
    edit.withdrawnReason !== null && html`Its author withdrew it: ${safeText(edit.withdrawnReason)}`,
  ];
  const outdated =
    edit.outdated !== null &&
    notice(
      html`<p><strong>It cannot be approved as it is.</strong> ${edit.outdated.detail}</p>${eventsShown(edit.outdated.events, known)}`,
      'warning',
    );
  const conflicts =
    edit.outdated === null &&
    preview.conflicts.length > 0 &&
    notice(html`<p>The record has changed in what it rests on:</p>${eventsShown(preview.conflicts, known)}`, 'warning');
  return html`${outdated}${conflicts}<p class="ds-paragraph">${related}</p>`;
};

const warningsOf = ({ preview }: Review) => ('warnings' in preview ? preview.warnings : []);

/** Which change a pointer into what was submitted means: an edit has `changes`, the proposal of an incident its `claims`. */
const changeAt = (pointer: string, changes: readonly Change[]): number | null => {
  const [, member, place = ''] = pointer.split('/');
  const number = Number.parseInt(place, 10);
  if (Number.isNaN(number)) return null;
  if (member === 'changes') return number;
  const claims = changes.flatMap(({ kind }, index) => (kind === 'add_claim' ? [index] : []));
  return member === 'claims' ? (claims[number] ?? null) : null;
};

const titleOf = ({ preview }: Review): string | null => {
  const { after, before } = preview;
  const thing = after ?? before;
  if (thing === null) return null;
  return 'name' in thing ? thing.name : thing.title;
};

const shown = (review: Review, did: string): Html => {
  const { asked, edit, at, known, attempt } = review;
  const now = new Date();
  const { changes = [], rationale = null } = edit.versions.at(-1) ?? {};
  const title = titleOf(review);
  const placed = warningsOf(review).map(({ pointer, message }) => ({ at: changeAt(pointer, changes), message }));
  const on = (index: number | null) => placed.filter(({ at }) => at === index).map(({ message }) => message);
  const elsewhere = on(null);
  const wrong = attempt === null ? null : errorSummary(wrongIn(review, attempt.form.text('form')));
  const said = didInWords[did];
  return html`${wrong}${meanwhileShown(review)}
${said !== undefined && attempt === null && html`<div class="ds-alert" data-color="success" role="status"><p>${said}</p></div>`}
<p class="ds-paragraph">${tag(inWords(edit.state), colors[edit.state])} on the ${edit.of.kind} ${link(thingHref(at.subject, null) ?? '', title === null ? at.subject : safeText(title))}</p>
<div class="actions bar">${asked.me?.role === 'reviewer' && nextForm(asked)}${link('#decide', 'To the decision')}${link('#comments', `Comments (${edit.comments.open} open)`)}${link('#history', 'History')}${keysDialog(keys)}</div>
${stateFacts(review, { due: html`${ago(edit.dueAt, now)} (${instant(edit.dueAt)})`, waiting: duration(edit.waitingSeconds) })}
${leaseShown(review)}${standing(review)}
<section aria-labelledby="why-title"><h2 class="ds-heading" data-size="md" id="why-title">Why</h2><p class="as-written">${rationale === null ? 'erased' : safeText(rationale)}</p></section>
<section aria-labelledby="changes-title"><h2 class="ds-heading" data-size="md" id="changes-title">${changes.length === 1 ? 'One change' : `${changes.length} changes`}</h2>
${elsewhere.length > 0 && notice(html`<ul class="ds-list">${elsewhere.map((message) => html`<li>${safeText(message)}</li>`)}</ul>`, 'warning')}
${changes.length > 1 && html`<ol class="ds-list">${changes.map((change, index) => html`<li><a class="ds-link" data-row href="#change-${index}">${changeTitle(change)}</a></li>`)}</ol>`}
${changes.map((change, index) => changeShown(change, index, known, { warnings: on(index), beneath: commentsOn(review, index) }))}</section>
${previewShown(review)}${commentsOnAll(review)}${decideShown(review)}${historyShown(review)}`;
};

const pageOf = async (asked: Asked, at: EditAt, attempt: Attempt | null): Promise<Page> => {
  const [edit, preview] = await Promise.all([readEdit(asked.api, at), readPreview(asked.api, at)]);
  const known = await knownOf(asked.api, edit, preview);
  const review: Review = { asked, at, edit, preview, known, attempt };
  const title = titleOf(review);
  return {
    title: `Edit ${at.edit}`,
    heading: html`<h1 class="ds-heading" data-size="lg">Edit ${at.edit}${title !== null && html` of ${safeText(title)}`}</h1>`,
    above: [
      { href: '/desk', text: 'Desk' },
      ...(asked.me?.role === 'contributor' ? [{ href: '/desk/me', text: 'My edits' }] : [{ href: '/desk/queue', text: 'Queue' }]),
    ],
    body: shown(review, asked.query.get('did') ?? ''),
    scripts: ['keys', 'wrong'],
    ...(attempt !== null && { status: attempt.problem.status }),
  };
};

/** An edit beside the record, and what is done with it. */
export const editPages: readonly PageSpec[] = [
  page({ path: '/desk/edits/:subject/:edit', signedIn: true, handle: async (asked) => pageOf(asked, editAt(asked.path), null) }),
  page({
    // Where a form that was refused is shown again, and whoever has to sign in meanwhile comes back to.
    path: '/desk/edits/:subject/:edit/:act',
    signedIn: true,
    handle: async ({ path }) => {
      const { subject, edit } = editAt(path);
      return { onward: editHref(subject, edit) };
    },
  }),
  page({
    method: 'POST',
    path: '/desk/edits/:subject/:edit/:act',
    signedIn: true,
    handle: async (asked) => {
      const { api, form, path } = asked;
      const at = editAt(path);
      const act = Object.hasOwn(acts, path.act ?? '') ? acts[path.act ?? ''] : undefined;
      if (act === undefined) throw Object.assign(new Error('An edit takes no such form.'), { statusCode: 404 });
      try {
        return { onward: await act({ api, at, form, field: (name) => form.text(`${form.text('form')}-${name}`) || null }) };
      } catch (error) {
        if (!(error instanceof Refused) || [401, 404].includes(error.status)) throw error;
        return pageOf(asked, at, { form, problem: error.problem });
      }
    },
  }),
];
