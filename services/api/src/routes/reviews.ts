import { insiders, overseers, reviewers, seesReview, type Viewer } from '@averment/access';
import type { Views } from '@averment/commands';
import { fromNothing } from '@averment/read-models';
import { z } from 'zod';
import { found, granted } from '../http/found.ts';
import { saidTime } from '../http/moments.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { logMoment, paging } from '../schemas/parameters.ts';
import { nextRequest, queryFilters, savedFilters, viewQuery } from '../schemas/queue.ts';
import { answeredAs } from '../schemas/registry.ts';
import { queueItem, statistics } from '../schemas/review.ts';

type Filters = z.output<typeof savedFilters>;

/** The filters of a view with those that were sent beside it, `me` being the viewer. Throws where there is no such view. */
const filtersOf = async ({ view, ...sent }: Filters & { view?: string | undefined }, viewer: Viewer, views: Views): Promise<Filters> => {
  const subject = viewer?.subject ?? '';
  const read = view === undefined ? { filters: {} } : await views.read(subject, view);
  if (read === null) throw new Refusal('NotFound', { detail: `You have no view “${view}”.` });
  const saved = savedFilters.safeParse(read.filters);
  if (!saved.success)
    throw new Refusal('InvalidParameter', { detail: `The view “${view}” holds what is no filter here by now. Save it anew.` });
  const filters: Filters = { ...saved.data, ...sent };
  const who = (value: string | undefined) => (value === 'me' ? subject : value);
  return { ...filters, ...(filters.author && { author: who(filters.author) }), ...(filters.holder && { holder: who(filters.holder) }) };
};

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
      ...queryFilters,
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
    problems: ['NotFound'],
    handle: async ({ query: { limit, cursor, sort, ...sent }, viewer, context }, { commands, queries, views }) => {
      const filters = await filtersOf(sent, viewer, views);
      if (!seesReview(viewer) && filters.author !== viewer?.subject)
        throw new Refusal('Forbidden', { detail: 'A contributor sees only their own edits here: send author=me.' });
      const recused = filters.decidable === undefined ? fromNothing : await commands.recusedFrom(viewer?.subject ?? '');
      return { body: await queries.reviews(filters, { limit, cursor, sort, recused }, viewer, context) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/reviews/next',
    operation: 'takeNextReview',
    tag: 'Review',
    summary: 'Take the next edit to review',
    description:
      'Gives the best edit that the caller may approve and nobody holds, and leases it to the caller: high priority before normal, then what is due first. However many ask at once, no edit goes to two. Asked again it gives the edit that the caller holds, whatever the filters say, and renews the lease, until the edit is decided or given back (`DELETE …/lease`). It takes no `Idempotency-Key`.',
    roles: reviewers,
    query: viewQuery,
    body: nextRequest,
    models: ['reviews', 'record'],
    answers: {
      200: { description: 'The edit, with the lease of the caller', schema: queueItem },
      204: { description: 'Nothing waits that the caller may approve and nobody holds', schema: null },
    },
    problems: ['NotFound', 'Busy'],
    handle: async ({ query, body, viewer, caller, context }, { commands, queries, views }) => {
      const filters = await filtersOf({ ...query, ...body.filters }, viewer, views);
      const recused = await commands.recusedFrom(viewer?.subject ?? '');
      const taken = granted(await commands.takeNext(caller(), (passed) => queries.nextReviews(filters, viewer, { passed, recused })));
      if (taken === null) return { status: 204, body: null };
      return { body: { ...found(await queries.review(taken, viewer, context)), lease: taken.lease } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/reviews/stats',
    operation: 'readReviewStatistics',
    tag: 'Review',
    summary: 'Read how the review goes',
    description:
      'Open edits and their age, votes a day, and by kind of change and reviewer what was approved, overturned and reverted. With `asOf` as they were at the end of a day, in UTC, or at a time.',
    roles: overseers,
    query: z.strictObject({ asOf: logMoment.asOf }),
    models: ['reviews'],
    list: true,
    answers: { 200: { description: 'The numbers', schema: statistics } },
    problems: ['TimeInFuture'],
    handle: async ({ query: { asOf }, context }, { queries }) => {
      const time = asOf && { begins: asOf.begins, ends: asOf.ends };
      return { body: await queries.reviewStats(time, context), headers: saidTime(time && { time }) };
    },
  }),
];
