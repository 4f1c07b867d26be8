import type { PersonOf } from '../people/people.ts';
import type { Tally } from '../policy/tally.ts';
import type { Recused } from '../recusal/recusal.ts';
import type { SourceQuotes } from '../rules/share.ts';
import { accept, type DomainError, type Result, refuse, refuseFor } from '../values/errors.ts';
import {
  approvers,
  countingVotes,
  type EditOf,
  type EditVersionOf,
  editTag,
  hasContributed,
  isOpenEdit,
  type Overtaken,
  openComments,
  type Review,
  type Vote,
  type Written,
  waitingFor,
} from './edit.ts';
import type { NewReviewEvent } from './events.ts';

/**
 * Decisions on edits. Each is a pure function of the stream's state and the command, and reads no text; a command whose events are in the state already
 * yields nothing. What the changes are, and what they change, is told by those who ask (`Rules`).
 */

export type Refusal = { ok: false; error: DomainError };

/** What the review has to be told of the changes that it reviews. `E`: the record events that they become. */
export type Rules<C, E> = {
  /** Why the changes may not go in on the record as it is now; null where nothing stands against them. */
  refuseChanges(changes: readonly C[], baseRevision: number | null): Refusal | null;
  /** How many approvals this version needs as things are now, under which version of the policy. */
  needed(version: EditVersionOf<C>): { needed: number; policy: number };
  /** What approval appends after its vote. */
  application(edit: number, version: Approved<C>): (NewReviewEvent<C> | E)[];
};

/** The command's id, by which a repeat finds itself and from which the ids of its events derive, and the subject who asks. */
export type Asked = { command: string; actor: string };
/** A version as it is submitted. */
type Proposed<C> = {
  rationale: string;
  changes: C[];
  refs: Record<string, string>;
  quotes: SourceQuotes[];
  machine?: boolean;
  tally?: Tally | null;
};
/** A version with its texts, which an approval copies into the record. */
export type Approved<C> = Pick<EditVersionOf<C>, 'version' | 'changes' | 'quotes'>;

export type SubmitEdit<C> = Asked & Proposed<C> & { baseRevision: number | null; reverts?: number | null };
export type ReviseEdit<C> = Omit<SubmitEdit<C>, 'reverts'> & { edit: number; ifMatch: string };
/**
 * Asked by somebody whom four eyes are about. `personOf`: who subjects are now, of whom the edit may know more than one; `recused`: which of them do not decide
 * on this.
 */
export type AskedBy = Asked & { personOf: PersonOf; recused: Recused };
export type DecideEdit<C> = AskedBy & {
  edit: number;
  ifMatch: string;
  decision: Vote['decision'];
  reason: string | null;
  /** Why it is approved although comments are open. */
  despiteComments: string | null;
  /** The edit's current version with its texts; null if one of them is erased. */
  version: Approved<C> | null;
};
type WithdrawVote = Asked & { edit: number; ifMatch: string; reason: string | null };
type WithdrawEdit = Asked & { edit: number; ifMatch: string | null; reason: string | null };
type BreakLease = AskedBy & { edit: number; holder: string; reason: string };

/** Decides on an edit that there is, unless the command's events are in the state already. */
export const onEdit = <C, T>(
  state: Review<C>,
  { command, edit }: { command: string; edit: number },
  decide: (edit: EditOf<C>) => Result<T[]>,
): Result<T[]> => {
  if (state.commands.has(command)) return accept([]);
  const found = state.edits.get(edit);
  return found ? decide(found) : refuse('NotFound', 'There is no such edit.');
};

export const isRecused = () => refuse('Recused', 'You are recused from what this edit is about, so another reviewer has to look at it.');

export const stale = () =>
  refuse(
    'EtagMismatch',
    'The edit has changed since you read it. Read it again, and send its new ETag as If-Match if you still want this.',
  );
