import { isWriter, type RoleOrNone } from '@averment/access';
import { z } from 'zod';
import { examplesOf, story } from './examples.ts';
import { sizeOf } from './http/sizes.ts';
import { probes } from './plugins/app/access.ts';
import { problemType } from './problems/problem.ts';
import { type ProblemCode, problems, typeOf } from './problems/table.ts';
import { defaultBodyLimit, type Route, saysWhatIsParked } from './route.ts';
import { answered, sent } from './schemas/registry.ts';

/** JSON Schema 2020-12. */
type Schema = { [keyword: string]: unknown };
type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description: string;
  schema: Schema;
  example?: unknown;
};
type Content = Record<string, { schema: Schema; example?: unknown; examples?: Record<string, { summary: string; value: unknown }> }>;
type Header = { description: string; schema: Schema };
type Response = { description: string; headers?: Record<string, Header>; content?: Content };
export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  parameters: Parameter[];
  requestBody?: { description: string; required: boolean; content: Content };
  responses: Record<string, Response>;
  security: Record<string, string[]>[];
  'x-roles': readonly RoleOrNone[];
};
/** The parts of OpenAPI 3.1 that the document uses. */
export type OpenApi = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string; contact: { name: string }; license: { name: string; identifier: string } };
  servers: { url: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string; description: string }[];
  components: { securitySchemes: Record<string, object>; schemas: Record<string, Schema> };
};

type Written = Schema & {
  description?: string;
  default?: unknown;
  type?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | false;
};
/** Answers may grow. A default of a body is told in words: code that is made from a schema would else ask for the member, also of those who send it. */
type Place = 'body' | 'query' | 'answer';

/** A list of types is shorter than a choice, and clients make better code of it. A choice of values has to name null itself. A query cannot have null. */
const orNull = ({ anyOf = [], ...schema }: Written, place: Place): Written => {
  const [{ description, ...held } = {}, nothing] = anyOf as Written[];
  const told = { ...(description !== undefined && { description }), ...schema };
  if (place === 'query') {
    const { default: _, ...asked } = told;
    return { ...asked, ...held };
  }
  const isChoice = ['enum', 'const', 'oneOf', 'anyOf', '$ref'].some((keyword) => keyword in held);
  if (isChoice || typeof held.type !== 'string') return { ...told, anyOf: [held, nothing as Schema] };
  return { ...told, ...held, type: [held.type, 'null'] };
};
const isOrNull = ({ anyOf }: Written): boolean => anyOf?.length === 2 && (anyOf[1] as Written).type === 'null';

const inWords = ({ default: without, ...schema }: Written): Written => {
  if (without === null || typeof without === 'object') return schema;
  return {
    ...schema,
    description: `${schema.description}${schema.description?.endsWith('.') ? '' : '.'} Without it \`${String(without)}\``,
  };
};
/** What a query has is text. */
const inQuery = (schema: Written): Written =>
  ['integer', 'boolean'].includes(String(schema.type)) ? { ...schema, default: JSON.parse(String(schema.default)) } : schema;

/** A schema as clients need it. */
const written = ({ ...schema }: Written, place: Place): Written => {
  const inside = (one: Schema) => written(one, place);
  if (schema.properties)
    schema.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, inside(one)]));
  for (const name of ['anyOf', 'oneOf'] as const) if (schema[name]) schema[name] = schema[name].map(inside);
  if (schema.items) schema.items = inside(schema.items);
  if (schema.additionalProperties) schema.additionalProperties = inside(schema.additionalProperties);
  else if (place === 'answer') delete schema.additionalProperties;
  const whole = isOrNull(schema) ? orNull(schema, place) : schema;
  if (whole.default === undefined) return whole;
  return place === 'query' ? inQuery(whole) : inWords(whole);
};

/**
 * A schema's name in its registry, what `describe` says of it, and the `keywords` of its `meta`: what zod cannot say of refinements and transforms, which are
 * left open otherwise. The routes still check them.
 */
const metadataOf = (registry: typeof sent): typeof sent =>
  ({
    get: (schema: z.ZodType) => {
      const { description, keywords } = (z.globalRegistry.get(schema) ?? {}) as { description?: string; keywords?: Schema };
      return { ...(description !== undefined && { description }), ...keywords, ...registry.get(schema) };
    },
  }) as unknown as typeof sent;

const options = (registry: typeof sent, place: Place) =>
  ({
    target: 'draft-2020-12',
    unrepresentable: 'any',
    io: place === 'answer' ? 'output' : 'input',
    metadata: metadataOf(registry),
    override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: { oneOf?: object[]; discriminator?: object } }) => {
      const { discriminator } = zodSchema._zod.def as { discriminator?: string };
      // Only a choice of named members can have one.
      if (discriminator !== undefined && jsonSchema.oneOf?.every((member) => '$ref' in member))
        jsonSchema.discriminator = { propertyName: discriminator };
    },
  }) as const;
