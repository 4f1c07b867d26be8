import { everybody, isOneOf, reviewers, type Viewer, writers } from '@averment/access';
import { partyKinds } from '@averment/domain';
import { z } from 'zod';
import { found, granted, left } from '../http/found.ts';
import { registerMomentOf, servedThen } from '../http/moments.ts';
import { Refusal } from '../problems/problem.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { externalId, paging, pathId, registerMoment, words } from '../schemas/parameters.ts';
import { party, registeredParty, sentParties, summary } from '../schemas/parties.ts';
import { answeredAs } from '../schemas/registry.ts';
import { registerEvents } from './register-events.ts';

const params = z.strictObject({ id: pathId('party') });

/** What `q` does where it asks for the beginnings of words. */
export const aboutBeginnings = (searched: string): string =>
  `Searches ${searched} by the beginnings of words, all of which have to be there and none of which is too common. Letter case, accents and signs do not matter, and Latin letters are found by plain ones (\`Lukasz\` finds Łukasz, \`Strasse\` Straße). A word of four letters or more that ends in s finds the word without it too (\`sheriffs\` finds Sheriff’s)`;

/** Throws where somebody else than a reviewer says of a party that it is distinct from others. */
export const requireDistinct = (parties: readonly { distinctFrom: readonly string[] }[], viewer: Viewer): void => {
  if (parties.some(({ distinctFrom }) => distinctFrom.length > 0) && !isOneOf(reviewers, viewer))
    throw new Refusal('Forbidden', { detail: 'Only a reviewer may say that a party is distinct from one that looks alike.' });
};

export const partyRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/parties',
    operation: 'registerParty',
    tag: 'Parties',
    summary: 'Register agencies, courts, outlets, organisations, persons or described roles',
    description:
      'Persons and described roles are private unless `private` is false and `publicRole` says why; they have no parent, and private ones no aliases. A name that looks like another party’s and is written in other characters is 409, unless a reviewer names that party in `distinctFrom`. One with the `externalId`, or one of the `identifiers`, of a party that is registered is 409, with the existing id; of several, such a one is taken as it is, and `reused` tells. `resembles` names those with such a name, of several those of the first, and in `parties` of each: where it is one of them, go on with that one.',
    roles: writers,
    body: sentParties,
    bodyLimit: 256 * 1024,
    idempotent: true,
    answers: { 201: { description: 'It is registered. The public sees it once an approved edit uses it.', schema: registeredParty } },
    problems: ['InvalidChange', 'LooksAlike', 'ExternalIdTaken', 'Busy'],
    handle: async ({ body, caller, viewer }, { commands, queries }) => {
      const sent = Array.isArray(body) ? body : [body];
      requireDistinct(sent, viewer);
      const registered = granted(
        await (Array.isArray(body) ? commands.registerParties(caller(), body) : commands.registerParty(caller(), body)),
      );
      const asked = sent.map(({ name, aliases }, index) => ({ id: registered.parties[index]?.id ?? '', names: [name, ...aliases] }));
      const like = await queries.partiesLike(asked, viewer);
      const parties = registered.parties.map((party, index) => ({ ...party, resembles: like[index] ?? [] }));
      return { status: 201, body: { ...registered, parties, resembles: like[0] ?? [] } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/parties',
    operation: 'listParties',
    tag: 'Parties',
    summary: 'Find parties',
    description: 'The list is in the order of names. Without a key and for apps, private parties are in no list.',
    roles: everybody,
    query: z.strictObject({
      q: words(500).optional().describe(aboutBeginnings('names and aliases')),
      externalId: externalId.optional(),
      identifier: externalId.optional().describe('One of its identifiers: `scheme:value`, letter by letter'),
      kind: z.enum(partyKinds).optional().describe('What it is'),
      ...paging,
    }),
    models: ['record'],
    list: true,
    cached: true,
    answers: { 200: { description: 'Parties', schema: answeredAs('Parties', pageOf(party), 'A page of parties') } },
    handle: async ({ query: { limit, cursor, ...filters }, viewer }, { queries }) => ({
      body: await queries.parties(filters, { limit, cursor }, viewer),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/parties/{id}',
    operation: 'readParty',
    tag: 'Parties',
    summary: 'Read a party',
    description:
      'With one of `asOf`, `asOfPosition` and `asOfVersion` the answer is what was said of it then, under the protection of now: of who is private by now the public reads no name of then. `Averment-As-Of` and `Averment-As-Of-Version` name the position and the version used.',
    roles: everybody,
    params,
    query: z.strictObject(registerMoment),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'The party', schema: party } },
    problems: ['TimeInFuture', 'Withheld'],
    handle: async ({ path, query, viewer, context }, { queries }) => {
      const at = registerMomentOf(query);
      if (at === null) return { body: left(found(await queries.party(path.id, viewer))) };
      const then = found(await queries.partyAt(path.id, at, viewer, context));
      left(then.item);
      return servedThen(then, at);
    },
  }),
  registerEvents('party'),
  route({
    method: 'GET',
    path: '/v1/parties/{id}/claims/summary',
    operation: 'summarizeClaims',
    tag: 'Parties',
    summary: "How a speaker's claims fared",
    description:
      'Counts by standing and the number of incidents, with links, and with words that say what is counted; no ratio. Private parties have none (404).',
    roles: everybody,
    params,
    models: ['record'],
    list: true,
    cached: true,
    answers: { 200: { description: 'The counts', schema: summary } },
    handle: async ({ path, viewer }, { queries }) => ({ body: found(await queries.partySummary(path.id, viewer)) }),
  }),
];
