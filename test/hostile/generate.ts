import fc from 'fast-check';
import type { Keys } from '../e2e/client.ts';
import type { Contract, Parameter, Route, Schema } from './contract.ts';
import type { Json } from './json.ts';
import { brokenBytes, hostileString, hostileToken, strings } from './values.ts';
import type { Request } from './wire.ts';
import { type Role, rightRequests, type World } from './world.ts';

/** Hostile requests, made from the OpenAPI document: each begins as something that a route might take and is then spoiled in some places. */

/** `what` names the parts that were spoiled; `alone` asks for a connection of its own, because the end of the request is in doubt. */
export type Attack = { operation: string; role: Role; what: string[]; request: Request; alone: boolean };

const one = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** `some` so often for every `rarely` of `otherwise`. */
const mixed = <T, N>(often: number, some: fc.Arbitrary<T>, rarely: number, otherwise: N): fc.Arbitrary<T | N> =>
  fc.oneof({ weight: often, arbitrary: some }, { weight: rarely, arbitrary: fc.constant(otherwise) });

/** JSON text of a value that roughly has the shape of a schema. Names of ids get ids that exist. */
const shaped = (schema: Schema, contract: Contract, ids: readonly string[], depth = 0): fc.Arbitrary<string> => {
  const {
    $ref,
    const: only,
    enum: some,
    anyOf,
    oneOf,
    type,
    properties,
    items,
  } = schema as {
    $ref?: string;
    const?: unknown;
    enum?: unknown[];
    anyOf?: Schema[];
    oneOf?: Schema[];
    type?: string;
    properties?: Record<string, Schema>;
    items?: Schema;
  };
  const inner = (part: Schema) => shaped(part, contract, ids, depth + 1);
  if (depth > 9) return fc.constant('null');
  if ($ref !== undefined) return inner(contract.document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  if (only !== undefined) return fc.constant(JSON.stringify(only));
  if (some !== undefined) return one(some).map((value) => JSON.stringify(value));
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(inner));
  if (type === 'boolean') return fc.boolean().map(String);
  if (type === 'null') return fc.constant('null');
  if (type === 'integer' || type === 'number')
    return fc.oneof(
      fc.nat({ max: 9 }).map(String),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    );
  if (type === 'array') return fc.array(inner(items ?? {}), { maxLength: 3 }).map((parts) => `[${parts.join(',')}]`);
  if (properties !== undefined) {
    const members = Object.entries(properties).map(([name, part]) =>
      fc.option(inner(part), { freq: 6 }).map((text) => (text === null ? null : `${JSON.stringify(name)}:${text}`)),
    );
    return fc.tuple(...members).map((texts) => `{${texts.filter((text) => text !== null).join(',')}}`);
  }
  return fc
    .oneof(one(ids), one(['c1', 'a', '2026-01-14', 'US', 'US-MN', 'en', '18:50']), hostileString)
    .map((value) => JSON.stringify(value));
};

/** Every place in a JSON value, as the path to it. */
const placesIn = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
  value !== null && typeof value === 'object'
    ? [path, ...Object.entries(value).flatMap(([name, part]) => placesIn(part, [...path, Array.isArray(value) ? Number(name) : name]))]
    : [path];

type Spoil = { place: (string | number)[]; how: 'replace' | 'remove' | 'add' | 'double'; token: string };

/** JSON text of a value in which one place is spoiled. */
const spoiled = (value: unknown, { place, how, token }: Spoil, path: (string | number)[] = []): string => {
  const isHere = path.length === place.length;
  if (isHere && how === 'replace') return token;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const next = place[path.length];
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const onWay = !isHere && String(next) === name;
    const isLast = onWay && path.length === place.length - 1;
    if (isLast && how === 'remove') return [];
    const text = onWay ? spoiled(part, { place, how, token }, [...path, next as string]) : JSON.stringify(part);
    const member = Array.isArray(value) ? text : `${JSON.stringify(name)}:${text}`;
    return isLast && how === 'double' ? [member, member] : [member];
  });
  if (isHere && how === 'add') parts.push(Array.isArray(value) ? token : `${JSON.stringify(token.slice(0, 40))}:${token}`);
  return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
};