const uri = (id: string) => `#/components/schemas/${id}`;

const schemaOf = (schema: z.ZodType, registry: typeof sent, place: Place): Schema => {
  const named = registry.get(schema);
  if (named !== undefined) return { $ref: uri(named.id) };
  const { $schema: _, ...rest } = z.toJSONSchema(schema, options(registry, place));
  return written(rest as Written, place);
};

type Choice = { oneOf?: { $ref?: string }[]; discriminator?: { propertyName: string; mapping?: Record<string, string> } };

/** Which of the named members of a choice has which value of its discriminator. */
const withMappings = (schemas: Record<string, Schema>): Record<string, Schema> => {
  for (const { oneOf, discriminator } of Object.values(schemas) as Choice[]) {
    if (oneOf === undefined || discriminator === undefined) continue;
    discriminator.mapping = Object.fromEntries(
      oneOf.flatMap(({ $ref = '' }) => {
        const member = schemas[$ref.slice(uri('').length)] as { properties: Record<string, { const?: string; enum?: string[] }> };
        const told = member.properties[discriminator.propertyName];
        return [told?.const, told?.enum].flat().flatMap((value) => (value === undefined ? [] : [[value, $ref]]));
      }),
    );
  }
  return schemas;
};

const namedSchemas = (registry: typeof sent, place: Place): Record<string, Schema> => {
  const { schemas } = z.toJSONSchema(registry, { ...options(registry, place), uri });
  return withMappings(
    Object.fromEntries(
      Object.entries(schemas).map(([id, { $schema: _, $id: __, id: ___, ...schema }]) => [id, written(schema as Written, place)]),
    ),
  );
};

const parameter = (
  name: string,
  place: Parameter['in'],
  schema: Schema,
  required: boolean,
  description: string,
  example?: unknown,
): Parameter => ({ name, in: place, required, description, schema, ...(example !== undefined && { example }) });

/** An example as its schema has it: a query is text. */
const typed = (example: unknown, { type }: Schema): unknown =>
  typeof example === 'string' && (type === 'boolean' || type === 'integer') ? JSON.parse(example) : example;

const shapeOf = (schema: z.ZodType | undefined): Record<string, z.ZodType> =>
  schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};

/** A string of RFC 9651, or the same plain; of 1 to 255 characters. */
const idempotencyKey: Schema = { type: 'string', pattern: '^(?:"(?:[ !#-\\[\\]-~]|\\\\["\\\\]){1,255}"|[!#-~][!-~]{0,254})$' };
const repeated = 'The same request sent again is answered as the first time, however late. `"x"` (RFC 9651) and `x` are one key.';
const harmless = 'Not needed: the request may be repeated freely.';

/** What the story sent to a route, and was not refused. */
const granted = ({ operation }: Route) => examplesOf(operation).filter(({ status }) => status < 400);
const anEtag = story.map(({ answer }) => (answer as { etag?: string } | undefined)?.etag).find((etag) => etag !== undefined);

const parametersOf = (spec: Route): Parameter[] => {
  const text: Schema = { type: 'string' };
  const first = granted(spec)[0];
  const own = (place: 'path' | 'query', schema: z.ZodType | undefined) =>
    Object.entries(shapeOf(schema)).map(([name, part]) => {
      const { description = '', ...own } = schemaOf(part, sent, 'query');
      const isNeeded = place === 'path' || !part.safeParse(undefined).success;
      return parameter(name, place, own, isNeeded, String(description), typed(first?.[place]?.[name], own));
    });
  return [
    ...own('path', spec.params),
    ...own('query', spec.query),
    ...(spec.method === 'GET' && spec.path.startsWith('/v1/')
      ? [
          parameter(
            'minPosition',
            'query',
            { type: 'string', pattern: '^\\d{1,19}$' },
            false,
            'Waits until the read models have reached this position, else 503. Without it a read by a key that writes waits at most 2 s for what its subject last wrote; `0` waits for nothing.',
          ),
        ]
      : []),
    ...(spec.cached ? [parameter('If-None-Match', 'header', text, false, 'The answer is 304 while the ETag is the same.')] : []),
    ...(spec.guarded
      ? [parameter('If-Match', 'header', text, true, "The edit's ETag, one and not `*`. Without it 428, with an old one 412.", anEtag)]
      : []),
    ...(spec.resumes
      ? [
          parameter(
            'Last-Event-ID',
            'header',
            text,
            false,
            'The position of the last event that the client has: `id` of it. It goes before `after`.',
            undefined,
          ),
        ]
      : []),
    ...(spec.secret
      ? [parameter('Tip-Secret', 'header', text, true, 'The secret that the sender of the tip was told.', first?.secret)]
      : []),
    ...(spec.method === 'GET'
      ? []
      : [parameter('Idempotency-Key', 'header', idempotencyKey, false, spec.idempotent ? repeated : harmless, first?.key)]),
  ];
};

