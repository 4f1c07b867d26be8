import type { Commented, Decided, HandedOver, Leased, Rebased, SplitInTwo, Submitted } from '@averment/commands';
import {
  answer,
  anySubject,
  commentText,
  differenceShape,
  editBody,
  editShape,
  editVersionsOf,
  incidentFields,
  partyChanges,
  partyEditBody,
  proposalBody,
  readChange,
  readProposalBody,
  reasonInWords,
  reasonText,
  sentChange,
  sentCitation,
  sentClaim,
  sentValue,
  sourceChanges,
  sourceEditBody,
  typeId,
  warningsShape,
} from '@averment/domain';
import {
  editItemShape,
  editPreviewShape,
  leaseShape,
  parkedShape,
  registerPreviewShape,
  repairedShape,
  reviewItemShape,
  reviewStatsShape,
} from '@averment/read-models';
import { z } from 'zod';
import { pageOf } from './basics.ts';
import { candidate } from './candidates.ts';
import { answeredAllAs, answeredAs, sentAllAs, sentAs } from './registry.ts';
import { aboutReused, reused } from './reused.ts';

sentAs('SentCitation', sentCitation, 'A quotation: `quote`, `position` or both. It has to stand in the text of the source');
sentAllAs(sentValue, (kind) => `Sent${kind}Value`, 'SentValue', 'What a claim says of its aspect, told apart by `kind`');
sentAs('SentOccurred', incidentFields.sent.occurred);
sentAs('SentPlace', incidentFields.sent.place);
sentAs('SentClaim', sentClaim, 'What somebody said, in a source, of how an aspect of the incident was');
sentAllAs(sentChange, (kind) => kind, 'SentChange', 'A change of the record, told apart by `kind`');
export const proposal = sentAs(
  'Proposal',
  proposalBody,
  'A new incident with what is known of it, and with the sources and parties that it needs',
);
export const submission = sentAs(
  'Submission',
  editBody,
  'An edit: changes of a published incident, with the sources and parties that it needs',
);
sentAllAs(sourceChanges.sentChange, (kind) => kind, 'SentSourceChange', 'A change of a source, told apart by `kind`');
sentAllAs(partyChanges.sentChange, (kind) => kind, 'SentPartyChange', 'A change of a party, told apart by `kind`');
export const sourceSubmission = sentAs('SourceSubmission', sourceEditBody, 'An edit: changes of a source');
export const partySubmission = sentAs('PartySubmission', partyEditBody, 'An edit: changes of a party');
/** A revision has the body of the POST that made the edit, the first edit's is a proposal; or what was read of it. */
export const revisedEdit = sentAs(
  'Revision',
  z.union([editBody, proposalBody, readProposalBody]),
  'The body of the POST that made the edit, or its last version as it is read: `rationale` and `changes`, with a `baseRevision`',
);
export const decision = sentAs(
  'Decision',
  z.strictObject({
    decision: z.enum(['approve', 'reject', 'request_changes']).describe('What is decided'),
    reason: reasonText.nullable().default(null).describe('Why: for the author, and for the record'),
    despiteComments: reasonText
      .nullable()
      .default(null)
      .describe('Why it is approved although comments are open; counts for approvals alone'),
  }),
  'A vote on the version that `If-Match` names',
);
export const commentRequest = sentAs(
  'SentComment',
  z.strictObject({
    text: commentText.describe('What is said'),
    change: z.int().min(0).nullable().default(null).describe('The index of the change that it is on, from 0; null: on the whole version'),
    inReplyTo: typeId('comment').nullable().default(null).describe('The comment that it answers'),
  }),
  'A comment on an edit',
);
export const reversal = sentAs(
  'Reversal',
  z.strictObject({ reason: reasonInWords.describe('Why it is undone, in at least three words: each of its changes says so') }),
  'Why an applied edit is undone',
);
export const handover = sentAs(
  'Handover',
  z.strictObject({
    to: anySubject.describe('Whose own it is from now on: the subject of a contributor or a reviewer'),
    reason: reasonText.describe('Why: for both, and for the record'),
  }),
  'Whom an edit is handed to, and why',
);
export const reopening = sentAs(
  'Reopening',
  z.strictObject({ reason: reasonText.describe('Why: for its author, for who rejected it, and for the record') }),
  'Why a rejected edit is open again',
);
export const splitting = sentAs(
  'Splitting',
  z.strictObject({
    changes: z.array(z.int().min(0)).min(1).max(99).describe('The indexes of the changes that leave, in the current version, from 0'),
    reason: reasonText.describe('Why: for its author, and for the record'),
  }),
  'Which changes leave an edit, and why',
);
export const withdrawal = sentAs(
  'Withdrawal',
  z.strictObject({ reason: reasonText.nullable().default(null).describe('Why') }).prefault({}),
  'May be left out',
);
export const leaseRequest = sentAs(
  'LeaseRequest',
  z
    .strictObject({
      break: z.boolean().default(false).describe('Whether the lease of another is ended'),
      reason: reasonText.nullable().default(null).describe('Why; needed to break a lease'),
    })
    .prefault({}),
  'Without a body, or with `break` false: take or renew. To break the lease of another: `{"break": true, "reason": "…"}`.',
);

