import { followers, seesWholeFeed } from '@averment/access';
import { answer } from '@averment/domain';
import { z } from 'zod';
import { requireLog } from '../http/log-name.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { exactly, logPosition, pageLimit } from '../schemas/parameters.ts';
import { feedEvent } from '../schemas/record.ts';
import { answeredAs } from '../schemas/registry.ts';

export const feedRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/events',
    operation: 'follow',
    tag: 'Feed',
    summary: 'Follow every change by position',
    description:
      'The record events of published incidents in order, erasures and merges included; auditors get every stream. The feed is read from the log itself. An event that conceals a text or quotes a source is shown to viewers who may not see all of it only once the model `record` has decided what they see; until then a page ends before it, then the answer is 503. Resume with `after=<next>`: nothing is missed, something may come twice. Send the `log` of the answers back as `log=`. If another log lies there now, or this one from an older backup, the answer is 410; so it is for a position beyond the end. What was followed so far may then hold what the record does not: drop it and start anew, from `after=0` without `log`. A page ends before an event that cannot be read, then the answer is 503, until the operator lets the feed pass over it. Then an item of type `Unreadable` stands in its place, with the event’s own position, stream and revision; `data.why` says what is wrong with it. What an app knows of that stream is incomplete from there on. Once the event can be read again, an item of type `FeedEventMended` comes at a new position; its `data.event` is the item that was missing, as it is served at `data.position` from then on. With `with=canonical` auditors get each event with the bytes that the ledger has a leaf of; an event that cannot be read then ends no page.',
    roles: followers,
    query: z.strictObject({
      after: logPosition.prefault('0').describe('The position after which to begin: `next` of the page before, or 0'),
      limit: pageLimit,
      with: z.enum(['canonical']).optional().describe('`canonical`: each event with its stored bytes and disclosures, for auditors'),
      log: exactly(100).optional().describe('The `log` of the page before'),
    }),
    answers: {
      200: {
        description: 'Events after the position. A page with fewer than the limit is not the end; one without a new `next` is',
        schema: answeredAs(
          'FeedPage',
          z.object({
            items: z.array(feedEvent).describe('Events, in the order of the log'),
            next: answer.position.describe('The position to resume from'),
            log: z
              .string()
              .describe(
                'The name of the log that the positions belong to: opaque, and changed whenever the log was restored from a backup',
              ),
          }),
          'A page of the feed',
        ),
      },
    },
    problems: ['Unreadable', 'LogChanged'],
    handle: async ({ query, viewer, context }, { queries, logName }) => {
      const canonical = query.with !== undefined;
      if (canonical && !seesWholeFeed(viewer))
        throw new Refusal('Forbidden', { detail: 'Only an auditor reads the stored bytes of events.' });
      const log = await requireLog(logName, query.log);
      return { body: { ...(await queries[canonical ? 'storedFeed' : 'feed'](query.after, query.limit, viewer, context)), log } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/events/stream',
    operation: 'streamEvents',
    tag: 'Feed',
    summary: 'Follow every change as it happens',
    description:
      'The same events as the feed, as Server-Sent Events: each has its position as `id` and the item of the feed as `data`. A client that loses its stream comes back with the last `id` as `Last-Event-ID` and misses nothing; 0 is the start. Comments come every 15 seconds. Before an event that cannot be read, and while the log does not answer, the stream stands still. It ends when the service stops, when the key is revoked, and where its client takes too slowly: come back. Keep `Averment-Log` and send it as `log=`; 410 as for the feed. More than the service has room for are answered 503.',
    roles: followers,
    resumes: true,
    query: z.strictObject({
      after: logPosition.prefault('0').describe('The position after which to begin, where there is no `Last-Event-ID`'),
      log: exactly(100).optional().describe('The `Averment-Log` of the stream before'),
    }),
    answers: {
      200: {
        description: 'Events, as they happen',
        schema: z.string(),
        type: 'text/event-stream',
        headers: { 'Averment-Log': 'The name of the log that the positions belong to' },
      },
    },
    problems: ['Unreadable', 'LogChanged', 'Overloaded'],
    handle: async ({ query, viewer, lastEvent, authorization, context }, { streams, logName }) => {
      const log = await requireLog(logName, query.log);
      const follows = await streams.begin({ after: lastEvent ?? query.after, viewer, authorization, client: context.client });
      return {
        body: null,
        type: 'text/event-stream; charset=utf-8',
        cache: 'no-store',
        // Proxies that gather answers would hold events back.
        headers: { 'averment-log': log, 'x-accel-buffering': 'no' },
        follows,
      };
    },
  }),
];
