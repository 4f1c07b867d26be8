import type { Envelope } from '../log/envelope.ts';
import {
  type Act,
  countingVotes,
  type EditOf,
  type EditState,
  type Overtaken,
  type Review,
  tagRevisions,
  type Vote,
  waitingFor,
} from './edit.ts';
import type { BringingType, ReviewEvent } from './events.ts';

/** The fold of the review. Total, like all folds: a text that was erased or not asked for is absent, never read. */

const addVersion = <C>(
  edit: EditOf<C>,
  event: ReviewEvent<C, BringingType>,
  version: number,
  by = event.actor,
  overtaken: Overtaken | null = null,
) => {
  const { baseRevision, rationale, changes, refs, quotes, machine, tally } = event.data;
  edit.versions.push({
    version,
    revision: event.revision,
    position: event.position,
    baseRevision,
    by,
    machine,
    tally,
    submittedAt: event.at,
    rationale: rationale ?? null,
    changes,
    quotes,
    overtaken,
  });
  edit.state = 'submitted';
  Object.assign(edit.refs, refs);
};

const stateAfter: Record<Vote['decision'], EditState> = { approve: 'submitted', reject: 'rejected', request_changes: 'changes_requested' };
const addVote = <C>(
  edit: EditOf<C>,
  event: ReviewEvent<C, 'EditApproved' | 'EditRejected' | 'EditChangesRequested'>,
  decision: Vote['decision'],
) => {
  const { version, reason, needed, policy } = event.data;
  const despiteComments = (event.type === 'EditApproved' && event.data.despiteComments) || null;
  const { actor: by, at, revision } = event;
  edit.votes.push({ decision, by, at, version, reason: reason ?? null, needed, policy, despiteComments, revision, withdrawn: null });
  edit.state = stateAfter[decision];
};

const withdrawVote = <C>(edit: EditOf<C>, { actor, at, data, revision }: ReviewEvent<C, 'EditVoteWithdrawn'>) => {
  const vote = countingVotes(edit).get(actor);
  if (vote) vote.withdrawn = { at, reason: data.reason ?? null, revision };
};

const addAct = <C>(
  edit: EditOf<C>,
  { actor: by, at, revision, data }: ReviewEvent<C, 'EditHandedOver' | 'EditReopened' | 'EditSplit'>,
  act: Act['act'],
  { to = null, other = null }: Partial<Pick<Act, 'to' | 'other'>> = {},
) => {
  const from = to === null ? null : edit.author;
  edit.acts.push({ act, by, at, version: data.version, from, to, other, reason: data.reason ?? null, revision });
};

/** `divided`: the edit that was, which stands before this one in the append where it is another. */
const split = <C>(edit: EditOf<C>, event: ReviewEvent<C, 'EditSplit'>, divided: EditOf<C> | undefined) => {
  const { version, by, contributors, splitInto, splitFrom } = event.data;
  const overtaken = divided?.versions.at(-1)?.overtaken ?? null;
  addVersion(edit, event, version, by, overtaken);
  edit.contributed = contributors;
  if (splitInto !== null) edit.splitInto.push(splitInto);
  addAct(edit, event, 'split', { other: splitInto ?? splitFrom });
};

const overtake = <C>(edit: EditOf<C>, { version, source, revision }: ReviewEvent<C, 'EditOvertaken'>['data']): boolean => {
  const current = edit.versions.at(-1);
  if (current?.version !== version) return false;
  current.overtaken = { source, revision };
  return true;
};

const addComment = <C>({ comments }: EditOf<C>, { actor: by, at, revision, data }: ReviewEvent<C, 'EditCommented'>) => {
  const { version, comment: id, change, inReplyTo, text } = data;
  comments.push({ id, by, at, version, change, inReplyTo, text: text ?? null, revision, resolved: null });
};

const resolve = <C>({ comments }: EditOf<C>, { actor: by, at, revision, data }: ReviewEvent<C, 'EditCommentResolved'>) => {
  const comment = comments.find(({ id }) => id === data.comment);
  if (comment) comment.resolved = { by, at, revision };
};

