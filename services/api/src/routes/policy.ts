import { operators, policyReaders } from '@averment/access';
import { aggregateOf } from '@averment/domain';
import { z } from 'zod';
import { granted } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { logMoment, paging, pathId } from '../schemas/parameters.ts';
import { dryRun, policyActed, policyItem, proposalItem, sentDryRun, sentProposal, sentRejection } from '../schemas/policy.ts';
import { answeredAs } from '../schemas/registry.ts';

const params = z.strictObject({ id: pathId('policy') });
const tag = 'Review';

export const policyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/policy',
    operation: 'readPolicy',
    tag,
    summary: 'Read the rules of the review',
    description:
      'How many approvals an edit takes, and until when it is due. An edit takes what these ask or what those asked under which its version was submitted, whichever is more.',
    roles: policyReaders,
    query: z.strictObject({ asOf: logMoment.asOf }),
    sameForAll: true,
    answers: { 200: { description: 'The version in force, or that of the time', schema: policyItem } },
    problems: ['NotFound', 'TimeInFuture'],
    handle: async ({ query: { asOf }, context }, { commands, models }) => {
      // Which refuses a time that is not over.
      if (asOf !== null) await models.positionAt(asOf, context.client);
      return { body: granted(await commands.readPolicy(asOf?.ends ?? null)) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/policy/history',
    operation: 'listPolicies',
    tag,
    summary: 'List all versions of the rules of the review',
    description: 'Oldest first. The number of a version stands with each vote that was cast under it.',
    roles: policyReaders,
    sameForAll: true,
    answers: {
      200: { description: 'Every version', schema: answeredAs('Policies', pageOf(policyItem), 'All versions of the rules') },
    },
    handle: async (_, { commands }) => ({ body: { items: await commands.policyHistory(), next: null } }),
  }),
  route({
    method: 'POST',
    path: '/v1/policy/proposals',
    operation: 'proposePolicy',
    tag,
    summary: 'Propose other rules of the review',
    description: 'They are in force once another admin has approved them.',
    roles: operators,
    body: sentProposal,
    idempotent: true,
    answers: { 201: { description: 'It waits for another admin', schema: policyActed } },
    problems: ['PolicyState', 'Busy'],
    handle: async ({ body, caller }, { commands }) => ({ status: 201, body: granted(await commands.proposePolicy(caller(), body)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/policy/dry-run',
    operation: 'tryPolicy',
    tag,
    summary: 'See what other rules would make of the edits that are open',
    description:
      'Which of them would take more approvals, or fewer, were these rules adopted now. Nothing is written. A page looks at as many open edits as `limit` says, of which it names those that would change.',
    roles: operators,
    query: z.strictObject({ limit: paging.limit.default(500), cursor: paging.cursor }),
    body: sentDryRun,
    models: ['reviews'],
    list: true,
    answers: { 200: { description: 'The edits that would take another number', schema: dryRun } },
    handle: async ({ query, body: { rules } }, { commands, queries }) => {
      const { items, next } = await queries.openRefs(query);
      const changed = await commands.dryRunPolicy(rules, items);
      const placed = changed.map(({ stream, edit, needed, neededThen }) => {
        const of = { incident: null, source: null, party: null, [aggregateOf(stream).kind]: stream };
        return { ...of, edit, needed, neededThen };
      });
      return { body: { edits: placed, looked: items.length, next } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/policy/proposals',
    operation: 'listPolicyProposals',
    tag,
    summary: 'List proposals of rules',
    description: 'Oldest first, with those that were adopted or rejected.',
    roles: policyReaders,
    sameForAll: true,
    answers: {
      200: { description: 'Proposals', schema: answeredAs('PolicyProposals', pageOf(proposalItem), 'All proposals of rules') },
    },
    handle: async (_, { commands }) => ({ body: { items: await commands.policyProposals(), next: null } }),
  }),
  route({
    method: 'POST',
    path: '/v1/policy/proposals/{id}/approve',
    operation: 'approvePolicy',
    tag,
    summary: 'Bring proposed rules into force',
    description:
      'By another admin than who proposed them, also by person. A proposal for another version than that in force is stale: it would take back what was adopted since. Stricter rules bind the edits that are open; laxer ones hold for versions that are submitted under them.',
    roles: operators,
    params,
    idempotent: true,
    answers: { 200: { description: 'The rules are in force', schema: policyActed } },
    problems: ['SelfApproval', 'PolicyState', 'Busy'],
    handle: async ({ path, caller }, { commands }) => ({ body: granted(await commands.approvePolicy(caller(), path.id)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/policy/proposals/{id}/reject',
    operation: 'rejectPolicy',
    tag,
    summary: 'Reject proposed rules, or take the own proposal back',
    description: 'Another admin rejects them, or who proposed them takes them back. The rules stay as they are.',
    roles: operators,
    params,
    body: sentRejection,
    idempotent: true,
    answers: { 200: { description: 'The proposal is closed', schema: policyActed } },
    problems: ['PolicyState', 'Busy'],
    handle: async ({ path: { id }, body: { reason }, caller }, { commands }) => ({
      body: granted(await commands.rejectPolicy(caller(), { id, reason })),
    }),
  }),
];
