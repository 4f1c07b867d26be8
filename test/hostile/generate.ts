import fc from 'fast-check';
import type { Keys } from '../e2e/client.ts';
import { shapesOf, spoiledBody } from './bodies.ts';
import type { Parameter, Route } from './contract.ts';
import { hostileDocument, rightDocuments, type Sent } from './documents.ts';
import { noComment, noKey, noProposal, noRecusal, noTip, noWebhook, rightBodies } from './right.ts';
import { hostileString, hostileToken, strings } from './values.ts';
import type { Request } from './wire.ts';
import type { Reviewed, Role, Stock, World } from './world.ts';

/** Hostile requests, made from the OpenAPI document: each begins as one that the route takes and is then spoiled in no, one or some of its parts. */

type Part = 'role' | 'method' | 'path' | 'query' | 'headers' | 'body' | 'framing';
/** `spoiled` names the parts that are not right; `alone` asks for a connection of its own, because the end of the request is in doubt. */
export type Attack = { route: Route; role: Role; spoiled: readonly Part[]; request: Request; alone: boolean };
/** What the requests of a while name: things that exist, the ETags of the open edits of each of them, and cursors that the lists themselves wrote. */
export type Aim = { stock: Stock; etags: Readonly<Record<Reviewed, Readonly<Record<number, string>>>>; cursors: readonly string[] };

const one = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** Percent-encoded as UTF-8, half surrogates as the three bytes that they would be. */
const encoded = (text: string): string =>
  text
    .split(/([\ud800-\udbff][\udc00-\udfff])|/u)
    .filter(Boolean)
    .map((char) => (char.isWellFormed() ? encodeURIComponent(char) : '%ED%A0%80'))
    .join('');
const rawSegments = [
  '%00',
  '%ZZ',
  '%',
  '%C0%80',
  '%ff',
  '%ED%A0%80',
  '%2F',
  '%2e%2e',
  '..',
  '.',
  '%252F',
  ';a=b',
  '%0d%0a',
  '~',
  '*',
  ':id',
  '{id}',
  '"',
  '<>',
  '\xff',
  '%E0%80%AF',
  'a'.repeat(5000),
];

const segment = (ids: readonly string[], name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: name === 'edit' ? one(['1', '2', '3']) : one(ids) },
    { weight: 2, arbitrary: one(rawSegments) },
    { weight: 2, arbitrary: hostileString.map((text) => encoded(text.slice(0, 2000))) },
    { weight: 1, arbitrary: one(ids.map((id) => id.toUpperCase())) },
    { weight: 1, arbitrary: one(['0', '01', '-1', '1e3', '1.0', '999999999', '1000000001', '99999999999999999999', '+1', ' 1', '0x1']) },
  );

const spoilPath = (path: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 14, arbitrary: fc.constant(path) },
    {
      weight: 1,
      arbitrary: one([
        `${path}/`,
        `/${path}`,
        path.replace('v1', 'V1'),
        path.replaceAll('s', '%73'),
        path.replace(/\/(?=[^/]*$)/, '%2F'),
        `${path}%00`,
        `${path}#part`,
        `http://localhost${path}`,
        `${path}/..`,
        `${path}/%2e%2e/%2e%2e`,
        path.slice(0, -1),
        '*',
        `/\xe9${path}`,
      ]),
    },
  );

/** Cursors hold JSON; these hold what a list would not have written. */
const cursor = fc.oneof(
  one(strings),
  hostileToken.map((text) => Buffer.from(text.slice(0, 1400)).toString('base64url')),
  fc
    .array(
      fc.oneof(
        one([null, 0, -1, 1e308, '1', '2026-01-14', '9999-12-31T00:00:00Z', '-infinity', 'infinity', '9223372036854775808', '\0']),
        fc.string(),
        fc.integer(),
      ),
      { maxLength: 5 },
    )
    .map((values) => Buffer.from(JSON.stringify(values)).toString('base64url')),
  fc
    .dictionary(
      one(['v', 'k', 'at', 'after', 'position', 'id', 'p', 's', 'key', 'keys', 'sort', 'list', '__proto__']),
      fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.array(fc.string())),
      { maxKeys: 4 },
    )
    .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  one(['a'.repeat(2000), 'a'.repeat(9000), '%%%', '====', 'bnVsbA', 'W10', 'e30']),
);