/** Folds an event of the review of an edit that there is. Answers whether it changed the edit's author, versions, votes or state. */
const evolveEdit = <C>(edit: EditOf<C>, event: ReviewEvent<C>, { edits }: Review<C>): boolean => {
  switch (event.type) {
    case 'EditSubmitted':
      addVersion(edit, event, 1);
      edit.reverts = event.data.reverts;
      return true;
    case 'EditRevised':
      addVersion(edit, event, event.data.version);
      return true;
    case 'EditHandedOver':
      addAct(edit, event, 'handed_over', { to: event.data.to });
      edit.author = event.data.to;
      return true;
    case 'EditReopened':
      addVersion(edit, event, event.data.version, event.data.by);
      addAct(edit, event, 'reopened');
      return true;
    case 'EditSplit':
      // What is divided is not cited anew.
      split(edit, event, edits.get(event.data.splitFrom ?? edit.edit));
      return true;
    case 'EditClosed':
      edit.state = event.data.state;
      return true;
    case 'EditApproved':
      addVote(edit, event, 'approve');
      return true;
    case 'EditRejected':
      addVote(edit, event, 'reject');
      return true;
    case 'EditChangesRequested':
      addVote(edit, event, 'request_changes');
      return true;
    case 'EditVoteWithdrawn':
      withdrawVote(edit, event);
      return true;
    case 'EditWithdrawn':
      edit.state = 'withdrawn';
      edit.withdrawnReason = event.data.reason ?? null;
      return true;
    case 'EditApplied':
      edit.state = 'applied';
      edit.appliedRevision = event.last;
      return true;
    case 'EditOvertaken':
      return overtake(edit, event.data);
    case 'EditCommented':
      addComment(edit, event);
      return false;
    case 'EditCommentResolved':
      resolve(edit, event);
      return false;
    case 'ReviewLeaseBroken':
      return false;
    default:
      return event satisfies never;
  }
};

/** A revision, and when it was decided: where a log was restored from a backup, another event comes to stand at the same revision. */
const placeOf = ({ revision, at }: Envelope): string => `${revision}-${Date.parse(at).toString(36)}`;

const newEdit = <C>(number: number, { command, actor }: Envelope): EditOf<C> => ({
  edit: number,
  command,
  author: actor,
  state: 'submitted',
  versions: [],
  refs: {},
  votes: [],
  comments: [],
  acts: [],
  changedAt: '',
  appliedRevision: null,
  withdrawnReason: null,
  reverts: null,
  contributed: [],
  splitFrom: null,
  splitInto: [],
  waitsFor: null,
});

/** Folds an event of the review into the state, in place. */
export const evolveReview = <C>(state: Review<C>, event: ReviewEvent<C>): void => {
  if (event.edit === null) return;
  if (event.type === 'EditSubmitted') state.edits.set(event.edit, newEdit(event.edit, event));
  if (event.type === 'EditSplit' && event.data.splitFrom !== null) state.edits.set(event.edit, splitOff(state, event));
  const edit = state.edits.get(event.edit);
  if (edit && evolveEdit(edit, event, state)) edit.changedAt = placeOf(event);
  if (event.type === 'EditApplied') waitNoMore(state, event);
};

/** The edit that what leaves another one makes. Refs take their ids from the same command, so that each keeps its own. */
const splitOff = <C>({ edits }: Review<C>, event: ReviewEvent<C, 'EditSplit'>): EditOf<C> => {
  const { splitFrom, waitsFor, author } = event.data;
  const { command, reverts } = edits.get(splitFrom ?? 0) ?? { command: event.command, reverts: null };
  return { ...newEdit<C>(event.edit ?? 0, event), command, reverts, author, splitFrom, waitsFor };
};

/** What waited for a proposal that is applied is of the record from then on. */
const waitNoMore = <C>(state: Review<C>, event: ReviewEvent<C, 'EditApplied'>): void => {
  for (const edit of waitingFor(state, event.edit ?? 0)) {
    edit.waitsFor = null;
    for (const version of edit.versions) version.baseRevision = event.last;
    edit.changedAt = placeOf(event);
  }
};

/** Notes which events lost a text. What reads of the edits serve has changed with it, so their ETags do. */
export const noteErased = (state: Review<unknown>, revisions: readonly number[], event: Envelope): void => {
  const erased = new Set(revisions);
  for (const revision of erased) state.erased.add(revision);
  for (const edit of state.edits.values()) {
    if (tagRevisions(edit).some((revision) => erased.has(revision))) edit.changedAt = placeOf(event);
  }
};
