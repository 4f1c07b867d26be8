import { type Aggregate, aggregateOf, type EditOf, editTag, type NewEvent, type PersonOf, type Review } from '@averment/domain';
import type { AnyReviewed, ReviewedOf } from './aggregates.ts';
import { type CommandResult, refused } from './errors.ts';
import type { Done, Execute } from './execute.ts';
import type { Caller, Identity } from './identity.ts';
import type { ReadPeople } from './people.ts';
import type { ReadRecused } from './recusals.ts';

/** What all commands on an edit share, whatever it is of. */

/** `stream`: the id of the incident, source or party. */
export type EditRef = { stream: string; edit: number };
/** The tags of an `If-Match` header, with their quotes; null where none was sent. */
export type IfMatch = '*' | readonly string[] | null;
/** The edit as a command left it. `incidentId` is null of a source's and a party's. */
export type Outcome = {
  of: { kind: Aggregate; id: string };
  incidentId: string | null;
  edit: number;
  state: EditOf<unknown>['state'];
  version: number;
  etag: string;
  position: string;
};

export type EditTools = {
  execute: Execute;
  identify: (caller: Caller) => Identity;
  reviewedOf: ReviewedOf;
  readPeople: ReadPeople;
  readRecused: ReadRecused;
};

/** What a command on an edit is decided on: the edit and its stream as they are now, and who asks by which command. */
export type Seen = {
  reviewed: AnyReviewed;
  state: Review<unknown>;
  found: EditOf<unknown>;
  identity: Identity;
  asked: { command: string; actor: string; edit: number; personOf: PersonOf };
};

/** Runs a command on an edit that the caller may see. */
export const createOnEdit =
  ({ execute, identify, reviewedOf, readPeople }: EditTools) =>
  <T>(
    caller: Caller,
    { stream, edit }: EditRef,
    decide: (seen: Seen) => Promise<CommandResult<readonly NewEvent[]>>,
    answer: (state: Review<unknown>, done: Done) => Promise<T>,
  ): Promise<CommandResult<T>> => {
    const reviewed = reviewedOf(stream);
    const identity = identify(caller);
    return execute(reviewed.folds, caller, identity, {
      stream,
      decide: async ({ state }) => {
        const seen = reviewed.seenEdit(state, edit, caller);
        if (!seen.ok) return seen;
        const asked = { command: identity.command, actor: caller.subject, edit, personOf: await readPeople() };
        return decide({ reviewed, state, found: seen.value, identity, asked });
      },
      answer,
    });
  };

/** What names the aggregate of an edit in answers. */
export const namesOf = (stream: string): Pick<Outcome, 'of' | 'incidentId'> => {
  const of = aggregateOf(stream);
  return { of, incidentId: of.kind === 'incident' ? stream : null };
};

/** The edit as the command left it. */
export const outcomeOf = (
  state: Review<unknown>,
  stream: string,
  { edit: number, position }: Done,
): { edit: EditOf<unknown>; outcome: Outcome } => {
  const edit = state.edits.get(number ?? 0);
  if (!edit) throw new RangeError(`${stream} has no edit ${number}`);
  const etag = editTag(state, edit.edit);
  return {
    edit,
    outcome: {
      ...namesOf(stream),
      edit: edit.edit,
      state: edit.state,
      version: edit.versions.length,
      etag,
      position: String(position),
    },
  };
};

/** The one tag that was sent. `*` and lists name no version: a client that sends them need not have read what the decision would bind to. */
export const onlyTag = (ifMatch: IfMatch): string | null => (Array.isArray(ifMatch) && ifMatch.length === 1 ? ifMatch[0] : null);

/** If no version is named, nothing is stale: the precondition is missing. */
export const orMissing = (result: CommandResult<NewEvent[]>, tag: string | null): CommandResult<NewEvent[]> =>
  !result.ok && result.error.code === 'EtagMismatch' && tag === null
    ? refused('PreconditionRequired', "Send the edit's ETag as If-Match, one and not `*`, so that this binds to the version that you read.")
    : result;
