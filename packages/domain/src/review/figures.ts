import { countingVotes, type EditOf, type EditVersionOf, type Review, type Vote } from './edit.ts';
import type { ReviewEvent } from './events.ts';

/** A vote with the kinds of change that its version holds. */
export type VoteCast = Vote & { kinds: string[] };
/** A version of an edit that waits to be decided. */
export type Waiting = { edit: number; version: number; submittedAt: string; kinds: string[] };

/**
 * What an event of the review adds to the figures of the review. A version waits from its submission until the next one, or until the edit is closed. A vote is
 * *overturned* where its reviewer takes it back, where it approved of a version that was then rejected or sent back, or where it rejected an edit that is reopened. An approval is *reverted* once an edit
 * was applied that undoes what it applied.
 */
export type Figures = {
  begun?: Waiting | undefined;
  ended?: Waiting | undefined;
  cast?: VoteCast | undefined;
  overturned?: VoteCast[];
  reverted?: VoteCast[];
};

type Change = { kind: string };
const kindsOf = (version: EditVersionOf<Change> | undefined): string[] => [...new Set(version?.changes.map(({ kind }) => kind))].sort();

const waiting = (edit: EditOf<Change>, number: number): Waiting | undefined => {
  const version = edit.versions[number - 1];
  return version && { edit: edit.edit, version: number, submittedAt: version.submittedAt, kinds: kindsOf(version) };
};
const withKinds = (edit: EditOf<Change>, vote: Vote): VoteCast => ({ ...vote, kinds: kindsOf(edit.versions[vote.version - 1]) });

/** Whether the vote stood until that revision. */
const stood = ({ votes }: EditOf<unknown>, vote: Vote, until: number): boolean => {
  const isBetween = ({ revision }: { revision: number }) => vote.revision < revision && revision < until;
  if (vote.revision >= until || (vote.withdrawn !== null && isBetween(vote.withdrawn))) return false;
  return (
    vote.decision !== 'approve' ||
    !votes.some((other) => other.decision !== 'approve' && other.version === vote.version && isBetween(other))
  );
};

/** The approvals of a version that a decision against it overturns. */
const approvalsOf = (edit: EditOf<Change>, version: number, until: number): VoteCast[] =>
  edit.votes
    .filter((vote) => vote.version === version && vote.decision === 'approve' && stood(edit, vote, until))
    .map((vote) => withKinds(edit, vote));

/** The approvals by which an edit was applied, unless another edit undid it before that revision. */
const appliedBy = (edits: ReadonlyMap<number, EditOf<Change>>, undone: number, until: number): VoteCast[] => {
  const edit = edits.get(undone);
  const isUndone = [...edits.values()].some(
    ({ reverts, appliedRevision }) => reverts === undone && appliedRevision !== null && appliedRevision < until,
  );
  if (edit === undefined || isUndone) return [];
  return [...countingVotes(edit).values()].filter(({ decision }) => decision === 'approve').map((vote) => withKinds(edit, vote));
};

/** `edits` are those of the event's stream, folded at least to its append; what came later changes nothing. */
export const figuresOf = ({ edits }: Pick<Review<Change>, 'edits'>, event: ReviewEvent<unknown>): Figures => {
  const edit = event.edit === null ? undefined : edits.get(event.edit);
  if (edit === undefined) return {};
  const cast = (): VoteCast | undefined =>
    edit.votes.filter(({ revision }) => revision === event.revision).map((vote) => withKinds(edit, vote))[0];
  switch (event.type) {
    case 'EditSubmitted':
      return { begun: waiting(edit, 1) };
    case 'EditRevised':
    case 'EditSplit':
      return { begun: waiting(edit, event.data.version), ended: waiting(edit, event.data.version - 1) };
    case 'EditClosed':
      return { ended: waiting(edit, event.data.version) };
    case 'EditApproved':
      return { cast: cast() };
    case 'EditRejected':
      return { cast: cast(), ended: waiting(edit, event.data.version), overturned: approvalsOf(edit, event.data.version, event.revision) };
    case 'EditChangesRequested':
      return { cast: cast(), overturned: approvalsOf(edit, event.data.version, event.revision) };
    case 'EditVoteWithdrawn':
      return {
        overturned: edit.votes
          .filter((vote) => vote.withdrawn?.revision === event.revision && stood(edit, vote, event.revision))
          .map((vote) => withKinds(edit, vote)),
      };
    case 'EditWithdrawn':
      return { ended: waiting(edit, event.data.version) };
    case 'EditApplied':
      return {
        ended: waiting(edit, event.data.version),
        reverted: edit.reverts === null ? [] : appliedBy(edits, edit.reverts, event.revision),
      };
    case 'EditReopened':
      return {
        begun: waiting(edit, event.data.version),
        overturned: edit.votes
          .filter((vote) => vote.version === event.data.version - 1 && vote.decision === 'reject')
          .map((vote) => withKinds(edit, vote)),
      };
    case 'EditHandedOver':
    case 'EditOvertaken':
    case 'EditCommented':
    case 'EditCommentResolved':
    case 'ReviewLeaseBroken':
      return {};
    default:
      return event satisfies never;
  }
};