/** The refusals that a route can give: its own, and those that follow from what it takes. */
const problemsOf = (spec: Route): ProblemCode[] => {
  const takesBody = spec.body !== undefined;
  return [
    ...new Set<ProblemCode>([
      'MalformedRequest',
      ...(spec.method === 'GET' || spec.guarded || spec.idempotent ? (['InvalidParameter'] as const) : []),
      // A body is read, and may be refused, before it is known whether the route has any use for it.
      ...(spec.method === 'GET' || spec.takes ? [] : (['MalformedJson', 'UnacceptableJson', 'UnsupportedMediaType'] as const)),
      ...(spec.takes ? (['UnsupportedDocument', 'DocumentUnreadable'] as const) : []),
      ...(spec.method === 'GET' ? [] : (['BodyTooLarge'] as const)),
      ...(takesBody ? (['InvalidBody'] as const) : []),
      ...(probes.includes(spec.path) ? [] : (['NotAcceptable'] as const)),
      'Unauthenticated',
      // Also of what anybody reads: a valid token may give no role here.
      ...(probes.includes(spec.path) ? [] : (['Forbidden'] as const)),
      ...(spec.params ? (['NotFound'] as const) : []),
      ...(spec.guarded ? (['PreconditionRequired', 'EtagMismatch'] as const) : []),
      ...(spec.idempotent ? (['IdempotencyKeyReused'] as const) : []),
      ...(spec.problems ?? []),
      ...(spec.models ? (['NotReached', 'Parked'] as const) : []),
      'RequestTimeout',
      // Monitors ask the probes, which always answer; but a key that comes with them is looked at.
      ...(probes.includes(spec.path) ? [] : (['RateLimited'] as const)),
      'HeadersTooLarge',
      'Internal',
      'Unavailable',
      'Unreadable',
      'Overloaded',
      'Stopping',
    ]),
  ];
};

const header = (description: string): Header => ({ description, schema: { type: 'string' } });

const answersOf = (spec: Route): Record<string, Response> => {
  const headers: Record<string, Header> = {
    ...(spec.models ? { 'Averment-Position': header('The lowest checkpoint of the read models that the answer was built from') } : {}),
    ...(spec.models && spec.roles.some((role) => role !== 'none' && isWriter(role))
      ? {
          'Averment-Behind': header(
            'What the caller last wrote may be missing in the answer: its position, or `unknown`. Absent where nothing is missing',
          ),
        }
      : {}),
    ...(spec.list || saysWhatIsParked(spec)
      ? { 'Averment-Incomplete': header('How many streams are missing because an event of theirs is parked; absent for none') }
      : {}),
    ...(spec.cached || spec.guarded ? { ETag: header('Entity tag, strong where the answer is not compressed') } : {}),
  };
  const some = Object.keys(headers).length > 0 ? { headers } : {};
  const own = Object.entries(spec.answers).map(
    ([status, { description, schema, bytes, also, type = 'application/json', headers: told }]) => [
      status,
      {
        description,
        ...some,
        ...(told && { headers: { ...headers, ...Object.fromEntries(Object.entries(told).map(([name, about]) => [name, header(about)])) } }),
        ...(bytes && { content: Object.fromEntries(bytes.map((one) => [one, { schema: binary }])) }),
        ...(schema === null
          ? {}
          : {
              content: {
                [type]: { schema: schemaOf(schema, answered, 'answer'), ...shownAt(spec, status) },
                ...(also && { 'application/json': { schema: schemaOf(also, answered, 'answer') } }),
              },
            }),
      },
    ],
  );
  return {
    ...Object.fromEntries(own),
    ...(spec.cached ? { 304: { description: 'As `If-None-Match` says, nothing has changed', ...some } } : {}),
    ...refusalsOf(spec),
  };
};

/** What the story was answered with that status. */
const shownAt = ({ operation }: Route, status: string) => {
  const example = examplesOf(operation).find((one) => String(one.status) === status);
  return example?.answer === undefined ? {} : { example: example.answer };
};

const refusalHeaders: Record<number, Record<string, Header>> = {
  401: { 'WWW-Authenticate': header('`Bearer`') },
  429: { 'Retry-After': header('Seconds') },
  503: { 'Retry-After': header('Seconds') },
};