const rightValues: Record<string, readonly string[]> = {
  limit: ['1', '2', '500'],
  from: ['2026-01-01', '2', '4'],
  to: ['2026-12-31', '4', '5'],
  bbox: ['-180,-90,180,90', '10,-10,-10,10'],
  asOf: ['2026-01-14T00:00:00Z', '2020-01-01T00:00:00+05:00', '2020-01-01'],
  asOfPosition: ['0', '1', '2', '9223372036854775807'],
  asOfRevision: ['0', '2', '4', '2147483647'],
  after: ['0', '1', '9223372036854775807'],
  changedAfter: ['0', '1', '9223372036854775807'],
  minPosition: ['0', '1', '2'],
  region: ['US-WA'],
  aspect: ['vehicle_motion'],
  author: ['me'],
  q: ['harbour', 'the car'],
};

const queryValue = ({ name, schema }: Parameter, ids: readonly string[], cursors: readonly string[]): fc.Arbitrary<string> => {
  const known = [
    ...(rightValues[name] ?? []),
    ...((schema.enum as string[] | undefined) ?? []),
    ...(name === 'cursor' ? cursors : []),
    'true',
  ];
  // A position that is far ahead is waited for: that is tried elsewhere.
  if (name === 'minPosition')
    return one([...known, ...strings.filter((text) => !/^\d{2,}$/.test(text))]).map((text) => encoded(text.slice(0, 2000)));
  return fc.oneof(
    { weight: 3, arbitrary: one(known).map(encodeURIComponent) },
    { weight: 1, arbitrary: one(ids) },
    { weight: 2, arbitrary: hostileString.map((text) => encoded(text.slice(0, 2000))) },
    { weight: name === 'cursor' ? 9 : 1, arbitrary: cursor.map((text) => encoded(text)) },
    { weight: 1, arbitrary: one(['%', '%zz', '%ff%fe', '%00', '+', '']) },
  );
};

const queryOf = ({ operation }: Route, ids: readonly string[], cursors: readonly string[]): fc.Arbitrary<string> => {
  const parameters = operation.parameters.filter((parameter) => parameter.in === 'query');
  const stray = one([
    '__proto__=1',
    'constructor[prototype]=1',
    'unknown=1',
    'limit=1&limit=2',
    'cursor[]=a',
    '=',
    '&&&',
    `x=${'a'.repeat(9000)}`,
    '%00=%00',
    'toString=1',
    'limit=%31',
    'q=a;b',
  ]);
  const pairs = parameters.map((parameter) => queryValue(parameter, ids, cursors).map((value) => `${parameter.name}=${value}`));
  return fc.oneof(
    {
      weight: pairs.length === 0 ? 1 : 12,
      arbitrary: pairs.length === 0 ? fc.constant('') : fc.array(fc.oneof(...pairs), { maxLength: 4 }).map((parts) => parts.join('&')),
    },
    { weight: 1, arbitrary: stray },
  );
};

