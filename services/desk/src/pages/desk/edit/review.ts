import type { Problem } from '../../../answers.ts';
import { hidden } from '../../../forms.ts';
import { type Html, html } from '../../../html.ts';
import type { Asked, Form } from '../../../page.ts';
import { editHref } from '../../../parts/events.ts';
import { nothingWrong, type Wrong, wrongOf } from '../../../parts/form.ts';
import type { Edit, EditAt, Preview } from './at.ts';
import type { Known } from './known.ts';

/** A form that was refused: what was written in it, and why. */
export type Attempt = { form: Form; problem: Problem };

/** An edit before whoever reviews it. */
export type Review = { asked: Asked; at: EditAt; edit: Edit; preview: Preview; known: Known; attempt: Attempt | null };

/** What a form has seen of its edit, so that one that comes too late can be told what happened meanwhile. */
export type Seen = { version: number; state: string; votes: number; takenBack: number; comments: number; acts: number };

export const seenOf = ({ version, state, votes, comments, acts }: Edit): Seen => ({
  version,
  state,
  votes: votes.length,
  takenBack: votes.filter(({ withdrawn }) => withdrawn !== null).length,
  comments: comments.items.length,
  acts: acts.length,
});

/** The attempt, if it was by the form of this prefix. */
const attemptBy = ({ attempt }: Review, prefix: string): Attempt | null => (attempt?.form.text('form') === prefix ? attempt : null);

/** What was written in a field of a form that was refused; empty otherwise. */
export const written = (review: Review, prefix: string, name: string): string =>
  attemptBy(review, prefix)?.form.text(`${prefix}-${name}`) ?? '';

/** What is wrong with a form, by its fields. A field is named by its form's prefix and the member of the request that it becomes. */
export const wrongIn = (review: Review, prefix: string): Wrong => {
  const attempt = attemptBy(review, prefix);
  if (attempt === null) return nothingWrong;
  if (attempt.problem.type.endsWith('comments-open'))
    return new Map([[`${prefix}-despiteComments`, 'Comments are open. Have them resolved, or say here why you approve nevertheless.']]);
  return wrongOf(attempt.problem, (pointer) => {
    const [, member = ''] = pointer.split('/');
    return member === '' || member === 'header' ? null : `${prefix}-${member}`;
  });
};

/** A form that does something with the edit. An attempt whose outcome nobody knows keeps its key, so that it counts once. */
export const actForm = (review: Review, act: string, prefix: string, inside: Html): Html => {
  const { asked, at, edit } = review;
  const attempt = attemptBy(review, prefix);
  const key = attempt !== null && attempt.problem.status >= 500 ? attempt.form.text('idempotencyKey') : asked.newKey();
  return asked.sends(
    `${editHref(at.subject, at.edit)}/${act}`,
    html`${hidden('form', prefix)}${hidden('etag', edit.etag)}${hidden('seen', JSON.stringify(seenOf(edit)))}${hidden('idempotencyKey', key)}${inside}`,
  );
};

const open = new Set(['submitted', 'changes_requested']);
export const isOpen = ({ state }: Edit): boolean => open.has(state);

/** Which forms are shown to whom. The API decides what they may do; this only leaves out what it always refuses. */
export const standOf = ({ asked: { me }, edit }: Review) => {
  const subject = me?.subject ?? '';
  return {
    isReviewer: me?.role === 'reviewer',
    submits: me?.role === 'reviewer' || me?.role === 'contributor',
    isAuthor: edit.author === subject,
    wrote: edit.versions.some(({ by }) => by === subject),
    vote: edit.votes.find(({ by, lapsed }) => by === subject && !lapsed) ?? null,
  };
};