const bodyOf = (route: Route, right: Json | undefined, contract: Contract, ids: readonly string[]): fc.Arbitrary<Buffer> => {
  const schema = route.operation.requestBody?.content['application/json']?.schema ?? {};
  const places = placesIn(right ?? {});
  const oneSpoil = fc.record({
    place: one(places),
    how: one(['replace', 'replace', 'remove', 'add', 'double'] as const),
    token: hostileToken,
  });
  return fc.oneof(
    { weight: 5, arbitrary: oneSpoil.map((spoil) => Buffer.from(spoiled(right ?? {}, spoil))) },
    { weight: 3, arbitrary: shaped(schema, contract, ids).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: hostileToken.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: brokenBytes(JSON.stringify(right ?? {})) },
  );
};

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
  asOf: ['2026-01-14T00:00:00Z', '2020-01-01T00:00:00+05:00'],
  asOfRevision: ['0', '2', '4', '2147483647'],
  after: ['0', '1', '9223372036854775807'],
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
const framings: readonly (readonly [string, string][])[] = [
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

/** A request to one route, as some role, spoiled in its body, query, path, headers, method or framing. */
export const attackOn = (world: World, route: Route, cursors: readonly string[]): fc.Arbitrary<Attack> => {
  const ids = [world.incident, world.unpublished, world.source, world.party, world.person, world.claim, world.unpublishedClaim];
  const { body: right, ifMatch } = rightRequests(world)[route.operation.operationId] ?? {};
  const allowed = world.roles.filter((role) => route.operation['x-roles'].includes(role.replace(/\d$/, '')));
  const path = fc
    .tuple(...route.path.split('/').map((part) => (part.startsWith('{') ? segment(ids, part.slice(1, -1)) : fc.constant(part))))
    .map((parts) => parts.join('/'));
  const takesBody = route.method !== 'GET';
  return fc
    .record({
      role: fc.oneof({ weight: 9, arbitrary: one(allowed) }, { weight: 1, arbitrary: one(world.roles) }),
      method: fc.oneof({ weight: 15, arbitrary: fc.constant(route.method) }, { weight: 1, arbitrary: one(strayMethods) }),
      path: path.chain(spoilPath),
      query: mixed(takesBody ? 1 : 16, queryOf(route, ids, cursors), takesBody ? 6 : 4, ''),
      headers: fc.oneof(
        { weight: 3, arbitrary: fc.constant<[string, string][]>([]) },
        { weight: 1, arbitrary: fc.array(oneHeader, { minLength: 1, maxLength: 3 }) },
      ),
      framing: mixed(1, one(framings), 40, null),
      body: takesBody
        ? bodyOf(route, right, world.contract, ids)
        : mixed(
            1,
            hostileToken.map((text) => Buffer.from(text)),
            20,
            null,
          ),
    })
    .map(({ role, method, path, query, headers, framing, body }) => {
      const own: [string, string][] = [['host', 'localhost']];
      if (body !== null) own.push(['content-type', 'application/json']);
      if (role !== 'none') own.push(['authorization', `Bearer ${world.server.keys[role as keyof Keys]}`]);
      if (ifMatch !== undefined) own.push(['if-match', ifMatch]);
      // Half of the hostile headers stand beside the right one, so that it comes twice.
      const replaced = own.filter(([name]) => !headers.some(([hostile], index) => hostile === name && index % 2 === 0));
      const all = [...replaced, ...headers, ...(framing ?? [])] as [string, string][];
      const what = [
        ...(method === route.method ? [] : ['method']),
        ...(query === '' ? [] : ['query']),
        ...(headers.length === 0 ? [] : ['headers']),
        ...(framing === null ? [] : ['framing']),
        ...(body === null ? [] : ['body']),
      ];
      const request = { method, target: query === '' ? path : `${path}?${query}`, headers: all, body };
      return { operation: route.operation.operationId, role, what: what.length === 0 ? ['path'] : what, request, alone: framing !== null };
    });
};
