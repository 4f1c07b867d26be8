import { operators } from '@averment/access';
import { isTypeId } from '@averment/domain';
import { BadCursor } from '@averment/read-models';
import { z } from 'zod';
import { granted } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { keyActed, keyItem, keyMade, sentKey } from '../schemas/keys.ts';
import { paging, pathId } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';

const params = z.strictObject({ id: pathId('key') });
/** The last key of the page before. */
const afterOf = (cursor: string | null): string | null => {
  if (cursor !== null && !isTypeId('key', cursor)) throw new BadCursor('no page of this list gave it');
  return cursor;
};

export const keyRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/keys',
    operation: 'createKey',
    tag: 'Keys',
    summary: 'Make a key',
    description:
      'The key is told in this answer and never again: only its hash is kept. Where two admins are asked for (`KEYS_TWO_ADMINS`), a key of a contributor, a reviewer or an admin works once another admin has confirmed it.',
    roles: operators,
    body: sentKey,
    idempotent: true,
    answers: { 201: { description: 'The key', schema: keyMade } },
    problems: ['InvalidChange', 'KeyState', 'Busy'],
    handle: async ({ body, caller }, { keys }) => ({ status: 201, body: granted(await keys.create(caller(), body)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/keys',
    operation: 'listKeys',
    tag: 'Keys',
    summary: 'List the keys',
    description: 'Oldest first, with those that are valid no more.',
    roles: operators,
    query: z.strictObject(paging),
    answers: { 200: { description: 'Keys', schema: answeredAs('Keys', pageOf(keyItem), 'A page of keys') } },
    handle: async ({ query: { limit, cursor } }, { keys }) => {
      const found = await keys.list({ after: afterOf(cursor), limit: limit + 1 });
      const items = found.slice(0, limit);
      return { body: { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null } };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/keys/{id}/rotate',
    operation: 'rotateKey',
    tag: 'Keys',
    summary: 'Replace a key by another one of the same id',
    description: 'The one that it had is not valid any more. The new one is confirmed as one that is made.',
    roles: operators,
    params,
    idempotent: true,
    answers: { 200: { description: 'The new key', schema: keyMade } },
    problems: ['KeyState', 'Busy'],
    handle: async ({ path, caller }, { keys }) => ({ body: granted(await keys.rotate(caller(), path.id)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/keys/{id}/confirm',
    operation: 'confirmKey',
    tag: 'Keys',
    summary: 'Let a key work that another admin made',
    description: 'Where two admins are asked for, a key waits until another one than its maker confirms it.',
    roles: operators,
    params,
    idempotent: true,
    answers: { 200: { description: 'It works', schema: keyActed } },
    problems: ['KeyState', 'SelfApproval', 'Busy'],
    handle: async ({ path, caller }, { keys }) => ({ body: granted(await keys.confirm(caller(), path.id)) }),
  }),
  route({
    method: 'DELETE',
    path: '/v1/keys/{id}',
    operation: 'revokeKey',
    tag: 'Keys',
    summary: 'Revoke a key',
    description:
      'It is not valid any more, for any process, before this is answered. It is so too where the answer is 503: sent again with the same `Idempotency-Key`, it is written down.',
    roles: operators,
    params,
    idempotent: true,
    answers: { 200: { description: 'It is revoked', schema: keyActed } },
    problems: ['Busy'],
    handle: async ({ path, caller }, { keys }) => ({ body: granted(await keys.revoke(caller(), path.id)) }),
  }),
];