export const closed = ({ state }: EditOf<unknown>) =>
  state === 'changes_requested'
    ? refuse('EditState', 'Changes were requested of this edit: it can be decided once its author has revised it.')
    : refuse('EditState', `This edit is ${state}, which is final. Submit a new one.`);

/** Why an edit takes nothing that would change or decide it; null while it is open and waits for no proposal. */
export const refuseClosed = (edit: EditOf<unknown>): Refusal | null => {
  if (!isOpenEdit(edit)) return closed(edit);
  const { waitsFor } = edit;
  if (waitsFor === null) return null;
  return refuse('EditState', `This edit waits for edit ${waitsFor}, the proposal that it was split from: first that has to be applied.`);
};

/** Decides that an edit is submitted. */
export const submitEdit = <C>(
  state: Review<C>,
  { command, changes, rationale, refs, quotes, baseRevision, machine = false, tally = null, reverts = null }: SubmitEdit<C>,
  { refuseChanges }: Pick<Rules<C, never>, 'refuseChanges'>,
): Result<NewReviewEvent<C>[]> => {
  if (state.commands.has(command)) return accept([]);
  const refusal = refuseChanges(changes, baseRevision);
  const edit = state.edits.size + 1;
  return (
    refusal ?? accept([{ type: 'EditSubmitted', edit, data: { baseRevision, rationale, refs, changes, quotes, machine, tally, reverts } }])
  );
};

/** All versions of an edit are shown together, and are written anew with each change. */
export const mostVersions = 50;

export const tooManyVersions = () =>
  refuse('EditState', `This edit has ${mostVersions} versions and takes no more. Withdraw it, and submit a new one.`);

/** Decides that an edit gets a new version. */
export const reviseEdit = <C>(
  state: Review<C>,
  command: ReviseEdit<C>,
  { refuseChanges }: Pick<Rules<C, never>, 'refuseChanges'>,
): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, changes, rationale, refs, quotes, baseRevision, machine = false, tally = null } = command;
    if (actor !== edit.author) return refuse('NotAuthor', 'Only its author can revise an edit. Submit one of your own.');
    if (command.ifMatch !== editTag(state, edit.edit)) return stale();
    const isClosed = refuseClosed(edit);
    if (isClosed) return isClosed;
    if (edit.versions.length >= mostVersions) return tooManyVersions();
    const refusal = refuseChanges(changes, baseRevision);
    if (refusal) return refusal;
    const version = edit.versions.length + 1;
    return accept([
      { type: 'EditRevised', edit: edit.edit, data: { version, baseRevision, rationale, refs, changes, quotes, machine, tally } },
    ]);
  });

/** What a version that was submitted says. */
export type Submitted<C> = Omit<Proposed<C>, 'quotes' | 'machine' | 'tally'> & {
  quotes: SourceQuotes[] | null;
  machine: boolean;
  tally: Tally | null;
};
export type RebaseEdit<C> = Asked & {
  edit: number;
  ifMatch: string;
  /** What its current version says, with its texts. */
  submitted: Submitted<C> | null;
};
/** `base`: the revision of the record as it is; `conflicts`: what was written since the edit's own base that it rests on. */
export type Rebasing<C> = Pick<Rules<C, never>, 'refuseChanges'> & { base: number | null; conflicts: readonly Written[] };

/** A version that says the same of the record as it is now. */
export const versionOnRecord = <C>(
  { erased }: Review<C>,
  { versions }: EditOf<C>,
  submitted: Submitted<C> | null,
  { refuseChanges, base, conflicts }: Rebasing<C>,
): Refusal | { ok: true; value: Submitted<C> & { version: number; baseRevision: number | null } } => {
  if (conflicts.length > 0)
    return refuse('EditOutdated', 'The record has changed in what this edit rests on. Look at the events named, and revise it.', {
      events: [...conflicts],
    });
  if (versions.length >= mostVersions) return tooManyVersions();
  if (submitted === null || erased.has(versions.at(-1)?.revision ?? -1)) return textErased();
  const refusal = refuseChanges(submitted.changes, base);
  return refusal ?? accept({ version: versions.length + 1, baseRevision: base, ...submitted });
};

