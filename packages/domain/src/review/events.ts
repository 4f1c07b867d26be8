import { z } from 'zod';
import type { Envelope } from '../log/envelope.ts';
import { type Tally, tallyShape } from '../policy/tally.ts';
import { type SourceQuotes, sourceQuotes } from '../rules/share.ts';
import { rationale, reasonText, ref, text, typeId } from '../values/shapes.ts';
import { markText } from '../values/text.ts';
import type { Overtaken } from './edit.ts';

const version = z.int().min(1);
/** Every vote records what was needed when it was cast, and under which version of the policy. */
const vote = { version, reason: reasonText.nullable(), needed: z.int().min(1), policy: z.int().min(1) };
export const commentText = text(5000);
/** Null in an edit of before they were stored. */
const quotes = z.array(sourceQuotes).nullable();

/** The events of the review of edits that are made of such changes. */
export const reviewSchemas = <C extends z.ZodType>(change: C) => {
  const submitted = {
    baseRevision: z.int().min(0).nullable(),
    rationale,
    refs: markText(z.record(ref, z.string())),
    changes: z.array(change).min(1).max(100),
    quotes,
    /** Whether a program that acts by itself submitted it. */
    machine: z.boolean(),
    /** What had become of edits of its author, as the model knew; null where nobody asked. */
    tally: tallyShape.nullable(),
  };
  return {
    /** `reverts`: the edit that it undoes. */
    EditSubmitted: z.strictObject({ ...submitted, reverts: version.nullable() }),
    EditRevised: z.strictObject({ version, ...submitted }),
    /** From here on the edit is the own one of `to`. Who hands it over contributes nothing. */
    EditHandedOver: z.strictObject({ version, to: z.string(), reason: reasonText }),
    /** A rejected edit is open again: a version that says the same on the record as it is, of which `by` is who wrote the last one. Who reopens it contributes nothing. */
    EditReopened: z.strictObject({ version, by: z.string(), ...submitted, reason: reasonText }),
    /**
     * The edit is one of two that its changes were divided into, which follow in one append: what stayed (`splitInto`), or what left (`splitFrom`). Both have the
     * same author and contributors. `by`: who wrote the version that was divided; `waitsFor`: the proposal that it cannot be decided before. Who splits an edit
     * contributes nothing.
     */
    EditSplit: z.strictObject({
      version,
      splitFrom: version.nullable(),
      splitInto: version.nullable(),
      waitsFor: version.nullable(),
      author: z.string(),
      contributors: z.array(z.string()).min(1),
      by: z.string(),
      ...submitted,
      reason: reasonText,
    }),
    /** It waited for another edit, `with`, and is closed with that. */
    EditClosed: z.strictObject({ version, with: version, state: z.enum(['rejected', 'withdrawn']) }),
    EditApproved: z.strictObject({ ...vote, despiteComments: reasonText.nullable() }),
    EditChangesRequested: z.strictObject(vote),
    EditRejected: z.strictObject(vote),
    /** The actor's vote on this version that counted until then. */
    EditVoteWithdrawn: z.strictObject({ version, reason: reasonText.nullable() }),
    EditWithdrawn: z.strictObject({ version, reason: reasonText.nullable() }),
    EditApplied: z.strictObject({ version, quotes }),
    /** A source that this version cites was given a text of this revision, or was withdrawn (null), after it was submitted. */
    EditOvertaken: z.strictObject({ version, source: typeId('source'), revision: z.int().min(2).nullable() }),
    /** `change`: the index of one in that version. */
    EditCommented: z.strictObject({
      version,
      comment: typeId('comment'),
      change: z.int().min(0).nullable(),
      inReplyTo: typeId('comment').nullable(),
      text: commentText,
    }),
    EditCommentResolved: z.strictObject({ comment: typeId('comment') }),
    ReviewLeaseBroken: z.strictObject({ holder: z.string(), reason: reasonText }),
  };
};

type Submitted<C> = {
  baseRevision: number | null;
  rationale: string;
  refs: Record<string, string>;
  changes: C[];
  quotes: SourceQuotes[] | null;
  machine: boolean;
  tally: Tally | null;
};
type VoteData = { version: number; reason: string | null; needed: number; policy: number };
type ReviewData<C> = {
  EditSubmitted: Submitted<C> & { reverts: number | null };
  EditRevised: Submitted<C> & { version: number };
  EditHandedOver: { version: number; to: string; reason: string };
  EditReopened: Submitted<C> & { version: number; by: string; reason: string };
  EditSplit: Submitted<C> & {
    version: number;
    splitFrom: number | null;
    splitInto: number | null;
    waitsFor: number | null;
    author: string;
    contributors: string[];
    by: string;
    reason: string;
  };
  EditClosed: { version: number; with: number; state: 'rejected' | 'withdrawn' };
  EditApproved: VoteData & { despiteComments: string | null };
  EditChangesRequested: VoteData;
  EditRejected: VoteData;
  EditVoteWithdrawn: { version: number; reason: string | null };
  EditWithdrawn: { version: number; reason: string | null };
  EditApplied: { version: number; quotes: SourceQuotes[] | null };
  EditOvertaken: { version: number } & Overtaken;
  EditCommented: { version: number; comment: string; change: number | null; inReplyTo: string | null; text: string };
  EditCommentResolved: { comment: string };
  ReviewLeaseBroken: { holder: string; reason: string };
};
type ReviewEventType = keyof ReviewData<unknown>;
/** An event of the review, as the fold takes it. */
export type ReviewEvent<C, T extends ReviewEventType = ReviewEventType> = {
  [K in T]: Envelope & { type: K; data: ReviewData<C>[K] };
}[T];
/** What a decision of the review yields. */
export type NewReviewEvent<C, T extends ReviewEventType = ReviewEventType> = {
  [K in T]: { type: K; edit: number | null; data: ReviewData<C>[K] };
}[T];

const bringing = ['EditSubmitted', 'EditRevised', 'EditReopened', 'EditSplit'] as const;
/** The events that bring a version of an edit, with all that it says. */
export type BringingType = (typeof bringing)[number];
export const bringsVersion = <E extends { type: string }>(event: E | undefined): event is Extract<E, { type: BringingType }> =>
  (bringing as readonly string[]).includes(event?.type ?? '');
