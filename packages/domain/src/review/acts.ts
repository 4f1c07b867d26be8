import { accept, type Problem, type Result, refuse, refuseFor } from '../values/errors.ts';
import {
  type AskedBy,
  closed,
  isRecused,
  mostVersions,
  onEdit,
  type Rebasing,
  refuseClosed,
  type Submitted,
  stale,
  textErased,
  tooManyVersions,
  versionOnRecord,
} from './decide.ts';
import { contributors, editTag, hasContributed, isOpenEdit, type Review } from './edit.ts';
import type { NewReviewEvent } from './events.ts';

/** What reviewers do with an edit that is somebody else's, beside deciding it. None of it makes them contributors. */

export type HandOverEdit = AskedBy & { edit: number; ifMatch: string; to: string; reason: string };
/** `submitted`: what its last version says, with its texts; null where one is erased. */
export type ReopenEdit<C> = AskedBy & { edit: number; ifMatch: string; reason: string; submitted: Submitted<C> | null };

/** `changes`: the indexes of those that leave. `mayReview`: whether the actor is a reviewer. */
export type SplitEdit<C> = AskedBy & {
  edit: number;
  ifMatch: string;
  changes: readonly number[];
  reason: string;
  mayReview: boolean;
  submitted: Submitted<C> | null;
};
/** What the review has to be told of the changes that it divides. */
export type Splitting<C> = {
  /** The proposal that what leaves has to wait for; null where there is none. */
  waitsFor: number | null;
  /** What is wrong with dividing them so. Pointers lead into the list of the changes that leave. */
  problemsOf(leaving: readonly C[], staying: readonly C[]): Problem[];
  /** Of what was submitted, what these changes need. */
  partOf(submitted: Submitted<C>, changes: C[], others: readonly C[]): Submitted<C>;
};

/** Decides that an open edit is another subject's own from now on. */
export const handOverEdit = <C>(state: Review<C>, command: HandOverEdit): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, ifMatch, to, reason, personOf, recused } = command;
    if (recused(actor)) return isRecused();
    if (ifMatch !== editTag(state, edit.edit)) return stale();
    if (!isOpenEdit(edit)) return closed(edit);
    const wrong = (message: string) => refuseFor([{ code: 'InvalidChange', pointer: '/to', message }]);
    if (to === edit.author) return wrong('must be somebody else than its author');
    if (personOf(to) === personOf(actor)) return wrong('must be somebody else than you: who hands an edit over takes no part in it');
    return accept([{ type: 'EditHandedOver', edit: edit.edit, data: { version: edit.versions.length, to, reason } }]);
  });

/** Decides that a rejected edit is open again. */
export const reopenEdit = <C>(state: Review<C>, command: ReopenEdit<C>, rebasing: Rebasing<C>): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, ifMatch, reason, submitted, personOf, recused } = command;
    if (hasContributed(edit, actor, personOf))
      return refuse('SelfApproval', 'You contributed to this edit, so another reviewer has to reopen it.');
    const rejected = edit.votes.findLast(({ decision }) => decision === 'reject');
    if (rejected && personOf(rejected.by) === personOf(actor))
      return refuse('SelfApproval', 'You rejected this edit, so another reviewer has to reopen it.');
    if (recused(actor)) return isRecused();
    if (ifMatch !== editTag(state, edit.edit)) return stale();
    if (edit.state !== 'rejected')
      return refuse('EditState', `This edit is ${edit.state.replace('_', ' ')}: only one that was rejected can be reopened.`);
    const proposal = edit.waitsFor === null ? undefined : state.edits.get(edit.waitsFor);
    if (proposal && !isOpenEdit(proposal))
      return refuse('EditState', `This edit waits for edit ${proposal.edit}, the proposal that it was split from: reopen that one first.`);
    // Of the record there is nothing yet that it could rest on.
    const version = versionOnRecord(state, edit, submitted, proposal ? { refuseChanges: () => null, base: null, conflicts: [] } : rebasing);
    if (!version.ok) return version;
    const by = edit.versions.at(-1)?.by ?? edit.author;
    return accept([{ type: 'EditReopened', edit: edit.edit, data: { ...version.value, by, reason } }]);
  });

const wrongIndexes = (indexes: readonly number[], count: number): Problem[] => {
  const problems = indexes.flatMap((index, at): Problem[] => {
    const wrong = (message: string) => [{ code: 'InvalidChange', pointer: `/changes/${at}`, message } as const];
    if (index >= count) return wrong(`must be from 0 to ${count - 1}: the current version has ${count} changes`);
    return indexes.indexOf(index) < at ? wrong('stands twice') : [];
  });
  if (problems.length > 0 || indexes.length < count) return problems;
  return [{ code: 'InvalidChange', pointer: '/changes', message: 'must leave at least one change in the edit' }];
};

/** Decides that some changes of an open edit leave it, into another one of the same author and contributors. Votes lapse on both. */
export const splitEdit = <C>(
  state: Review<C>,
  command: SplitEdit<C>,
  { waitsFor, problemsOf, partOf }: Splitting<C>,
): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, ifMatch, changes: indexes, reason, mayReview, recused, submitted } = command;
    if (actor !== edit.author && !mayReview) return refuse('NotAuthor', 'Only its author and reviewers can split an edit.');
    if (actor !== edit.author && recused(actor)) return isRecused();
    if (ifMatch !== editTag(state, edit.edit)) return stale();
    const isClosed = refuseClosed(edit);
    if (isClosed) return isClosed;
    const current = edit.versions.at(-1);
    if (edit.versions.length >= mostVersions) return tooManyVersions();
    if (!current || submitted === null || state.erased.has(current.revision)) return textErased();
    const leaving = indexes.flatMap((index) => submitted.changes[index] ?? []);
    const staying = submitted.changes.filter((_, index) => !indexes.includes(index));
    const wrong = wrongIndexes(indexes, submitted.changes.length);
    const [problem, ...problems] = wrong.length > 0 ? wrong : problemsOf(leaving, staying);
    if (problem) return refuseFor([problem, ...problems]);
    const { author } = edit;
    const both = { author, contributors: [...contributors(edit)].sort(), by: current.by, reason, baseRevision: current.baseRevision };
    const other = state.edits.size + 1;
    const stays = { ...both, ...partOf(submitted, staying, leaving), splitFrom: null, splitInto: other, waitsFor: null };
    const leaves = { ...both, ...partOf(submitted, leaving, staying), splitFrom: edit.edit, splitInto: null, waitsFor };
    return accept([
      { type: 'EditSplit', edit: edit.edit, data: { version: edit.versions.length + 1, ...stays } },
      { type: 'EditSplit', edit: other, data: { version: 1, ...leaves } },
    ]);
  });
