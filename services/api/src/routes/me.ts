import { keyHolders, scopesOf, writers } from '@averment/access';
import { idOfUuid } from '@averment/domain';
import { z } from 'zod';
import { found } from '../http/found.ts';
import { requireLog } from '../http/log-name.ts';
import { type Route, route } from '../route.ts';
import { me, notices, ownEdits } from '../schemas/me.ts';
import { exactly, logPosition, paging, wholeNumber } from '../schemas/parameters.ts';
import { queryFilters } from '../schemas/queue.ts';

const tag = 'Me';

export const meRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/me',
    operation: 'readMe',
    tag,
    summary: 'Read who asks',
    description:
      'The subject, its role and what that may do, and of the key or token what its holder may know. Nothing is said of other subjects.',
    roles: keyHolders,
    answers: { 200: { description: 'Who asks', schema: me } },
    handle: async ({ viewer }, { keys }) => {
      const { subject, role, kind, keyId, expiresAt: end } = found(viewer);
      const expiresAt = end?.toISOString() ?? null;
      const id = keyId === null ? null : idOfUuid('key', keyId);
      return {
        body: {
          subject,
          role,
          scopes: scopesOf(role),
          kind,
          expiresAt,
          key: id === null ? null : { id, name: await keys.nameOf(id), kind, expiresAt },
          token: id === null ? { expiresAt } : null,
        },
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/me/edits',
    operation: 'listOwnEdits',
    tag,
    summary: 'Read the own edits',
    description:
      'All edits of incidents, sources and parties that the caller submitted, the newest version first: as the queue has them, with the votes and their reasons, and the comments that wait for an answer.',
    roles: writers,
    query: z.strictObject({
      state: queryFilters.state.describe('In which state; all without it. `open`: not decided; `in_review`: somebody holds a lease now'),
      ...paging,
    }),
    models: ['reviews', 'record'],
    list: true,
    cached: true,
    answers: { 200: { description: 'Own edits', schema: ownEdits } },
    handle: async ({ query: { state = 'all', ...page }, viewer, context }, { queries }) => ({
      body: await queries.ownEdits({ state }, page, viewer, context),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/me/notices',
    operation: 'listNotices',
    tag,
    summary: 'Read what happened to edits that one takes part in',
    description:
      'Whoever wrote a version of an edit, voted or commented on it takes part in it, and is told what others do to it from then on, in the order of the log. Resume with `after=<next>`: nothing is missed and nothing comes twice, but for what `Averment-Incomplete` says is parked, which comes at its old position once it is taken. What follows from time or from other edits has no position: `overdue` and `outdated` are as of now, whatever `after` is. If another log lies there now, or this one from an older backup, the answer is 410: begin anew at 0.',
    roles: writers,
    query: z.strictObject({
      after: logPosition.prefault('0').describe('The position after which to begin: `next` of the answer before, or 0'),
      limit: wholeNumber(1, 100).prefault('50').describe('How many items the answer has at most'),
      log: exactly(100).optional().describe('The `log` of the answer before'),
    }),
    models: ['reviews'],
    list: true,
    answers: {
      200: {
        description: 'What happened after the position, and what is to be done. Fewer items than the limit are the end',
        schema: notices,
      },
    },
    problems: ['LogChanged'],
    handle: async ({ query, viewer }, { queries, logName }) => {
      const log = await requireLog(logName, query.log);
      return { body: { ...(await queries.notices(query.after, query.limit, viewer)), log } };
    },
  }),
];
