import { everybody, type RoleOrNone } from '@averment/access';
import { z } from 'zod';
import { sizeOf } from './http/sizes.ts';
import { probes } from './plugins/app/access.ts';
import { problemType } from './problems/problem.ts';
import { type ProblemCode, problems, typeOf } from './problems/table.ts';
import { defaultBodyLimit, type Route, saysWhatIsParked } from './route.ts';
import { answered, sent } from './schemas/registry.ts';

/** JSON Schema 2020-12. */
type Schema = { [keyword: string]: unknown };
type Parameter = { name: string; in: 'path' | 'query' | 'header'; required: boolean; description?: string; schema: Schema };
type Content = Record<string, { schema: Schema }>;
type Header = { description: string; schema: Schema };
type Response = { description: string; headers?: Record<string, Header>; content?: Content };
export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters: Parameter[];
  requestBody?: { description: string; required: boolean; content: Content };
  responses: Record<string, Response>;
  security: Record<string, string[]>[];
  'x-roles': readonly RoleOrNone[];
};
/** The parts of OpenAPI 3.1 that the document uses. */
export type OpenApi = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string }[];
  components: { securitySchemes: Record<string, object>; schemas: Record<string, Schema> };
};

/** What `z.toJSONSchema` cannot say (refinements, transforms) is left open in the document; the routes still check it. */
const options = {
  target: 'draft-2020-12',
  unrepresentable: 'any',
  // Names come from the registries of `schemas/registry.ts`, what `describe` says stands in zod's own.
  override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: { description?: string } }) => {
    const description = z.globalRegistry.get(zodSchema)?.description;
    if (description !== undefined) jsonSchema.description ??= description;
  },
} as const;
const uri = (id: string) => `#/components/schemas/${id}`;

const schemaOf = (schema: z.ZodType, registry: typeof sent, io: 'input' | 'output'): Schema => {
  const named = registry.get(schema);
  if (named !== undefined) return { $ref: uri(named.id) };
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { ...options, io, metadata: registry });
  return rest as Schema;
};

const namedSchemas = (registry: typeof sent, io: 'input' | 'output'): Record<string, Schema> => {
  const { schemas } = z.toJSONSchema(registry, { ...options, io, metadata: registry, uri });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _, $id: __, id: ___, ...schema }]) => [id, schema as Schema]));
};

const parameter = (name: string, place: Parameter['in'], schema: Schema, required: boolean, description?: string): Parameter => ({
  name,
  in: place,
  required,
  ...(description === undefined ? {} : { description }),
  schema,
});

const shapeOf = (schema: z.ZodType | undefined): Record<string, z.ZodType> =>
  schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};

const idempotencyKey: Schema = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' };
const repeated = 'The same request sent again is answered as the first time, however late.';
const harmless = 'Not needed: the request may be repeated freely.';

const parametersOf = (spec: Route): Parameter[] => {
  const text: Schema = { type: 'string' };
  const own = (place: 'path' | 'query', schema: z.ZodType | undefined) =>
    Object.entries(shapeOf(schema)).map(([name, part]) => {
      const { description, ...own } = schemaOf(part, sent, 'input');
      return parameter(name, place, own, place === 'path' || !part.safeParse(undefined).success, description as string | undefined);
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
            'Waits until the read models have reached this position, else 503: so a writer reads what it wrote.',
          ),
        ]
      : []),
    ...(spec.cached ? [parameter('If-None-Match', 'header', text, false, 'The answer is 304 while the ETag is the same.')] : []),
    ...(spec.guarded
      ? [parameter('If-Match', 'header', text, true, "The edit's ETag, one and not `*`. Without it 428, with an old one 412.")]
      : []),
    ...(spec.method === 'GET'
      ? []
      : [parameter('Idempotency-Key', 'header', idempotencyKey, false, spec.idempotent ? repeated : harmless)]),
  ];
};

/** The refusals that a route can give: its own, and those that follow from what it takes. */
const problemsOf = (spec: Route): ProblemCode[] => {
  const isOpen = everybody.every((role) => spec.roles.includes(role));
  const takesBody = spec.body !== undefined;
  return [
    ...new Set<ProblemCode>([
      'MalformedRequest',
      ...(spec.method === 'GET' || spec.guarded || spec.idempotent ? (['InvalidParameter'] as const) : []),
      // A body is read, and may be refused, before it is known whether the route has any use for it.
      ...(spec.method === 'GET' ? [] : (['MalformedJson', 'UnacceptableJson', 'BodyTooLarge', 'UnsupportedMediaType'] as const)),
      ...(takesBody ? (['InvalidBody'] as const) : []),
      'Unauthenticated',
      ...(isOpen ? [] : (['Forbidden'] as const)),
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
    ...(spec.list || saysWhatIsParked(spec)
      ? { 'Averment-Incomplete': header('How many streams are missing because an event of theirs is parked; absent for none') }
      : {}),
    ...(spec.cached || spec.guarded ? { ETag: header('Strong entity tag') } : {}),
  };
  const some = Object.keys(headers).length > 0 ? { headers } : {};
  const own = Object.entries(spec.answers).map(([status, { description, schema, type = 'application/json', headers: told }]) => [
    status,
    {
      description,
      ...some,
      ...(told && { headers: { ...headers, ...Object.fromEntries(Object.entries(told).map(([name, about]) => [name, header(about)])) } }),
      ...(schema === null ? {} : { content: { [type]: { schema: schemaOf(schema, answered, 'output') } } }),
    },
  ]);
  return {
    ...Object.fromEntries(own),
    ...(spec.cached ? { 304: { description: 'As `If-None-Match` says, nothing has changed', ...some } } : {}),
    ...refusalsOf(spec),
  };
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
        content: { [problemType]: { schema: { $ref: uri('Problem') } } },
      },
    ]),
  );
};

const operationOf = (spec: Route): Operation => ({
  operationId: spec.operation,
  tags: [spec.tag],
  summary: spec.summary,
  ...(spec.description === undefined ? {} : { description: spec.description }),
  parameters: parametersOf(spec),
  ...(spec.body === undefined
    ? {}
    : {
        requestBody: {
          description: `At most ${sizeOf(spec.bodyLimit ?? defaultBodyLimit)}; a longer one is 413.`,
          required: !spec.body.safeParse(undefined).success,
          content: { 'application/json': { schema: schemaOf(spec.body, sent, 'input') } },
        },
      }),
  responses: answersOf(spec),
  security: spec.roles.includes('none') ? [{}, { key: [] }] : [{ key: [] }],
  'x-roles': spec.roles,
});

const about = `Averment keeps a public record of incidents on which accounts differ. Nothing is overwritten, and no change enters the record without review.

Errors are RFC 9457 problems. Every GET answers HEAD too. Positions are decimal strings. Enums and objects may grow. \`x-roles\` lists who may use an operation; \`none\` is everybody.`;

/** The OpenAPI 3.1 document of these routes, from the same schemas that validate. */
export const openApiOf = (routes: readonly Route[], version: string): OpenApi => {
  const paths: OpenApi['paths'] = {};
  for (const spec of routes) {
    const path = paths[spec.path] ?? {};
    path[spec.method.toLowerCase()] = operationOf(spec);
    paths[spec.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Averment', version, description: about },
    paths,
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key speaks for a subject, which has one role.' } },
      schemas: { ...namedSchemas(sent, 'input'), ...namedSchemas(answered, 'output') },
    },
  };
};