const printable = (text: string) => text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?').slice(0, 3000);
const headerPools: [string, readonly string[]][] = [
  [
    'content-type',
    [
      'text/plain',
      'application/json; charset=utf-16',
      'application/json;charset=UTF-8',
      'application/jsonx',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      '',
      ';',
      'application/json, text/html',
      'APPLICATION/JSON',
      'a'.repeat(3000),
      '\xff',
      'application/json; charset="',
      '__proto__',
    ],
  ],
  ['content-encoding', ['gzip', 'identity', 'br', '\xff']],
  [
    'authorization',
    [
      'Bearer',
      'Bearer ',
      'Bearer x',
      'Basic YTpi',
      'bearer  x',
      `Bearer ${'a'.repeat(600)}`,
      'Bearer \xff',
      'Bearer a b',
      '__proto__',
      'Bearer avk_',
      "Bearer ' OR 1=1",
    ],
  ],
  ['if-match', ['*', '""', '"a"', 'W/"a"', 'a', '"a', '"a",', ',', '"\xff"', '"a", '.repeat(500), '"0-1"', '"a" "b"', '']],
  ['if-none-match', ['*', '""', 'W/"a"', 'a', '"', '"a", '.repeat(500), '"\xff"', '']],
  ['idempotency-key', ['', ' ', 'a b', 'k', '\xff', 'a'.repeat(255), 'a'.repeat(256), '"quoted"', '__proto__', "';--"]],
  ['traceparent', ['00-00000000000000000000000000000000-0000000000000000-00', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'x', '\xff']],
  ['accept', ['text/html', 'application/xml', '*/*;q=0', '\xff']],
  ['accept-encoding', ['gzip', 'identity;q=0', 'zstd, br']],
  ['expect', ['100-continue', 'the-spanish-inquisition']],
  ['range', ['bytes=0-0', 'bytes=-1', 'x']],
  ['upgrade', ['websocket', 'h2c']],
  ['x-http-method-override', ['DELETE', 'TRACE']],
  ['x-forwarded-for', ['127.0.0.1', '\xff']],
  ['host', ['', 'a b', '\xff', '127.0.0.1:99999', '__proto__']],
  ['cookie', ['a=b', 'a'.repeat(17_000)]],
  ['__proto__', ['1']],
  ['constructor', ['1']],
  ['accept-version', ['9.9.9', '*', '\xff']],
  ['connection', ['close', 'upgrade', 'keep-alive, x', '\xff']],
];
const oneHeader: fc.Arbitrary<[string, string]> = one(headerPools).chain(([name, values]) =>
  fc.oneof(one(values), hostileString.map(printable)).map((value): [string, string] => [name, value]),
);