const { of, edit: editNumber, state, version, etag, refs } = editShape.shape;
const { revision, position, strings } = answer;
const normalised = strings.describe(
  'JSON Pointers into the body, to the quotes that are not stored as they were sent, but as the text has them: set otherwise, or with what an ellipsis left out',
);
const aboutCandidates =
  'Of a proposal: up to ten incidents that may be the same, the likeliest first, of those that the caller may read. It is of the moment, so that a repeat of the request may be answered otherwise. Empty of any other edit; null where they could not be looked up just then, see `/v1/incidents/{id}/candidates`';
export const commented = answeredAs(
  'Commented',
  z.object({
    id: answer.idOf('comment'),
    version: version.describe('The version of the edit on which the comment was made'),
    position,
  } satisfies answer.EachOf<Commented>),
  'A comment is recorded, or resolved',
);
export const comments = answeredAs('Comments', pageOf(editShape.shape.comments.shape.items.element), 'All comments on an edit');
const lease = answeredAs('Lease', leaseShape, 'That somebody is at work on an edit');

answeredAllAs(
  readChange,
  (kind) => `${kind}Change`,
  'Change',
  'A change of the record as it is read, told apart by `kind`. It can be sent',
);
answeredAllAs(
  sourceChanges.readChange,
  (kind) => `${kind}Change`,
  'SourceChange',
  'A change of a source as it is read, told apart by `kind`. It can be sent',
);
answeredAllAs(
  partyChanges.readChange,
  (kind) => `${kind}Change`,
  'PartyChange',
  'A change of a party as it is read, told apart by `kind`. It can be sent',
);

