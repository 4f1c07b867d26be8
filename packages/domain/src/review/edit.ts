import { initialStream, type StreamState } from '../log/stream.ts';
import type { PersonOf } from '../people/people.ts';
import type { Tally } from '../policy/tally.ts';
import type { Recused } from '../recusal/recusal.ts';
import type { SourceQuotes } from '../rules/share.ts';

/** The review of edits. It knows nothing of what the changes `C` of an edit are, or of what they change. */

export type EditState = 'submitted' | 'changes_requested' | 'applied' | 'rejected' | 'withdrawn';
export type EditVersionOf<C> = {
  version: number;
  /** Of the event that brought it, whose data approval copies. */
  revision: number;
  /** Of the same event, in the log. */
  position: bigint;
  baseRevision: number | null;
  by: string;
  /** Whether a program that acts by itself submitted it. */
  machine: boolean;
  /** What had become of edits of its author until then; null where that is not known. */
  tally: Tally | null;
  submittedAt: string;
  rationale: string | null;
  changes: C[];
  quotes: SourceQuotes[] | null;
  /** What became of a source that it cites since it was submitted; null while nothing did. */
  overtaken: Overtaken | null;
};
/** A source whose text has a later revision than an edit cites; null: it was withdrawn. */
export type Overtaken = { source: string; revision: number | null };
export type Vote = {
  decision: 'approve' | 'reject' | 'request_changes';
  by: string;
  at: string;
  version: number;
  reason: string | null;
  needed: number;
  policy: number;
  /** Why an edit was approved while comments on it were open; null where none were, and of other votes. */
  despiteComments: string | null;
  revision: number;
  /** How its reviewer took it back. */
  withdrawn: { at: string; reason: string | null; revision: number } | null;
};
export type Comment = {
  id: string;
  by: string;
  at: string;
  /** The version on which it was made, and the index of the change in it; null: on the whole version. */
  version: number;
  change: number | null;
  inReplyTo: string | null;
  text: string | null;
  revision: number;
  resolved: { by: string; at: string; revision: number } | null;
};
/** What was done with an edit beside its versions, votes and comments. */
export type Act = {
  act: 'handed_over' | 'reopened' | 'split';
  by: string;
  at: string;
  /** The version that was the current one then; of one that was reopened or split, the one that this made. */
  version: number;
  /** Whose own it was, and whom it was handed to. */
  from: string | null;
  to: string | null;
  /** Of a split, the other edit. */
  other: number | null;
  reason: string | null;
  revision: number;
};
export type EditOf<C> = {
  edit: number;
  /** Command that submitted it: refs take their ids from it in every version. */
  command: string;
  /** Whose own it is: who submitted it, or whom it was handed to last. */
  author: string;
  state: EditState;
  versions: EditVersionOf<C>[];
  /** Refs of all versions with their ids, without those erased or not asked for. */
  refs: Record<string, string>;
  votes: Vote[];
  comments: Comment[];
  acts: Act[];
  /** Of the last event that changed its author, versions, votes or state, what no other event has in its place: the edit's ETag follows from it. */
  changedAt: string;
  appliedRevision: number | null;
  withdrawnReason: string | null;
  /** The edit that it undoes. */
  reverts: number | null;
  /** Who contributed to the edit that it was split from. */
  contributed: string[];
  /** The edit that it was split from, and those that were split from it. */
  splitFrom: number | null;
  splitInto: number[];
  /** The proposal that it was split from, until that is applied: it cannot be decided before. */
  waitsFor: number | null;
};

/** A record event with the keys that it wrote. */
export type Written = { revision: number; type: string; keys: string[] };

/** What the stream of a reviewed thing says of its review. Built by `evolve` alone. */
export type Review<C> = StreamState & {
  edits: Map<number, EditOf<C>>;
  /** Each record event with the keys that it wrote (docs/rules.md, conflicts 10), oldest first. */
  written: Written[];
  /** Revisions of the events of which a text was erased. */
  erased: Set<number>;
};

export const initialReview = <C>(): Review<C> => ({
  ...initialStream(),
  edits: new Map(),
  written: [],
  erased: new Set(),
});

/** Whether the edit can still be decided, revised or withdrawn. */
export const isOpenEdit = ({ state }: Pick<EditOf<unknown>, 'state'>): boolean => state === 'submitted' || state === 'changes_requested';

/** Whose own the edit is, and everybody who wrote a version of it, or of what it was split from. None of them may lease or decide it, nor may another subject of such a person. */
export const contributors = ({ author, versions, contributed }: EditOf<unknown>): Set<string> =>
  new Set([author, ...contributed, ...versions.map(({ by }) => by)]);
/** Whose own the first edit is, which of an incident is its proposal, and who wrote it. */
export const proposersOf = ({ edits }: Pick<Review<unknown>, 'edits'>): string[] => {
  return [...contributorsOf({ edits }, 1)].sort();
};
export const hasContributed = (edit: EditOf<unknown>, subject: string, personOf: PersonOf): boolean =>
  [...contributors(edit)].some((one) => personOf(one) === personOf(subject));

/** The same of an edit by its number; nobody where there is none. */
export const contributorsOf = ({ edits }: Pick<Review<unknown>, 'edits'>, edit: number): ReadonlySet<string> => {
  const found = edits.get(edit);
  return new Set(found && contributors(found));
};

/** The edits that wait for this one. */
export const waitingFor = <C>({ edits }: Pick<Review<C>, 'edits'>, edit: number): EditOf<C>[] =>
  [...edits.values()].filter((other) => other.waitsFor === edit);

/** The ETag of an edit, strong and opaque, with its quotes: it changes with the edit's author, versions, votes and state. Empty for an edit that there is not. */
export const editTag = ({ edits }: Review<unknown>, edit: number): string => {
  const found = edits.get(edit);
  return found ? `"${edit}-${found.changedAt}"` : '';
};

/**
 * The votes that count: of each reviewer the latest one on the current version that was not taken back. Those on earlier versions lapsed when it was revised.
 */
export const countingVotes = ({ votes, versions }: EditOf<unknown>): Map<string, Vote> =>
  new Map(votes.filter(({ version, withdrawn }) => version === versions.length && withdrawn === null).map((vote) => [vote.by, vote]));

/** The persons whose approvals count, without those who contributed and those who are recused. */
export const approvers = (edit: EditOf<unknown>, personOf: PersonOf, recused: Recused): Set<string> =>
  new Set(
    [...countingVotes(edit).values()].flatMap(({ decision, by }) =>
      decision === 'approve' && !hasContributed(edit, by, personOf) && !recused(by) ? [personOf(by)] : [],
    ),
  );

/** The revisions of the events that made the versions and votes of the edit and of what else was done with it, on which its ETag rests, but for the one that withdrew it. */
export const tagRevisions = ({ versions, votes, acts }: EditOf<unknown>): number[] =>
  [...versions, ...acts, ...votes, ...votes.flatMap(({ withdrawn }) => withdrawn ?? [])].map(({ revision }) => revision);

/** Those, and the ones of its comments: together they hold its texts. */
export const revisionsOf = (edit: EditOf<unknown>): number[] => [
  ...tagRevisions(edit),
  ...edit.comments.flatMap((comment) => [comment, ...(comment.resolved ? [comment.resolved] : [])]).map(({ revision }) => revision),
];

/** The comments that wait for an answer. A reply belongs to what it replies to, and is never open by itself. */
export const openComments = <C extends { inReplyTo: string | null; resolved: object | null }>({
  comments,
}: {
  comments: readonly C[];
}): C[] => comments.filter(({ inReplyTo, resolved }) => inReplyTo === null && resolved === null);
