import { editBody, proposalBody, reasonText, sentChange, sentClaim } from '@averment/domain';
import { z } from 'zod';
import { etag, idOf, instant, position, revision, subject, text } from './basics.ts';
import { party, source } from './documents.ts';
import { change, incident, writtenEvent } from './record.ts';
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

const refs = z.record(z.string(), z.string()).describe('The id that each ref of the edit got');
const lease = answeredAs('Lease', z.object({ holder: subject, until: instant }));

const outcome = { incidentId: idOf('incident'), edit: z.int().min(1), state: z.string() };
export const submitted = answeredAs('Submitted', z.object({ ...outcome, version: z.int(), etag, refs, position }));
export const decided = answeredAs(
  'Decided',
  z.object({
    ...outcome,
    version: z.int(),
    etag,
    approvals: z.object({ needed: z.int(), given: z.int() }).describe('As of this decision'),
    appliedRevision: revision.nullable(),
    position,
  }),
);
export const withdrawn = answeredAs('Withdrawn', z.object({ ...outcome, version: z.int(), etag, position }));
export const held = answeredAs(
  'LeaseAnswer',
  z
    .object({ incidentId: idOf('incident'), edit: z.int(), version: z.int(), lease: lease.nullable(), position: position.optional() })
    .describe('`position` only where a lease was broken'),
);

const makesPublic = z
  .object({ parties: z.array(party), sources: z.array(source) })
  .describe('What approval would make public for the first time, whole: parties, with those above them, and sources');
const approvals = z.object({ needed: z.int(), given: z.int(), why: z.string(), policy: z.int() });
const quotesBeyondLimit = z
  .array(z.object({ source: idOf('source'), quoted: z.int(), limit: z.int() }))
  .describe(
    'The sources of which it would bring quotes that are served shortened without a key: what is quoted with it by all incidents together, and the limit, in code points',
  );
export const edit = answeredAs(
  'Edit',
  z.object({
    ...outcome,
    etag,
    version: z.int(),
    baseRevision: revision.nullable(),
    author: subject,
    refs,
    lease: lease.nullable(),
    approvals,
    quotesBeyondLimit,
    versions: z.array(
      z.object({
        version: z.int(),
        submittedAt: instant,
        by: subject,
        rationale: text,
        changes: z.array(z.object({ kind: z.string() }).loose()).describe('As sent, with the ids and citations that they got'),
      }),
    ),
    votes: z.array(z.object({ decision: z.string(), by: subject, at: instant, version: z.int(), reason: text, lapsed: z.boolean() })),
    conflicts: z.array(writtenEvent),
    appliedRevision: revision.nullable(),
    withdrawnReason: text,
    makesPublic,
  }),
);

export const preview = answeredAs(
  'Preview',
  z.object({
    before: incident.nullable(),
    after: incident.nullable(),
    changes: z.array(change),
    standing: z.array(z.object({ claim: idOf('claim'), from: z.string().nullable(), to: z.string().nullable() })),
    aspects: z.array(
      z.object({ aspect: z.string(), about: idOf('party').nullable(), from: z.string().nullable(), to: z.string().nullable() }),
    ),
    conflicts: z.array(writtenEvent),
    makesPublic,
  }),
);

export const queueItem = answeredAs(
  'QueueItem',
  z.object({
    incidentId: idOf('incident'),
    edit: z.int(),
    title: text,
    state: z.string(),
    kinds: z.array(z.string()),
    author: subject,
    submittedAt: instant,
    waitingSeconds: z.number(),
    dueAt: instant,
    priority: z.string(),
    region: z.string().nullable(),
    lease: lease.nullable(),
    approvals,
    quotesBeyondLimit,
    nextActor: z.string().nullable(),
    makesPublic,
  }),
);

const seconds = z.number().nullable();
export const statistics = answeredAs(
  'ReviewStatistics',
  z.object({
    open: z.int(),
    oldestSeconds: seconds,
    medianSeconds: seconds,
    p90Seconds: seconds,
    decidedPerDay: z.array(
      z.object({ day: z.string(), decided: z.int(), approved: z.int(), rejected: z.int(), changesRequested: z.int() }),
    ),
    byKind: z.array(z.object({ kind: z.string(), open: z.int() })),
    byReviewer: z.array(z.object({ reviewer: subject, decided: z.int(), approved: z.int(), rejected: z.int(), changesRequested: z.int() })),
  }),
);

export const parkedEvent = answeredAs(
  'ParkedEvent',
  z.object({
    id: z.string(),
    projection: z.string(),
    stream: z.string(),
    revision,
    position,
    type: z.string(),
    error: z.string(),
    attempts: z.int(),
    state: z.string(),
    at: instant,
  }),
);
export const retried = answeredAs(
  'Retried',
  z.object({
    outcome: z.string().describe('`applied`, or `parked` again at `revision`'),
    revision: revision.optional(),
    error: z.string().optional(),
  }),
);
export const repaired = answeredAs(
  'Repaired',
  z.object({
    matched: z.int().describe('How many fitted'),
    applied: z.int(),
    parked: z.int().describe('How many wait again, at the same event or a later one'),
    gone: z.int().describe('How many somebody else has dealt with meanwhile'),
    left: z.int().describe('How many fitted beyond the limit'),
  }),
);