/** Decides that an edit gets a version that says the same of the record as it is now. */
export const rebaseEdit = <C>(state: Review<C>, command: RebaseEdit<C>, rebasing: Rebasing<C>): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, ifMatch, submitted } = command;
    const current = edit.versions.at(-1);
    if (actor !== edit.author) return refuse('NotAuthor', 'Only its author can rebase an edit. Submit one of your own.');
    if (ifMatch !== editTag(state, edit.edit)) return stale();
    const isClosed = refuseClosed(edit);
    if (isClosed) return isClosed;
    if (rebasing.conflicts.length === 0 && current?.baseRevision === rebasing.base && current.overtaken === null)
      return refuse('EditState', 'This edit is based on the record as it is: there is nothing to rebase.');
    const version = versionOnRecord(state, edit, submitted, rebasing);
    return version.ok ? accept([{ type: 'EditRevised', edit: edit.edit, data: version.value }]) : version;
  });

type Cast = { reason: string | null; needed: number; policy: number };

export const textErased = () => refuse('TextErased', 'A text of this edit was erased: it can only be revised, rejected or withdrawn.');

/** Why this version of an open edit would not be approved as things are. */
export const refuseApproval = <C>(
  { erased }: Pick<Review<C>, 'erased'>,
  { revision, changes, baseRevision, overtaken }: EditVersionOf<C>,
  refuseChanges: Rules<C, never>['refuseChanges'],
): Refusal | null => {
  if (erased.has(revision)) return textErased();
  return overtaken ? refuseOvertaken(overtaken) : refuseChanges(changes, baseRevision);
};

const refuseOvertaken = ({ source, revision }: Overtaken) => {
  const what = revision === null ? `${source} was withdrawn` : `${source} has a text of revision ${revision}`;
  return refuse(
    'EditOutdated',
    `${what} since this edit was submitted, which cites it. Its author can revise it, or send it again as it is.`,
  );
};

const commentsOpen = (open: number) =>
  refuse(
    'CommentsOpen',
    `${open === 1 ? 'A comment on this edit is' : `${open} comments on this edit are`} open. Its author or who wrote it can resolve it; or say in despiteComments why you approve nevertheless.`,
  );

const approve = <C, E>(
  state: Review<C>,
  edit: EditOf<C>,
  current: EditVersionOf<C>,
  { actor, personOf, recused, version, despiteComments }: DecideEdit<C>,
  cast: Cast,
  { refuseChanges, application }: Rules<C, E>,
): Result<(NewReviewEvent<C> | E)[]> => {
  if (version === null) return textErased();
  if (version.version !== current.version) return stale();
  const refusal = refuseApproval(state, current, refuseChanges);
  if (refusal) return refusal;
  if (despiteComments === null && openComments(edit).length > 0) return commentsOpen(openComments(edit).length);
  const given = approvers(edit, personOf, recused).add(personOf(actor));
  const approved: NewReviewEvent<C> = {
    type: 'EditApproved',
    edit: edit.edit,
    data: { version: version.version, ...cast, despiteComments },
  };
  return accept(given.size >= cast.needed ? [approved, ...application(edit.edit, version)] : [approved]);
};

/** What waits for an edit is closed with it. */
const closedWith = <C>(state: Review<C>, { edit: number }: EditOf<C>, as: 'rejected' | 'withdrawn'): NewReviewEvent<C>[] =>
  waitingFor(state, number)
    .filter(isOpenEdit)
    .map(({ edit, versions }) => ({ type: 'EditClosed', edit, data: { version: versions.length, with: number, state: as } }));

const decisionEvent = { reject: 'EditRejected', request_changes: 'EditChangesRequested' } as const;

