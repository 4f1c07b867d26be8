import { accept, type Result, refuse, refuseFor } from '../values/errors.ts';
import { type AskedBy, closed, isRecused, onEdit, type Rebasing, type Submitted, stale, versionOnRecord } from './decide.ts';
import { editTag, hasContributed, isOpenEdit, type Review } from './edit.ts';
import type { NewReviewEvent } from './events.ts';

/** What reviewers do with an edit that is somebody else's, beside deciding it. None of it makes them contributors. */

export type HandOverEdit = AskedBy & { edit: number; ifMatch: string; to: string; reason: string };
/** `submitted`: what its last version says, with its texts; null where one is erased. */
export type ReopenEdit<C> = AskedBy & { edit: number; ifMatch: string; reason: string; submitted: Submitted<C> | null };

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
    const version = versionOnRecord(state, edit, submitted, rebasing);
    if (!version.ok) return version;
    const by = edit.versions.at(-1)?.by ?? edit.author;
    return accept([{ type: 'EditReopened', edit: edit.edit, data: { ...version.value, by, reason } }]);
  });
