import { type Edit, editTag, type Incident, type NewEvent } from '@averment/domain';
import { seenEdit } from './access.ts';
import { type CommandResult, refused } from './errors.ts';
import type { Done, Execute } from './execute.ts';
import type { Folds } from './folds.ts';
import type { Caller, Identity } from './identity.ts';

/** What all commands on an edit share. */

export type EditRef = { incident: string; edit: number };
/** The tags of an `If-Match` header, with their quotes; null where none was sent. */
export type IfMatch = '*' | readonly string[] | null;
/** The edit as a command left it. */
export type Outcome = { incidentId: string; edit: number; state: Edit['state']; version: number; etag: string; position: string };

export type EditTools = {
  execute: Execute;
  identify: (caller: Caller) => Identity;
  incidents: Folds<Incident>;
};

/** What a command on an edit is decided on: the edit and its incident as they are now, and who asks by which command. */
export type Seen = { state: Incident; found: Edit; identity: Identity; asked: { command: string; actor: string; edit: number } };

/** Runs a command on an edit that the caller may see. */
export const createOnEdit =
  ({ execute, identify, incidents }: EditTools) =>
  <T>(
    caller: Caller,
    { incident, edit }: EditRef,
    decide: (seen: Seen) => Promise<CommandResult<readonly NewEvent[]>>,
    answer: (state: Incident, done: Done) => Promise<T>,
  ): Promise<CommandResult<T>> => {
    const identity = identify(caller);
    const asked = { command: identity.command, actor: caller.subject, edit };
    return execute(incidents, caller, identity, {
      stream: incident,
      decide: async ({ state }) => {
        const seen = seenEdit(state, edit, caller);
        return seen.ok ? decide({ state, found: seen.value, identity, asked }) : seen;
      },
      answer,
    });
  };

/** The edit as the command left it. */
export const outcomeOf = (state: Incident, incident: string, { edit: number, position }: Done): { edit: Edit; outcome: Outcome } => {
  const edit = state.edits.get(number ?? 0);
  if (!edit) throw new RangeError(`${incident} has no edit ${number}`);
  const etag = editTag(state, edit.edit);
  return {
    edit,
    outcome: { incidentId: incident, edit: edit.edit, state: edit.state, version: edit.versions.length, etag, position: String(position) },
  };
};

/** The one tag that was sent. `*` and lists name no version: a client that sends them need not have read what the decision would bind to. */
export const onlyTag = (ifMatch: IfMatch): string | null => (Array.isArray(ifMatch) && ifMatch.length === 1 ? ifMatch[0] : null);

/** If no version is named, nothing is stale: the precondition is missing. */
export const orMissing = (result: CommandResult<NewEvent[]>, tag: string | null): CommandResult<NewEvent[]> =>
  !result.ok && result.error.code === 'EtagMismatch' && tag === null
    ? refused('PreconditionRequired', "Send the edit's ETag as If-Match, one and not `*`, so that this binds to the version that you read.")
    : result;
