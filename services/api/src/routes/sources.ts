import { everybody, insiders, writers } from '@averment/access';
import { z } from 'zod';
import { found, granted, left, shown } from '../http/found.ts';
import { registerMomentOf, servedThen } from '../http/moments.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { exactly, externalId, paging, pathId, registerMoment, wholeNumber, words } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';
import { registeredSource, sentSource, source, sourceText } from '../schemas/sources.ts';
import { aboutBeginnings } from './parties.ts';
import { registerEvents } from './register-events.ts';

/** The longest text has up to 20 MB in UTF-8. */
export const registeredLimit = 24 * 1024 * 1024;
/** Of what may bring sources with it: one of the longest, and changes. */
export const broughtLimit = registeredLimit + 2 * 1024 * 1024;

const params = z.strictObject({ id: pathId('source') });

export const sourceRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/sources',
    operation: 'registerSource',
    tag: 'Sources',
    summary: 'Register a source',
    description:
      'The same URL with the same text again is 409, with the existing id. A source without URL is never taken for a double, unless its `externalId` is that of a source that is registered: that is 409 too. A text has up to 5,000,000 characters (code points); send it in UTF-8, since `\\u` escapes may make the body too long. `resembles` names those with the same URL, text or title: a new text of a source is an edit of that one.',
    roles: writers,
    body: sentSource,
    bodyLimit: registeredLimit,
    idempotent: true,
    answers: { 201: { description: 'It is registered. The public sees it once an approved edit uses it.', schema: registeredSource } },
    problems: ['SourceExists', 'ExternalIdTaken', 'QuotaExceeded', 'Busy'],
    handle: async ({ body, caller, viewer }, { commands, queries }) => {
      const registered = granted(await commands.registerSource(caller(), body));
      const { url, title } = body;
      return { status: 201, body: { ...registered, resembles: await queries.sourcesLike({ ...registered, url, title }, viewer) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/sources',
    operation: 'listSources',
    tag: 'Sources',
    summary: 'Find sources',
    description: '`url` is exact. Newest first.',
    roles: everybody,
    query: z.strictObject({
      q: words(500).optional().describe(aboutBeginnings('title, publisher and authors')),
      url: exactly(2000).optional().describe('Where it stands, letter by letter'),
      externalId: externalId.optional(),
      ...paging,
    }),
    models: ['record'],
    list: true,
    cached: true,
    answers: { 200: { description: 'Sources', schema: answeredAs('Sources', pageOf(source), 'A page of sources') } },
    handle: async ({ query: { limit, cursor, ...filters }, viewer }, { queries }) => ({
      body: await queries.sources(filters, { limit, cursor }, viewer),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/sources/{id}',
    operation: 'readSource',
    tag: 'Sources',
    summary: 'Read a source, without its text',
    description:
      'With one of `asOf`, `asOfPosition` and `asOfVersion` the answer is what was said of it then, under the protection of now: of who is private by now the public reads no name of then. `Averment-As-Of` and `Averment-As-Of-Version` name the position and the version used.',
    roles: everybody,
    params,
    query: z.strictObject(registerMoment),
    models: ['record'],
    cached: true,
    answers: { 200: { description: 'The source', schema: source } },
    problems: ['TimeInFuture', 'Withheld'],
    handle: async ({ path, query, viewer, context }, { queries }) => {
      const at = registerMomentOf(query);
      if (at === null) return { body: left(found(await queries.source(path.id, viewer))) };
      const then = found(await queries.sourceAt(path.id, at, viewer, context));
      left(then.item);
      return servedThen(then, at);
    },
  }),
  registerEvents('source'),
  route({
    method: 'GET',
    path: '/v1/sources/{id}/text',
    operation: 'readSourceText',
    tag: 'Sources',
    summary: "Read a source's text",
    description: 'As it was stored, without normalisation. Offsets of citations count its Unicode code points.',
    roles: insiders,
    params,
    query: z.strictObject({
      revision: wholeNumber(1, 2_147_483_647).nullable().default(null).describe('The revision of the text; the newest without it'),
    }),
    answers: { 200: { description: 'The text, of the newest revision unless one is asked for', schema: sourceText } },
    problems: ['Withheld'],
    handle: async ({ path, query, viewer }, { queries }) => ({
      body: shown(found(await queries.sourceText(path.id, query.revision, viewer))),
    }),
  }),
];
