import { insiders, overseers, seesReview } from '@averment/access';
import { z } from 'zod';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { exactly, flag, paging, region, term } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';
import { queueItem, statistics } from '../schemas/review.ts';

export const reviewRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/reviews',
    operation: 'listReviews',
    tag: 'Review',
    summary: 'Read the review queue',
    description:
      'The open edits, unless `state` says otherwise (`in_review`: somebody holds a lease now). `author=me` gives the caller’s own edits; contributors may ask for nothing else. `holder` is a subject, `me` or `none`. An edit that cannot be approved as it is (`outdated`) waits for its author.',
    roles: insiders,
    query: z.strictObject({
      state: z.enum(['open', 'in_review', 'all', 'submitted', 'changes_requested', 'applied', 'rejected', 'withdrawn']).optional(),
      kind: term.optional(),
      priority: z.enum(['high', 'normal']).optional(),
      holder: exactly(200).optional(),
      author: exactly(200).optional(),
      region: region.optional(),
      waitingFor: z.enum(['reviewer', 'author']).optional(),
      outdated: flag.optional(),
      sort: z.enum(['submittedAt', '-submittedAt', 'dueAt', '-dueAt', 'priority']).default('submittedAt'),
      ...paging,
    }),
    models: ['reviews', 'record'],
    list: true,
    answers: {
      200: { description: 'Edits that wait, with how long, for whom and until when', schema: answeredAs('Queue', pageOf(queueItem)) },
    },
    handle: async ({ query: { limit, cursor, sort, author, holder, ...filters }, viewer, context }, { queries }) => {
      if (!seesReview(viewer) && author !== 'me')
        throw new Refusal('Forbidden', { detail: 'A contributor sees only their own edits here: send author=me.' });
      const who = (value: string | undefined) => (value === 'me' ? viewer?.subject : value);
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