/** What the routes of edits answer. `prefix` begins the names in the OpenAPI document. */
const answersOf = (prefix: string, incidentId: z.ZodType<string | null>, versions: z.ZodType) => {
  const outcome = { of, incidentId, edit: editNumber, state, version, etag };
  const edit = answeredAs(`${prefix}Edit`, editItemShape.extend({ incidentId, versions }), 'An edit with all its versions and votes');
  return {
    edit,
    edits: answeredAs(`${prefix}Edits`, pageOf(edit), 'A page of edits'),
    submitted: answeredAs(
      `${prefix}Submitted`,
      z.object({
        ...outcome,
        refs,
        normalised,
        reused: reused.array().describe(aboutReused),
        warnings: warningsShape,
        candidates: candidate.array().nullable().describe(aboutCandidates),
        position,
      } satisfies answer.EachOf<Submitted>),
      'An edit is submitted',
    ),
    decided: answeredAs(
      `${prefix}Decided`,
      z.object({
        ...outcome,
        approvals: z
          .object({ needed: z.int().describe('How many it takes'), given: z.int().describe('How many count') })
          .describe('As of this decision'),
        appliedRevision: revision
          .nullable()
          .describe(
            'The revision of the last event by which it was applied, of a source or party its version since then; null where it is not yet',
          ),
        position,
      } satisfies answer.EachOf<Decided>),
      'A vote is recorded',
    ),
    rebased: answeredAs(
      `${prefix}Rebased`,
      z.object({
        ...outcome,
        baseRevision: revision.nullable().describe('On which revision of the record it is based now'),
        position,
      } satisfies answer.EachOf<Rebased>),
      'An edit is based on the record as it is',
    ),
    reopened: answeredAs(
      `${prefix}Reopened`,
      z.object({
        ...outcome,
        baseRevision: revision.nullable().describe('On which revision of the record it is based now'),
        position,
      } satisfies answer.EachOf<Rebased>),
      'A rejected edit is open again',
    ),
    split: answeredAs(
      `${prefix}Split`,
      z.object({
        ...outcome,
        into: z
          .object({ edit: editNumber, state, version, etag, waitsFor: editShape.shape.waitsFor })
          .describe('The edit that holds what left'),
        position,
      } satisfies answer.EachOf<SplitInTwo>),
      'Changes left the edit for another one',
    ),
    handedOver: answeredAs(
      `${prefix}HandedOver`,
      z.object({ ...outcome, author: editShape.shape.author, position } satisfies answer.EachOf<HandedOver>),
      'An edit is the own one of another',
    ),
    withdrawn: answeredAs(`${prefix}Withdrawn`, z.object({ ...outcome, position }), 'An edit or a vote was taken back'),
    held: answeredAs(
      `${prefix}LeaseAnswer`,
      z
        .object({
          of,
          incidentId,
          edit: editNumber,
          version,
          lease: lease.nullable().describe('Null where nobody holds it'),
          position: position.optional(),
        } satisfies answer.EachOf<Leased>)
        .describe('Who holds an edit. `position` only where a lease was broken'),
    ),
  };
};
export type EditAnswers = ReturnType<typeof answersOf>;
/** Of edits of incidents, and of those of sources and parties. */
export const ofIncident = answersOf('', answer.idOf('incident'), editVersionsOf(readChange));
export const ofRegister = answersOf(
  'Register',
  z.null().describe('Null: it is an edit of a source or a party'),
  editVersionsOf(z.union([sourceChanges.readChange, partyChanges.readChange])),
);

export const reverted = answeredAs(
  'Reverted',
  ofIncident.submitted.extend({ reverts: editNumber.describe('The edit that it undoes') }),
  'An edit that undoes another one is submitted',
);

export const preview = answeredAs('Preview', editPreviewShape, 'What applying an edit would change now');
export const registerPreview = answeredAs(
  'RegisterPreview',
  registerPreviewShape,
  'What applying an edit of a source or party would change now',
);
export const versionsDifference = answeredAs(
  'VersionsDifference',
  z.object({ changes: z.array(differenceShape).describe('What differs between the two') }),
  'What a version of an edit says otherwise than another one',
);
export const queueItem = answeredAs('QueueItem', reviewItemShape, 'An edit in the queue');
export const statistics = answeredAs('ReviewStatistics', reviewStatsShape, 'How the review goes');

export const parkedEvent = answeredAs('ParkedEvent', parkedShape, 'An event that a projection could not take');
export const retried = answeredAs(
  'Retried',
  z.object({
    outcome: z.string().describe('`applied`, or `parked` again at `revision`'),
    revision: revision.optional(),
    error: z.string().optional().describe('What went wrong, where it is parked again'),
  }),
  'What became of a parked event',
);
export const repaired = answeredAs('Repaired', repairedShape, 'What became of parked events');
