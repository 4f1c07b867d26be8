import type { Decided, Leased, Submitted } from '@averment/commands';
import { answer, editBody, editShape, proposalBody, reasonText, sentChange, sentClaim, warningsShape } from '@averment/domain';
import {
  editItemShape,
  editPreviewShape,
  leaseShape,
  parkedShape,
  repairedShape,
  reviewItemShape,
  reviewStatsShape,
} from '@averment/read-models';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

sentAs('SentClaim', sentClaim);
sentAs('SentChange', sentChange);
export const proposal = sentAs('Proposal', proposalBody);
export const submission = sentAs('Submission', editBody);
/** A revision has the body of the POST that made the edit: the first edit's is a proposal. */
export const revisedEdit = sentAs('Revision', z.union([editBody, proposalBody]), 'The body of the POST that made the edit.');
export const decision = sentAs(
  'Decision',
  z.strictObject({ decision: z.enum(['approve', 'reject', 'request_changes']), reason: reasonText.nullable().default(null) }),
);
export const withdrawal = sentAs('Withdrawal', z.strictObject({ reason: reasonText.nullable().default(null) }).prefault({}));
export const leaseRequest = sentAs(
  'LeaseRequest',
  z.strictObject({ break: z.boolean().default(false), reason: reasonText.nullable().default(null) }).prefault({}),
  'Without a body, or with `break` false: take or renew. To break the lease of another: `{"break": true, "reason": "…"}`.',
);

const { edit: editNumber, incidentId, state, version, etag, refs } = editShape.shape;
const outcome = { incidentId, edit: editNumber, state, version, etag };
const { revision, position, strings } = answer;
const normalised = strings.describe(
  'JSON Pointers into the body, to the quotes that are not stored as they were sent, but as the text has them: set otherwise, or with what an ellipsis left out',
);
export const submitted = answeredAs(
  'Submitted',
  z.object({ ...outcome, refs, normalised, warnings: warningsShape, position } satisfies answer.EachOf<Submitted>),
);
export const decided = answeredAs(
  'Decided',
  z.object({
    ...outcome,
    approvals: z.object({ needed: z.int(), given: z.int() }).describe('As of this decision'),
    appliedRevision: revision.nullable(),
    position,
  } satisfies answer.EachOf<Decided>),
);
export const withdrawn = answeredAs('Withdrawn', z.object({ ...outcome, position }));
const lease = answeredAs('Lease', leaseShape);
export const held = answeredAs(
  'LeaseAnswer',
  z
    .object({ incidentId, edit: z.int(), version, lease: lease.nullable(), position: position.optional() } satisfies answer.EachOf<Leased>)
    .describe('`position` only where a lease was broken'),
);

export const edit = answeredAs('Edit', editItemShape);
export const preview = answeredAs('Preview', editPreviewShape);
export const queueItem = answeredAs('QueueItem', reviewItemShape);
export const statistics = answeredAs('ReviewStatistics', reviewStatsShape);

export const parkedEvent = answeredAs('ParkedEvent', parkedShape);
export const retried = answeredAs(
  'Retried',
  z.object({
    outcome: z.string().describe('`applied`, or `parked` again at `revision`'),
    revision: revision.optional(),
    error: z.string().optional(),
  }),
);
export const repaired = answeredAs('Repaired', repairedShape);
