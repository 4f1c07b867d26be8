import type { PolicyActed, PolicyItem, ProposalItem } from '@averment/commands';
import { answer, policyRules, reasonText, rulesShape } from '@averment/domain';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

const sentRules = sentAs('SentPolicyRules', policyRules, 'Rules of the review, all of them');
export const sentProposal = sentAs(
  'SentPolicyProposal',
  z.strictObject({
    rules: sentRules.describe('All rules as they are to be. `GET /v1/policy` has those in force'),
    reason: reasonText.describe('Why'),
  }),
  'Other rules of the review',
);
export const sentDryRun = sentAs(
  'SentDryRun',
  z.strictObject({ rules: sentRules.describe('All rules as they would be') }),
  'Rules to be tried on the edits that are open',
);
export const sentRejection = sentAs(
  'SentPolicyRejection',
  z.strictObject({ reason: reasonText.describe('Why') }),
  'Why a proposal is rejected',
);

const { idOf, instant, known, oneOf, position, subject } = answer;
const rules = answeredAs('PolicyRules', rulesShape(), 'Rules of the review').describe('The rules');
const version = z.number().int().describe('The number of the version');
const by = (what: string) => known<string | null>(subject.nullable()).describe(what);

export const policyItem = answeredAs(
  'Policy',
  z.object({
    version,
    since: z.string().describe('Since when it is in force; of a version that was code, the day on which the code came to have it'),
    rules,
    proposal: idOf('policy').nullable().describe('The proposal that was approved; null of a version that was code'),
    proposedBy: by('The admin who proposed it; null of a version that was code'),
    approvedBy: by('The admin who approved it; null of a version that was code'),
    reason: z.string().nullable().describe('Why it was proposed; null of a version that was code, and once that was erased'),
  } satisfies answer.EachOf<PolicyItem>),
  'A version of the rules of the review',
);
const id = idOf('policy').describe('The proposal');
const state = oneOf<ProposalItem['state']>().describe('`open`, `adopted` or `rejected`');
export const policyActed = answeredAs(
  'PolicyActed',
  z.object({
    id,
    state,
    version: z.number().int().describe('The version in force after it'),
    position,
  } satisfies answer.EachOf<PolicyActed>),
  'What became of a proposal',
);
export const proposalItem = answeredAs(
  'PolicyProposal',
  z.object({
    id,
    state,
    base: z.number().int().describe('The version in force when it was proposed: while another one is, it cannot be approved'),
    rules,
    reason: z.string().nullable().describe('Why; null once it was erased'),
    proposedBy: subject.describe('The admin'),
    proposedAt: instant.describe('When'),
    closedBy: by('Who approved or rejected it; null while it is open'),
    closedAt: known<string | null>(instant.nullable()).describe('When; null while it is open'),
    closedReason: z.string().nullable().describe('Why it was rejected; else null'),
  } satisfies answer.EachOf<ProposalItem>),
  'Rules that an admin proposed',
);

const place = (what: 'incident' | 'source' | 'party') =>
  idOf(what).nullable().describe(`The ${what} that it is of; null of an edit of something else`);
export const dryRun = answeredAs(
  'DryRun',
  z.object({
    edits: z
      .array(
        z.object({
          incident: place('incident'),
          source: place('source'),
          party: place('party'),
          edit: z.int().describe('The number of the edit'),
          needed: z.int().describe('How many approvals it takes'),
          neededThen: z.int().describe('How many it would take'),
        }),
      )
      .describe('The open edits of this page that would take another number of approvals'),
    looked: z.int().describe('How many open edits were looked at'),
    next: z.string().nullable().describe('The cursor of the next page; null once all were looked at'),
  }),
  'What other rules would make of the edits that are open',
);