/** Decides what a reviewer's vote does. The approval that is the last one needed brings the changes into the record in the same append. */
export const decideEdit = <C, E>(state: Review<C>, command: DecideEdit<C>, rules: Rules<C, E>): Result<(NewReviewEvent<C> | E)[]> =>
  onEdit<C, NewReviewEvent<C> | E>(state, command, (edit) => {
    const { actor, decision, reason, personOf, recused } = command;
    if (hasContributed(edit, actor, personOf))
      return refuse('SelfApproval', 'You contributed to this edit, so another reviewer has to decide it.');
    if (recused(actor)) return isRecused();
    if (command.ifMatch !== editTag(state, edit.edit)) return stale();
    const current = edit.versions.at(-1);
    if (edit.state !== 'submitted' || !current) return closed(edit);
    const waits = refuseClosed(edit);
    if (waits) return waits;
    if ([...countingVotes(edit).values()].some((vote) => vote.decision === decision && personOf(vote.by) === personOf(actor)))
      return refuse(
        'VoteRepeated',
        'You have cast this vote on this version before. Another reviewer has to decide, or you vote otherwise.',
      );
    const cast = { reason, ...rules.needed(current) };
    if (decision === 'approve') return approve(state, edit, current, command, cast, rules);
    if (decision === 'request_changes' && state.erased.has(current.revision)) return textErased();
    if (reason === null)
      return refuseFor([
        { code: 'InvalidChange', pointer: '/reason', message: 'must say why: its author and those after you need to know' },
      ]);
    const decided: NewReviewEvent<C> = { type: decisionEvent[decision], edit: edit.edit, data: { version: current.version, ...cast } };
    return accept(decision === 'reject' ? [decided, ...closedWith(state, edit, 'rejected')] : [decided]);
  });

/** Decides that a reviewer takes back the own vote, which has not decided the edit. Votes that decide are not taken back. */
export const withdrawVote = <C>(state: Review<C>, command: WithdrawVote): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, ifMatch, reason } = command;
    if (ifMatch !== editTag(state, edit.edit)) return stale();
    if (edit.state !== 'submitted')
      return refuse('EditState', `This edit is ${edit.state.replace('_', ' ')}: a vote is taken back only before the edit is decided.`);
    if (!countingVotes(edit).has(actor)) return refuse('NoVote', 'You have no vote on the current version of this edit.');
    return accept([{ type: 'EditVoteWithdrawn', edit: edit.edit, data: { version: edit.versions.length, reason } }]);
  });

/** Decides that an edit is withdrawn by its author. */
export const withdrawEdit = <C>(state: Review<C>, command: WithdrawEdit): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, ifMatch, reason } = command;
    if (actor !== edit.author) return refuse('NotAuthor', 'Only its author can withdraw an edit. Reject it instead.');
    if (ifMatch !== null && ifMatch !== editTag(state, edit.edit)) return stale();
    if (!isOpenEdit(edit)) return closed(edit);
    const withdrawn: NewReviewEvent<C> = { type: 'EditWithdrawn', edit: edit.edit, data: { version: edit.versions.length, reason } };
    return accept([withdrawn, ...closedWith(state, edit, 'withdrawn')]);
  });

/** Decides that another reviewer's lease of an edit is broken. */
export const breakLease = <C>(state: Review<C>, command: BreakLease): Result<NewReviewEvent<C>[]> =>
  onEdit(state, command, (edit) => {
    const { actor, holder, reason, personOf, recused } = command;
    if (hasContributed(edit, actor, personOf))
      return refuse('SelfApproval', 'You contributed to this edit, so its leases are not yours to break.');
    if (recused(actor)) return isRecused();
    if (holder === actor) return refuse('RecordState', 'This lease is your own: give it back instead.');
    if (edit.state !== 'submitted') return closed(edit);
    return accept([{ type: 'ReviewLeaseBroken', edit: edit.edit, data: { holder, reason } }]);
  });
