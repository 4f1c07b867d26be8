import { z } from 'zod';
import { Refusal } from '../problems/problem.ts';
import { operators, type Route, route } from '../route.ts';
import { answeredAs } from '../schemas/registry.ts';
import { parkedEvent, retried } from '../schemas/review.ts';

const params = z.strictObject({ id: z.string().regex(/^\d{1,18}$/) });
const gone = () => new Refusal('NotFound', { detail: 'Nothing of that id is parked.' });

export const parkedRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/parked',
    operation: 'listParked',
    tag: 'Operations',
    summary: 'List the events that a projection could not take',
    roles: operators,
    answers: {
      200: {
        description: 'All that is parked or skipped, oldest first',
        schema: answeredAs('ParkedEvents', z.object({ items: z.array(parkedEvent), next: z.null() })),
      },
    },
    handle: async (_, { parked }) => ({ body: { items: await parked.list(), next: null } }),
  }),
  route({
    method: 'POST',
    path: '/v1/parked/{id}/retry',
    operation: 'retryParked',
    tag: 'Operations',
    summary: 'Try a parked event, and what waits behind it, again',
    description: 'May be repeated freely: what has been applied is not parked any more (404).',
    roles: operators,
    params,
    answers: { 200: { description: 'What became of it', schema: retried } },
    handle: async ({ path, viewer }, { parked }) => {
      const outcome = await parked.retry(path.id, viewer?.subject ?? '');
      if (outcome.outcome === 'gone') throw gone();
      return { body: outcome };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/parked/{id}/skip',
    operation: 'skipParked',
    tag: 'Operations',
    summary: 'Leave a parked event out, also in rebuilds',
    description: 'It stays listed as skipped. What waits behind it is applied.',
    roles: operators,
    params,
    answers: { 200: { description: 'What became of the events behind it', schema: retried } },
    handle: async ({ path, viewer }, { parked }) => {
      const outcome = await parked.skip(path.id, viewer?.subject ?? '');
      if (outcome.outcome === 'gone') throw gone();
      return { body: outcome };
    },
  }),
];
