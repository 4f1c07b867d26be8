import { operators } from '@averment/access';
import { BadCursor, type Parked, projectionNames } from '@averment/read-models';
import { z } from 'zod';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { paging } from '../schemas/parameters.ts';
import { answeredAs, sentAs } from '../schemas/registry.ts';
import { parkedEvent, repaired, retried } from '../schemas/review.ts';

const params = z.strictObject({
  id: z
    .string()
    .regex(/^\d{1,18}$/)
    .describe('The number of the parked event'),
});
const cursorOf = (last: Parked | undefined) => (last === undefined ? null : `${last.position}.${last.id}`);
/** Holds for what comes after the cursor, whether or not the event that it names is still parked. */
const after = (cursor: string) => {
  const [, position, id] = /^(\d{1,19})\.(\d{1,19})$/.exec(cursor) ?? [];
  if (position === undefined || id === undefined) throw new BadCursor('no page of this list gave it');
  return (event: Parked) => BigInt(event.position) > BigInt(position) || (event.position === position && BigInt(event.id) > BigInt(id));
};
/** Which events are meant. Of what the error says a part is enough. */
const filter = {
  projection: z.enum(projectionNames).optional().describe('The projection that could not take them'),
  stream: z.string().min(1).max(100).optional().describe('The stream that they stand in'),
  type: z.string().min(1).max(100).optional().describe('Their type'),
  error: z.string().min(1).max(500).optional().describe('A part of what their error says'),
};
const limit = z.int().min(1).max(500).default(100).describe('How many at most');
const sentFilter = sentAs(
  'ParkedFilter',
  z.strictObject({ ...filter, limit }).prefault({}),
  'Which parked events are meant; all without it',
);
/** Nothing is skipped that nobody has named. */
const sentSelection = sentAs(
  'ParkedSelection',
  z.strictObject({ ...filter, limit }).refine(({ limit: _, ...named }) => Object.keys(named).length > 0, 'must name what is skipped'),
  'Which parked events are meant: at least one thing that has to fit',
);
const gone = () => new Refusal('NotFound', { detail: 'Nothing of that id is parked.' });

export const parkedRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/parked',
    operation: 'listParked',
    tag: 'Operations',
    summary: 'List the events that a projection could not take',
    description:
      'What a model cannot take is parked with what follows in its stream; everything else goes on. Each item says why. It is tried again or skipped.',
    roles: operators,
    query: z.strictObject(paging),
    answers: {
      200: {
        description: 'What is parked or skipped, oldest first',
        schema: answeredAs('ParkedEvents', pageOf(parkedEvent), 'A page of parked events'),
      },
    },
    handle: async ({ query: { limit, cursor } }, { parked }) => {
      const isLeft = cursor === null ? () => true : after(cursor);
      const left = (await parked.list()).filter(isLeft);
      const items = left.slice(0, limit);
      return { body: { items, next: left.length > limit ? cursorOf(items.at(-1)) : null } };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/parked/retry',
    operation: 'retryParkedEvents',
    tag: 'Operations',
    summary: 'Try all parked events that fit again',
    description: 'At most `limit`, the least tried first. May be repeated freely, until `matched` is 0.',
    roles: operators,
    body: sentFilter,
    answers: { 200: { description: 'What became of them', schema: repaired } },
    handle: async ({ body: { limit: most, ...named }, viewer }, { parked }) => ({
      body: await parked.retryAll(named, most, viewer?.subject ?? ''),
    }),
  }),
  route({
    method: 'POST',
    path: '/v1/parked/skip',
    operation: 'skipParkedEvents',
    tag: 'Operations',
    summary: 'Skip all parked events that fit, also in rebuilds',
    description:
      'At most `limit`. The body names at least one thing that has to fit. The rest of their streams is applied, and may be parked in turn.',
    roles: operators,
    body: sentSelection,
    answers: { 200: { description: 'What became of the events behind them', schema: repaired } },
    handle: async ({ body: { limit: most, ...named }, viewer }, { parked }) => ({
      body: await parked.skipAll(named, most, viewer?.subject ?? ''),
    }),
  }),
  route({
    method: 'POST',
    path: '/v1/parked/{id}/retry',
    operation: 'retryParked',
    tag: 'Operations',
    summary: 'Try a parked event, and the rest of its stream, again',
    description: 'May be repeated freely: what has been applied is no longer parked (404).',
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
    summary: 'Skip a parked event, also in rebuilds',
    description: 'It stays listed as skipped. The rest of its stream is applied.',
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
