import { everybody } from '@averment/access';
import { z } from 'zod';
import { logMomentOf, saidTime } from '../http/moments.ts';
import { askedIn } from '../http/vocabulary.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { country, day, exactly, logMoment, paging, pathId, standing, term } from '../schemas/parameters.ts';
import { listedClaim } from '../schemas/record.ts';
import { answeredAs } from '../schemas/registry.ts';

export const aboutValue =
  'Goes with `aspect`, and finds claims that say so, clearly and firmly, none that denies it: a term, `true` or `false` (a denied `true` is `false`), the id of a party or incident, `none`, `unknown`, `withheld`, `sealed`, or a number, which also finds ranges and bounds that it fits in, with its unit where the aspect has several (`3 count`).';

export const claimRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/claims',
    operation: 'listClaims',
    tag: 'Incidents',
    summary: 'Find claims across incidents',
    description:
      'Of every standing unless one is asked for. `from` and `to` bound the day of the incident, `country` is where it was. With `asOf` (a time, or a day in UTC) or `asOfPosition` the claims are as they stood then; a page may then end before its limit. `Averment-As-Of` and `Averment-As-Of-Time` say when that was.',
    roles: everybody,
    query: z.strictObject({
      speaker: pathId('party').optional().describe('Who said it'),
      about: pathId('party').optional().describe('Of whom it speaks'),
      aspect: term.optional().describe('What of the incident it speaks of: a name of `/v1/vocabulary`'),
      value: exactly(100).optional().describe(aboutValue),
      standing: standing.optional().describe('How it stands: `standing`, or a mark. Of every standing without it'),
      source: pathId('source').optional().describe('A source that it cites'),
      incident: pathId('incident').optional().describe('The incident that it is of'),
      country: country.optional(),
      from: day.optional().describe('The first day of the incident'),
      to: day.optional().describe('The last day of the incident'),
      ...logMoment,
      ...paging,
    }),
    models: ['record'],
    list: true,
    cached: true,
    answers: { 200: { description: 'Claims', schema: answeredAs('Claims', pageOf(listedClaim), 'A page of claims') } },
    problems: ['TimeInFuture'],
    handle: async ({ query: { limit, cursor, asOf, asOfPosition, ...filters }, viewer, context }, services) => {
      const moment = logMomentOf({ asOf, asOfPosition });
      const { position, ...page } = await services.queries.claims(askedIn(filters, services), { limit, cursor, moment }, viewer, context);
      return { body: page, headers: { ...(position !== undefined && { 'averment-as-of': position }), ...saidTime(moment) } };
    },
  }),
];
