import { insiders, overseers, seesReview } from '@averment/access';
import { changeKinds } from '@averment/domain';
import { z } from 'zod';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { exactly, flag, paging, pathId, region, words } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';
import { queueItem, statistics } from '../schemas/review.ts';

const kinds = changeKinds.map(({ kind }) => kind);

export const reviewRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/reviews',
    operation: 'listReviews',
    tag: 'Review',
    summary: 'Read the review queue',
    description:
      'The open edits, unless `state` says otherwise (`in_review`: somebody holds a lease now). `author=me` gives the caller’s own edits, as the caller’s own name does; contributors may ask for nothing else. `holder` is a subject, `me` or `none`. An edit that cannot be approved as it is (`outdated`) waits for its author.',
    roles: insiders,
    query: z.strictObject({
      state: z
        .enum(['open', 'in_review', 'all', 'submitted', 'changes_requested', 'applied', 'rejected', 'withdrawn'])
        .optional()
        .describe('In which state; `open` without it. `in_review`: somebody holds a lease now'),
      q: words(500)
        .optional()
        .describe(
          'Words of the incident’s title, of the rationale, and of what the changes say in words of the record’s own: statements, grounds, summaries, reasons. They are taken as in `q` of `/v1/incidents`',
        ),
      incident: pathId('incident').optional().describe('Of this incident, and of those that are merged into it'),
      kind: z.enum(kinds).optional().describe('A kind of change that it holds'),
      priority: z.enum(['high', 'normal']).optional().describe('How urgent it is'),
      holder: exactly(200).optional().describe('Who is at work on it: a subject, `me` or `none`'),
      author: exactly(200).optional().describe('Who submitted it: a subject or `me`'),
      region: region.optional(),
      waitingFor: z.enum(['reviewer', 'author']).optional().describe('Who has to act next'),
      decidable: flag
        .optional()
        .describe(
          'Whether the caller may approve it now: it waits for a reviewer, and the caller neither wrote a version of it nor has a vote on the current one',
        ),
      outdated: flag.optional().describe('Whether it cannot be approved as it is'),
      sort: z
        .enum(['submittedAt', '-submittedAt', 'dueAt', '-dueAt', 'priority'])
        .default('submittedAt')
        .describe('In which order: `-` is falling'),
      ...paging,
    }),
    models: ['reviews', 'record'],
    list: true,
    cached: true,
    answers: {
      200: {
        description: 'Edits that wait, with how long, for whom and until when',
        schema: answeredAs('Queue', pageOf(queueItem), 'A page of the queue'),
      },
    },
    handle: async ({ query: { limit, cursor, sort, author, holder, ...filters }, viewer, context }, { queries }) => {
      const who = (value: string | undefined) => (value === 'me' ? viewer?.subject : value);
      if (!seesReview(viewer) && (author === undefined || who(author) !== viewer?.subject))
        throw new Refusal('Forbidden', { detail: 'A contributor sees only their own edits here: send author=me.' });
      const own = { ...filters, author: who(author), holder: who(holder) };
      return { body: await queries.reviews(own, { limit, cursor, sort }, viewer, context) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/reviews/stats',
    operation: 'readReviewStatistics',
    tag: 'Review',
    summary: 'Read how the review goes',
    description: 'Open edits and their age, decisions a day and by reviewer.',
    roles: overseers,
    models: ['reviews'],
    list: true,
    answers: { 200: { description: 'The numbers', schema: statistics } },
    handle: async (_, { queries }) => ({ body: await queries.reviewStats() }),
  }),
];
