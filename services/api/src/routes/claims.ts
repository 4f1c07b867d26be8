import { readers } from '@averment/access';
import { z } from 'zod';
import { checkAspect } from '../http/vocabulary.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { day, paging, pathId, standing, term } from '../schemas/parameters.ts';
import { listedClaim } from '../schemas/record.ts';
import { answeredAs } from '../schemas/registry.ts';

export const claimRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/claims',
    operation: 'listClaims',
    tag: 'Incidents',
    summary: 'Find claims across incidents',
    description: '`from` and `to` bound the day of the incident.',
    roles: readers,
    query: z.strictObject({
      speaker: pathId('party').optional(),
      aspect: term.optional(),
      standing: standing.optional(),
      source: pathId('source').optional(),
      incident: pathId('incident').optional(),
      from: day.optional(),
      to: day.optional(),
      ...paging,
    }),
    models: ['record'],
    list: true,
    answers: { 200: { description: 'Claims', schema: answeredAs('Claims', pageOf(listedClaim)) } },
    handle: async ({ query: { limit, cursor, ...filters }, viewer }, services) => {
      checkAspect(filters.aspect, services);
      return { body: await services.queries.claims(filters, { limit, cursor }, viewer) };
    },
  }),
];
