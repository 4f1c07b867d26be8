import { apps, type Viewer } from '@averment/access';
import { BadCursor } from '@averment/read-models';
import { z } from 'zod';
import { found, granted } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { paging, pathId } from '../schemas/parameters.ts';
import { deliveries, sentReplay, sentWebhook, webhook, webhookMade, webhooks } from '../schemas/webhooks.ts';

const [tag, roles] = ['Webhooks', apps] as const;
const path = '/v1/webhooks/{id}';
const params = z.strictObject({ id: pathId('webhook') });
const subjectOf = (viewer: Viewer): string => viewer?.subject ?? '';
/** The number of the last row of the page before. */
const numberOf = (cursor: string | null): bigint | null => {
  if (cursor === null) return null;
  if (!/^[1-9]\d{0,17}$/.test(cursor)) throw new BadCursor('no page of this list gave it');
  return BigInt(cursor);
};

export const webhookRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/webhooks',
    operation: 'createWebhook',
    tag,
    summary: 'Be sent the record’s events',
    description:
      'Events of published incidents are sent to `url` as the feed has them, from now on: as Standard Webhooks (https://www.standardwebhooks.com), signed by the secret that this answer alone has. A request says that there is an event, `{type, timestamp, data: {position, incidentId, revision, type}}`, and nothing of what it says: ask for that with `minPosition=<position>`. Each event comes at least once, with the same `webhook-id`; those of one incident in order, the next one after a 2xx. What is not taken is sent again, for days. Redirects are not followed.',
    roles,
    body: sentWebhook,
    idempotent: true,
    answers: { 201: { description: 'The webhook, with its secret', schema: webhookMade } },
    problems: ['TooManyWebhooks'],
    handle: async ({ body, asked }, services) => ({ status: 201, body: granted(await services.webhooks.create(asked(), body)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/webhooks',
    operation: 'listWebhooks',
    tag,
    summary: 'List the own webhooks',
    description: 'Oldest first.',
    roles,
    query: z.strictObject(paging),
    answers: { 200: { description: 'Webhooks', schema: webhooks } },
    handle: async ({ query: { limit, cursor }, viewer }, services) => ({
      body: await services.webhooks.list(subjectOf(viewer), { after: numberOf(cursor) ?? 0n, limit }),
    }),
  }),
  route({
    method: 'GET',
    path,
    operation: 'getWebhook',
    tag,
    summary: 'Read a webhook',
    description: 'Here it says whether, since when and why nothing is sent to it any more.',
    roles,
    params,
    answers: { 200: { description: 'The webhook', schema: webhook } },
    handle: async ({ path: { id }, viewer }, services) => ({ body: found(await services.webhooks.read(subjectOf(viewer), id)) }),
  }),
  route({
    method: 'DELETE',
    path,
    operation: 'deleteWebhook',
    tag,
    summary: 'Delete a webhook',
    description: 'Nothing is sent to it any more; a request that is under way may still arrive.',
    roles,
    params,
    idempotent: true,
    answers: { 204: { description: 'It is gone', schema: null } },
    handle: async ({ path: { id }, asked }, services) => ({ status: 204, body: granted(await services.webhooks.remove(asked(), id)) }),
  }),
  route({
    method: 'POST',
    path: `${path}/rotate`,
    operation: 'rotateWebhookSecret',
    tag,
    summary: 'Replace the secret of a webhook',
    description: 'For a while (`formerSecretUntil`) requests are signed by both: `webhook-signature` has two signatures then.',
    roles,
    params,
    idempotent: true,
    answers: { 200: { description: 'The webhook, with its new secret', schema: webhookMade } },
    handle: async ({ path: { id }, asked }, services) => ({ body: granted(await services.webhooks.rotate(asked(), id)) }),
  }),
  route({
    method: 'POST',
    path: `${path}/replay`,
    operation: 'replayWebhook',
    tag,
    summary: 'Be sent events once more',
    description: 'All that the webhook wants from a position on, in order, each with the `webhook-id` that it had.',
    roles,
    params,
    body: sentReplay,
    idempotent: true,
    answers: { 200: { description: 'The webhook', schema: webhook } },
    handle: async ({ path: { id }, body: { from }, asked }, services) => ({
      body: granted(await services.webhooks.replay(asked(), id, from)),
    }),
  }),
  route({
    method: 'POST',
    path: `${path}/enable`,
    operation: 'enableWebhook',
    tag,
    summary: 'Go on with a webhook that was disabled',
    description: 'It goes on where it ended: nothing is left out.',
    roles,
    params,
    idempotent: true,
    answers: { 200: { description: 'The webhook', schema: webhook } },
    handle: async ({ path: { id }, asked }, services) => ({ body: granted(await services.webhooks.enable(asked(), id)) }),
  }),
  route({
    method: 'GET',
    path: `${path}/deliveries`,
    operation: 'listDeliveries',
    tag,
    summary: 'See what became of deliveries',
    description: 'Newest first. Those that are over are kept for some time.',
    roles,
    params,
    query: z.strictObject({
      state: z.enum(['waiting', 'taken', 'given_up']).nullable().default(null).describe('In which state; all without it'),
      ...paging,
    }),
    answers: { 200: { description: 'Deliveries', schema: deliveries } },
    handle: async ({ path: { id }, query: { state, limit, cursor }, viewer }, services) => ({
      body: found(await services.webhooks.deliveries(subjectOf(viewer), id, { state, before: numberOf(cursor), limit })),
    }),
  }),
];
