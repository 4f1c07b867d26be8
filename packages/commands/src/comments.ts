import { commentEdit, type NewEvent, resolveComment } from '@averment/domain';
import { createOnEdit, type EditRef, type EditTools, type IfMatch, onlyTag } from './edit.ts';
import type { CommandResult } from './errors.ts';
import type { Caller } from './identity.ts';

/** `position`: that of the event. */
export type Commented = { id: string; version: number; position: string };

type Said = { text: string; change: number | null; inReplyTo: string | null };

/** Comments on edits, by their authors and by reviewers. */
export const commentCommands = (tools: EditTools) => {
  const onEdit = createOnEdit(tools);
  return {
    /** Where `ifMatch` was sent, it has to be the tag of the edit as it is. Refusals: `NotFound`, those of the domain's `commentEdit`, `IdempotencyKeyReused`, `Busy`. */
    commentEdit: (
      caller: Caller,
      { ifMatch, text, change, inReplyTo, ...ref }: EditRef & Said & { ifMatch: IfMatch },
    ): Promise<CommandResult<Commented>> =>
      onEdit(
        caller,
        ref,
        async ({ state, asked }) => {
          const tag = ifMatch === null ? null : (onlyTag(ifMatch) ?? '');
          return commentEdit(state, { ...asked, ifMatch: tag, text, change, inReplyTo }) as CommandResult<NewEvent[]>;
        },
        async (state, { first, position }) => {
          const comment = state.edits.get(ref.edit)?.comments.find(({ revision }) => revision === first);
          if (!comment) throw new RangeError(`${ref.stream} has no comment at revision ${first}`);
          return { id: comment.id, version: comment.version, position: String(position) };
        },
      ),

    /** Refusals: `NotFound`, those of the domain's `resolveComment`, `IdempotencyKeyReused`, `Busy`. */
    resolveComment: (caller: Caller, { comment, ...ref }: EditRef & { comment: string }): Promise<CommandResult<Commented>> =>
      onEdit(
        caller,
        ref,
        async ({ state, asked }) => resolveComment(state, { ...asked, comment }) as CommandResult<NewEvent[]>,
        async (state, { position }) => {
          const found = state.edits.get(ref.edit)?.comments.find(({ id }) => id === comment);
          return { id: comment, version: found?.version ?? 0, position: String(position) };
        },
      ),
  };
};
