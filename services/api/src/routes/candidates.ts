import { everybody } from '@averment/access';
import { z } from 'zod';
import { found } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { candidate, candidatePair } from '../schemas/candidates.ts';
import { paging, pathId } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';

const what =
  'What two incidents share speaks for it (day, place, agencies, people, sources), what they differ in against it; docs/candidates.md says how much. The likeliest come first. It is found by machine, as of now, and decides nothing: `merge_incident` says that two are one, `distinguish_incident` that they are not, after which they are no candidates. Only incidents that the caller may read are named, and nothing that rests on private people is told to those who may not read their names.';

export const candidateRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/incidents/{id}/candidates',
    operation: 'readCandidates',
    tag: 'Incidents',
    summary: 'Read which incidents may be the same as this one',
    description: `${what} One that is merged has none: its survivor has them.`,
    roles: everybody,
    params: z.strictObject({ id: pathId('incident') }),
    query: z.strictObject(paging),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'Candidates', schema: answeredAs('Candidates', pageOf(candidate), 'A page of candidates') } },
    handle: async ({ path, query, viewer }, { queries }) => ({ body: found(await queries.candidates(path.id, query, viewer)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/candidates',
    operation: 'listCandidates',
    tag: 'Incidents',
    summary: 'Read which incidents may be the same',
    description: `${what} Pairs with a retracted incident are left out.`,
    roles: everybody,
    query: z.strictObject(paging),
    models: ['record'],
    list: true,
    cached: true,
    answers: {
      200: { description: 'Pairs', schema: answeredAs('CandidatePairs', pageOf(candidatePair), 'A page of pairs') },
    },
    handle: async ({ query, viewer }, { queries }) => ({ body: await queries.candidatePairs(query, viewer) }),
  }),
];