const strayMethods = ['HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'DELETE', 'PUT', 'POST', 'GET', 'QUERY', 'get', 'NONSENSE'];
/** Framing that a front and a back server could read differently, and other requests that are no HTTP. */
type Framing = readonly (readonly [string, string])[];
const framings: readonly Framing[] = [
  [['transfer-encoding', 'chunked']],
  [
    ['transfer-encoding', 'chunked'],
    ['content-length', '3'],
  ],
  [['transfer-encoding', 'gzip, chunked']],
  [['transfer-encoding', 'identity']],
  [
    ['content-length', '3'],
    ['content-length', '4'],
  ],
  [['content-length', '-1']],
  [['content-length', '+3']],
  [['content-length', '99999999999999999999']],
  [['content-length', '0']],
  [['content-length', '1']],
  [
    ['bad header', 'x'],
    ['content-length', '0'],
  ],
  [
    ['x\0y', 'x'],
    ['content-length', '0'],
  ],
  [
    ['x', 'a\0b'],
    ['content-length', '0'],
  ],
  [
    ['', 'x'],
    ['content-length', '0'],
  ],
];

/** What each query parameter of a right request is. */
const rightQuery = (route: Route, { stock, cursors }: Aim): fc.Arbitrary<string> => {
  const isDiff = route.path.endsWith('/diff');
  const values = ({ name, schema }: Parameter): readonly string[] =>
    ({
      from: isDiff ? ['0', '2'] : ['2026-01-01'],
      to: isDiff ? ['2', String(stock.revision)] : ['2026-12-31'],
      asOf: ['2026-01-14T00:00:00Z', '2026-01-14', stock.recordedAt],
      asOfPosition: ['0', '2'],
      asOfRevision: ['2', String(stock.revision)],
      agency: [stock.party],
      speaker: [stock.party],
      source: [stock.source],
      incident: [stock.incident],
      kind: route.path === '/v1/reviews' ? ['add_claim'] : ['agency'],
      author: ['me'],
      holder: ['me', 'none'],
      minPosition: ['0', '2'],
      cursor: cursors,
      url: ['https://example.org/'],
      locality: ['Porto Novo'],
      revision: ['1'],
      limit: ['1', '2', '50'],
      bbox: ['-180,-90,180,90'],
      after: ['0', '1'],
      changedAfter: ['0', '2'],
      region: ['US-WA'],
      aspect: ['vehicle_motion'],
      q: ['harbour', 'the car'],
      language: ['en'],
      ...Object.fromEntries(['retrievedAt', 'publishedAt', 'on'].map((each) => [each, ['2026-01-14']])),
      ...Object.fromEntries(['archiveUrl', 'originalUrl'].map((each) => [each, ['https://example.org/']])),
      translatedFrom: ['pt'],
      translationOf: [stock.source],
      externalId: ['list:1'],
    })[name] ??
    (schema.enum as string[] | undefined) ?? ['true'];
  const parameters = route.operation.parameters.filter((parameter) => parameter.in === 'query');
  // A document need not say in which language it is, nor where in an archive it stands.
  const isNeeded = ({ name, required }: Parameter) =>
    required === true || (route.operation.operationId === 'importSource' && /^(?:language|url)$/.test(name));
  const needed = parameters.filter(isNeeded);
  // Few at a time: with many filters at once nothing is found.
  const others = parameters.filter((parameter) => !isNeeded(parameter));
  return fc
    .subarray(others, { maxLength: Math.min(2, others.length) })
    .chain((chosen) =>
      fc.tuple(
        ...[...needed, ...chosen].map((parameter) =>
          one(values(parameter)).map((value) => `${parameter.name}=${encodeURIComponent(value)}`),
        ),
      ),
    )
    .map((pairs) => pairs.join('&'));
};

/** The ETags of the edits that a route is about. */
const etagsOf = ({ path }: Route, etags: Aim['etags']): Readonly<Record<number, string>> => etags[path.split('/')[2] as Reviewed] ?? {};

/** Where a right request goes, and which edit it names. */
const rightPath = (route: Route, { stock, etags }: Aim): fc.Arbitrary<{ path: string; edit: number }> => {
  const [, , kind] = route.path.split('/');
  const ids: readonly string[] =
    {
      sources: [stock.source],
      parties: [stock.party, stock.person],
      erasures: [stock.erasure],
      keys: [noKey],
      recusals: [noRecusal],
      policy: [noProposal],
      tips: [noTip],
      webhooks: [noWebhook],
      parked: ['1'],
      incidents: [stock.incident],
    }[kind ?? ''] ?? [];
  const isReading = route.method === 'GET';
  const open = Object.keys(etagsOf(route, etags)).map(Number);
  return fc
    .record({ id: one(ids.length > 0 ? ids : ['']), edit: one(isReading || open.length === 0 ? [1, 2, 3, ...open] : open) })
    .map(({ id, edit }) => ({
      path: route.path
        .replace('{id}', id)
        .replace('{edit}', String(edit))
        .replace('{name}', 'not-found')
        .replace('{comment}', noComment)
        .replace('{subject}', 'somebody'),
      edit,
    }));
};

/** Which parts are spoiled: none in a fifth of the requests, one in most, the part with the most ways to be wrong the most often. */
const spoilsOf = (route: Route): fc.Arbitrary<readonly Part[]> => {
  const takes = (place: string) => route.operation.parameters.some((parameter) => parameter.in === place);
  const weights: [Part, number][] = [
    ['body', route.operation.requestBody ? 12 : 1],
    ['query', takes('query') ? 6 : 1],
    ['path', takes('path') ? 4 : 1],
    ['headers', 3],
    ['role', 2],
    ['method', 1],
    ['framing', 1],
  ];
  const parts = weights.map(([part]) => part);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 6, arbitrary: fc.oneof(...weights.map(([part, weight]) => ({ weight, arbitrary: fc.constant([part]) }))) },
    { weight: 2, arbitrary: fc.subarray(parts, { minLength: 2, maxLength: 4 }) },
  );
};

