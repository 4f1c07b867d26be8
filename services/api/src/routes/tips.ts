import { everybody, writers } from '@averment/access';
import { aboutIn } from '@averment/domain';
import { BadCursor } from '@averment/read-models';
import { z } from 'zod';
import { found, granted } from '../http/found.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { paging, pathId } from '../schemas/parameters.ts';
import { sentTip, sentTipOutcome, tip, tipProgress, tipReceived, tips, tipTaken } from '../schemas/tips.ts';

const tag = 'Tips';
const params = z.strictObject({ id: pathId('tip') });
/** The number of the last tip of the page before. */
const afterOf = (cursor: string | null): bigint => {
  if (cursor === null) return 0n;
  if (!/^[1-9]\d{0,17}$/.test(cursor)) throw new BadCursor('no page of this list gave it');
  return BigInt(cursor);
};
const hour = 3600;

export const tipRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/tips',
    operation: 'sendTip',
    tag,
    summary: 'Say that something is wrong',
    description:
      'For whoever reads the record and has no key. It is no part of the record: nobody but contributors and reviewers reads it, and it is deleted after some time (`expiresAt`). What it is about has to be public. It takes no `Idempotency-Key`: sent again it is another tip.',
    roles: everybody,
    body: sentTip,
    models: ['record'],
    limited: true,
    answers: { 201: { description: 'The tip waits for somebody to look into it', schema: tipReceived } },
    problems: ['InvalidChange'],
    handle: async ({ body: { about: sent, text, contact } }, { tips, queries }) => {
      const about = aboutIn(sent);
      if (!(await queries.isPublic(about)))
        throw new Refusal('InvalidChange', {
          detail: 'A tip is about something that everybody can read.',
          errors: [{ pointer: `/about/${about.kind}`, message: 'names nothing that is public' }],
        });
      const kept = await tips.send({ about, text, contact });
      if (kept === null)
        throw new Refusal(
          'RateLimited',
          { detail: 'Too many tips wait to be read. Send it again later.' },
          { 'retry-after': String(hour) },
        );
      return { status: 201, body: kept };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tips',
    operation: 'listTips',
    tag,
    summary: 'Read the tips of outsiders',
    description: 'Oldest first. Nobody has checked what they say. `contact` is for who took one.',
    roles: writers,
    query: z.strictObject({
      state: z.enum(['waiting', 'taken', 'closed', 'all']).default('waiting').describe('In which state; those that wait without it'),
      ...paging,
    }),
    answers: { 200: { description: 'Tips', schema: tips } },
    handle: async ({ query: { state, limit, cursor }, viewer }, services) => ({
      body: await services.tips.list(state, { after: afterOf(cursor), limit, subject: viewer?.subject ?? '' }),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/tips/{id}',
    operation: 'followTip',
    tag,
    summary: 'Ask what became of a tip',
    description: 'By its sender, with the secret. Who looks into it is not told.',
    roles: everybody,
    params,
    secret: true,
    answers: { 200: { description: 'What became of it', schema: tipProgress } },
    handle: async ({ path: { id }, secret }, { tips }) => ({ body: found(await tips.follow(id, secret)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/tips/{id}/take',
    operation: 'takeTip',
    tag,
    summary: 'Look into a tip',
    description: 'That is an event, and the answer has how the sender can be asked. A reviewer may take over what another took.',
    roles: writers,
    params,
    idempotent: true,
    answers: { 200: { description: 'The tip', schema: tipTaken } },
    problems: ['TipState', 'Busy'],
    handle: async ({ path: { id }, caller }, { tips }) => ({ body: granted(await tips.take(caller(), id)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/tips/{id}/close',
    operation: 'closeTip',
    tag,
    summary: 'Say what became of a tip',
    description: 'By who took it, for its sender. It may be repeated freely, and said otherwise.',
    roles: writers,
    params,
    body: sentTipOutcome,
    answers: { 200: { description: 'The tip', schema: tip } },
    problems: ['TipState'],
    handle: async ({ path: { id }, body, viewer }, { tips }) => ({
      body: granted(await tips.close(viewer?.subject ?? '', { id, ...body })),
    }),
  }),
];