const refusalsOf = (spec: Route): Record<string, Response> => {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(spec)) byStatus.set(problems[code].status, [...(byStatus.get(problems[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `${problems[code].title} (\`${typeOf(code)}\`)`).join('; '),
        ...(refusalHeaders[status] && { headers: refusalHeaders[status] }),
        content: { [problemType]: { schema: { $ref: uri('Problem') }, ...shownAt(spec, String(status)) } },
      },
    ]),
  );
};

/** Bytes. JSON Schema 2020-12 would say nothing of them; code that is made from this takes them for what they are. */
const binary: Schema = { type: 'string', format: 'binary' };

/** The bodies that the story sends, by the key that goes with them. */
const bodiesOf = (spec: Route, type?: string) => {
  const [first, ...others] = granted(spec).filter(({ body, mediaType }) => body !== undefined && mediaType === type);
  if (first === undefined) return {};
  const shown = [first, ...others.filter(({ example }) => example !== undefined)];
  const examples = shown.map(({ key = 'body', example = spec.summary, body }) => [key, { summary: example, value: body }] as const);
  return { examples: Object.fromEntries(examples) };
};

const operationOf = (spec: Route): Operation => ({
  operationId: spec.operation,
  tags: [spec.tag],
  summary: spec.summary,
  description: spec.description,
  parameters: parametersOf(spec),
  ...(spec.body === undefined
    ? {}
    : {
        requestBody: {
          description: `At most ${sizeOf(spec.bodyLimit ?? defaultBodyLimit)}; a longer one is 413.`,
          required: spec.takes !== undefined || !spec.body.safeParse(undefined).success,
          content: spec.takes
            ? Object.fromEntries(spec.takes.map((type) => [type, { schema: binary, ...bodiesOf(spec, type) }]))
            : { 'application/json': { schema: schemaOf(spec.body, sent, 'body'), ...bodiesOf(spec) } },
        },
      }),
  responses: answersOf(spec),
  security: spec.roles.includes('none') ? [{}, { key: [] }] : [{ key: [] }],
  'x-roles': spec.roles,
});

const about = `Averment keeps a public record of incidents on which accounts differ. Nothing is overwritten, and no change enters the record without review.

Errors are RFC 9457 problems. Every GET answers HEAD too. Positions are decimal strings. Enums and objects may grow. Lengths of texts are counted in code points, of what is written here in NFC. \`x-roles\` lists who may use an operation; \`none\` is everybody.`;

const aboutTags: Record<Route['tag'], string> = {
  Sources: 'Documents in which somebody said something: articles, statements, filings. Quotations are found in their texts',
  Parties: 'Who speaks, and who is spoken of: agencies, courts, outlets, organisations, persons, described roles',
  Incidents: 'The record: what was claimed, disputed, found and corrected, now and on any day',
  Review: 'Edits, by which the record changes, and how they are decided',
  Tips: 'What outsiders say is wrong, and what became of it',
  Me: 'What a subject knows of itself: its key, its edits, and what happened to them',
  Keys: 'Who may use the service, and what was done with keys',
  Erasures: 'Texts that must go: who asked for it, why, and what became of it',
  Feed: 'Every change in one order, for followers',
  Webhooks: 'The feed, sent to where an app wants it',
  Exports: 'The record as files, for whoever computes with it',
  Ledger: 'Proof that history was only ever added to: a transparency log (C2SP tlog-tiles) with a leaf for every event, digests alone',
  Operations: 'For those who run the service or write clients for it',
};

/** The OpenAPI 3.1 document of these routes, from the same schemas that validate. */
export const openApiOf = (routes: readonly Route[], version: string): OpenApi => {
  const paths: OpenApi['paths'] = {};
  // A redirect leads people to a page; no client asks for it.
  const shown = routes.filter(({ answers }) => answers[302] === undefined);
  for (const spec of shown) {
    const path = paths[spec.path] ?? {};
    path[spec.method.toLowerCase()] = operationOf(spec);
    paths[spec.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Averment',
      version,
      description: about,
      contact: { name: 'Whoever runs this service' },
      license: { name: 'The choice of its owner', identifier: 'LicenseRef-owners-choice' },
    },
    servers: [{ url: '/', description: 'The service that gave this document' }],
    paths,
    tags: [...new Set(shown.map(({ tag }) => tag))].map((name) => ({ name, description: aboutTags[name] })),
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key speaks for a subject, which has one role. A token of the OpenID provider that the installation has, if any, stands in its place.',
        },
      },
      schemas: { ...namedSchemas(sent, 'body'), ...namedSchemas(answered, 'answer') },
    },
  };
};