/** Requests to one route. */
export const attackOn = (world: World, route: Route, aim: Aim): fc.Arbitrary<Attack> => {
  const { stock, etags, cursors } = aim;
  const ids = [
    ...[stock.incident, stock.unpublished, stock.other, stock.source, stock.party, stock.person],
    ...[stock.claim, stock.unpublishedClaim, stock.dispute, stock.proceeding, stock.ruling],
  ];
  const everybody: readonly Role[] = [...world.roles, 'reviewer2'];
  const allowed = everybody.filter((role) => route.operation['x-roles'].includes(role.replace(/\d$/, '')));
  // Edits are `contributor`'s, and nobody else's to change.
  const isOwners = /^(?:revise|withdraw)(?:Source|Party)?Edit$/.test(route.operation.operationId);
  const takesIfMatch = route.operation.parameters.some(({ name }) => name === 'If-Match');
  const bodies = rightBodies(stock, route.operation.operationId);
  const hasBody = route.operation.requestBody !== undefined;
  const takesDocuments = hasBody && route.operation.requestBody?.content['application/json'] === undefined;
  const asJson = (bytes: Buffer): Sent => ({ mediaType: 'application/json', bytes });
  const rightBody: fc.Arbitrary<Sent | null> = takesDocuments
    ? one(rightDocuments)
    : hasBody
      ? one(bodies).map((body) => asJson(Buffer.from(JSON.stringify(body))))
      : fc.constant(null);
  const wrongPath = fc
    .tuple(...route.path.split('/').map((part) => (part.startsWith('{') ? segment(ids, part.slice(1, -1)) : fc.constant(part))))
    .map((parts) => parts.join('/'))
    .chain(spoilPath);
  const wrongJson = () =>
    hasBody ? spoiledBody(route, bodies, world.contract, shapesOf(world.contract, ids)) : hostileToken.map((text) => Buffer.from(text));
  const wrongBody: fc.Arbitrary<Sent> = takesDocuments ? hostileDocument : wrongJson().map(asJson);
  const wrongQuery = queryOf(route, ids, cursors);
  const right = { path: rightPath(route, aim), query: rightQuery(route, aim) };
  const repeat = route.method === 'GET' ? 'traceparent' : 'idempotency-key';
  const more: fc.Arbitrary<[string, string][]> = fc.oneof(
    { weight: 4, arbitrary: fc.constant<[string, string][]>([]) },
    { weight: 1, arbitrary: fc.uuid().map((key): [string, string][] => [[repeat, key]]) },
    { weight: 1, arbitrary: fc.constant<[string, string][]>([['if-none-match', '*']]) },
  );

  return spoilsOf(route).chain((spoiled) => {
    const either = <T, N>(part: Part, wrong: fc.Arbitrary<T>, otherwise: fc.Arbitrary<N>): fc.Arbitrary<T | N> =>
      spoiled.includes(part) ? wrong : otherwise;
    return fc
      .record({
        role: either('role', one(everybody), isOwners ? fc.constant<Role>('contributor') : one(allowed)),
        method: either('method', one(strayMethods), fc.constant(route.method)),
        at: right.path,
        path: either('path', wrongPath, fc.constant(null)),
        query: either('query', wrongQuery, right.query),
        tag: one(['current', 'current', '*']),
        more,
        headers: either('headers', fc.array(oneHeader, { minLength: 1, maxLength: 3 }), fc.constant<[string, string][]>([])),
        framing: either('framing', one(framings), fc.constant<Framing>([])),
        body: either('body', wrongBody, rightBody),
      })
      .map(({ role, method, at, path, query, tag, more, headers, framing, body }): Attack => {
        const own: [string, string][] = [['host', 'localhost'], ...more];
        if (body !== null) own.push(['content-type', body.mediaType]);
        if (role !== 'none') own.push(['authorization', `Bearer ${world.server.keys[role as keyof Keys]}`]);
        if (takesIfMatch) own.push(['if-match', tag === 'current' ? (etagsOf(route, etags)[at.edit] ?? '*') : tag]);
        // Half of the hostile headers stand beside the right one, so that it comes twice.
        const replaced = own.filter(([name]) => !headers.some(([hostile], index) => hostile === name && index % 2 === 0));
        const all = [...replaced, ...headers, ...framing] as [string, string][];
        const target = path ?? at.path;
        const request = {
          method,
          target: query === '' ? target : `${target}?${query}`,
          headers: all,
          body: body === null ? null : body.bytes,
        };
        return { route, role, spoiled, request, alone: framing.length > 0 };
      });
  });
};
