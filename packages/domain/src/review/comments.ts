import { accept, type Result, refuse, refuseFor } from '../values/errors.ts';
import { derivedId } from '../values/ids.ts';
import { type Asked, onEdit, stale } from './decide.ts';
import { editTag, isOpenEdit, type Review } from './edit.ts';
import type { NewReviewEvent } from './events.ts';

/** Comments on edits. They change no version, vote or state, so the edit's ETag stays; what they stop is an approval that passes over them. */

export type CommentEdit = Asked & {
  edit: number;
  /** The tag of what was read; null where none was sent. */
  ifMatch: string | null;
  text: string;
  /** The index of the change that it is on; null: on the whole version. */
  change: number | null;
  inReplyTo: string | null;
};
type ResolveComment = Asked & { edit: number; comment: string };

/** All comments are shown with the edit, and are written anew with each. */
const mostComments = 200;

/** Decides that the current version of an open edit is commented on. */
export const commentEdit = <C>(state: Review<C>, command: CommentEdit): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { ifMatch, text, change, inReplyTo } = command;
    if (ifMatch !== null && ifMatch !== editTag(state, edit.edit)) return stale();
    if (!isOpenEdit(edit)) return refuse('EditState', `This edit is ${edit.state}: what would be said of it now, nobody has to answer.`);
    if (edit.comments.length >= mostComments) return refuse('EditState', `This edit has ${mostComments} comments and takes no more.`);
    const changes = edit.versions.at(-1)?.changes.length ?? 0;
    if (change !== null && change >= changes) {
      const message = `must be from 0 to ${changes - 1}: the current version has ${changes} changes`;
      return refuseFor([{ code: 'InvalidChange', pointer: '/change', message }]);
    }
    if (inReplyTo !== null && !edit.comments.some(({ id }) => id === inReplyTo))
      return refuseFor([{ code: 'InvalidChange', pointer: '/inReplyTo', message: 'must be the id of a comment on this edit' }]);
    const comment = derivedId('comment', command.command, 'comment');
    const data = { version: edit.versions.length, comment, change, inReplyTo, text };
    return accept([{ type: 'EditCommented', edit: edit.edit, data }]);
  });

/** Decides that a comment is answered for, by who wrote it or the author of the edit. */
export const resolveComment = <C>(state: Review<C>, command: ResolveComment): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, comment } = command;
    const found = edit.comments.find(({ id }) => id === comment);
    if (!found) return refuse('NotFound', 'There is no such comment on this edit.');
    if (actor !== found.by && actor !== edit.author)
      return refuse('NotAuthor', 'Only who wrote a comment, or the author of the edit, can resolve it.');
    if (found.inReplyTo !== null) return refuse('RecordState', 'This is a reply, which is never open: resolve what it replies to.');
    if (found.resolved) return refuse('RecordState', 'This comment is resolved already.');
    return accept([{ type: 'EditCommentResolved', edit: edit.edit, data: { comment } }]);
  });
