import { insiders } from '@averment/access';
import { z } from 'zod';
import { found } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { paging, pathId } from '../schemas/parameters.ts';
import { events } from '../schemas/record.ts';

const names = {
  source: { base: '/v1/sources', operation: 'readSourceEvents', tag: 'Sources' },
  party: { base: '/v1/parties', operation: 'readPartyEvents', tag: 'Parties' },
} as const;

/** The route that reads the events of a source or a party. */
export const registerEvents = (of: keyof typeof names): Route =>
  route({
    method: 'GET',
    path: `${names[of].base}/{id}/events`,
    operation: names[of].operation,
    tag: names[of].tag,
    summary: `Read the ${of}'s events`,
    description:
      'Oldest first, read from the log: how it was registered and changed. Reviewers and auditors also see the events of its review.',
    roles: insiders,
    params: z.strictObject({ id: pathId(of) }),
    query: z.strictObject(paging),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'Events', schema: events } },
    handle: async ({ path, query, viewer, context }, { queries }) => ({
      body: found(await queries.registerEvents(path.id, query, viewer, context)),
    }),
  });
