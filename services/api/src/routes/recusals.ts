import { operators, recusalReaders, recusers } from '@averment/access';
import { isTypeId } from '@averment/domain';
import { BadCursor } from '@averment/read-models';
import { z } from 'zod';
import { granted } from '../http/found.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { paging, pathId } from '../schemas/parameters.ts';
import { recusalDeclared, recusalItem, sentRecusal, sentRecusalEnd } from '../schemas/recusals.ts';
import { answeredAs } from '../schemas/registry.ts';

/** How many are before this page: those behind the last one of the page before. */
const startOf = (items: readonly { id: string }[], cursor: string | null): number => {
  if (cursor === null) return 0;
  const last = isTypeId('recusal', cursor) ? items.findIndex(({ id }) => id === cursor) : -1;
  if (last < 0) throw new BadCursor('no page of this list gave it');
  return last + 1;
};

export const recusalRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/recusals',
    operation: 'declareRecusal',
    tag: 'Review',
    summary: 'Say that somebody does not decide on a party or an incident',
    description:
      'Who is recused from a party, or from one above it, neither leases nor decides edits of it, nor of an incident that uses it; nor approvals of theirs count there. Likewise of an incident. It counts for the person: for all subjects of whom an admin says that they are one. An admin may say it of another.',
    roles: recusers,
    body: sentRecusal,
    idempotent: true,
    answers: { 201: { description: 'It counts from now on', schema: recusalDeclared } },
    problems: ['InvalidChange', 'RecordState', 'Busy'],
    handle: async ({ body: { subject, ...body }, viewer, caller }, { commands }) => {
      const own = viewer?.subject ?? '';
      if (subject !== null && subject !== own && viewer?.role !== 'admin')
        throw new Refusal('Forbidden', { detail: 'Only an admin recuses another: leave `subject` out.' });
      return { status: 201, body: granted(await commands.declareRecusal(caller(), { ...body, subject: subject ?? own })) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/recusals',
    operation: 'listRecusals',
    tag: 'Review',
    summary: 'List recusals',
    description: 'Oldest first, with those that have ended. Admins and auditors see all, others their own.',
    roles: recusalReaders,
    query: z.strictObject(paging),
    answers: { 200: { description: 'Recusals', schema: answeredAs('Recusals', pageOf(recusalItem), 'A page of recusals') } },
    handle: async ({ query: { limit, cursor }, viewer }, { commands }) => {
      const seesAll = viewer?.role === 'admin' || viewer?.role === 'auditor';
      const all = await commands.listRecusals(seesAll ? null : (viewer?.subject ?? ''));
      const from = startOf(all, cursor);
      const items = all.slice(from, from + limit);
      return { body: { items, next: from + limit < all.length ? (items.at(-1)?.id ?? null) : null } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/recusals/{id}',
    operation: 'endRecusal',
    tag: 'Review',
    summary: 'End a recusal',
    description: 'By an admin, and never by the person who is recused: what one could end by oneself would keep nobody from anything.',
    roles: operators,
    params: z.strictObject({ id: pathId('recusal') }),
    body: sentRecusalEnd,
    idempotent: true,
    answers: { 200: { description: 'It has ended', schema: recusalDeclared } },
    problems: ['Recused', 'RecordState', 'Busy'],
    handle: async ({ path: { id }, body: { reason }, caller }, { commands }) => ({
      body: granted(await commands.endRecusal(caller(), { id, reason })),
    }),
  }),
];
