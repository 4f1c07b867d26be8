import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { isWriter, type NoteRead, seesReview } from '@averment/access';
import type { Caller, Sender } from '@averment/commands';
import { type Client, type Freshness, projectionNames } from '@averment/read-models';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireAccepted } from './http/accepted.ts';
import { clientOf } from './http/client.ts';
import { heldTag, namedTag, tagOf } from './http/etags.ts';
import { sentKey } from './http/idempotency.ts';
import { moments } from './http/moments.ts';
import { firstPlacesInLists, placesOf } from './http/places.ts';
import { vary } from './http/vary.ts';
import { probes } from './plugins/app/access.ts';
import { takeBytes, unsupportedDocument } from './plugins/app/bodies.ts';
import { signalOf } from './plugins/app/load.ts';
import { streamCodings } from './plugins/external/compression.ts';
import { type Place, Refusal } from './problems/problem.ts';
import { type Answer, type Bytes, defaultBodyLimit, type Input, type Route, saysWhatIsParked } from './route.ts';
import { logPosition } from './schemas/parameters.ts';
import type { Services } from './services.ts';

/** `/v1/sources/{id}` as Fastify writes it. */
export const fastifyPath = ({ path, rest }: Pick<Route, 'path' | 'rest'>): string =>
  (rest ? path.replace(/\{\w+\}$/, '*') : path).replaceAll(/\{(\w+)\}/g, ':$1');

/**
 * Registers a route with the conventions that all routes share: who may use it, what its parts must look like, how fresh an answer is, entity tags, and how
 * much work is under way at once. Access is checked by a hook before the body is read (`plugins/app/access.ts`).
 */
export const declare = (app: FastifyInstance, spec: Route, services: Services): void => {
  const { takes } = spec;
  if (takes === undefined) declareIn(app, spec, services);
  else
    void app.register(async (part) => {
      takeBytes(part, takes);
      declareIn(part, spec, services);
    });
};

const declareIn = (app: FastifyInstance, spec: Route, services: Services): void => {
  const following = spec.method === 'GET' ? (spec.models ?? []) : projectionNames;
  const emptyQuery = spec.query?.safeParse({}).data;
  const types = [
    ...new Set(
      Object.values(spec.answers).flatMap(({ schema, bytes, also, type = 'application/json' }) => [
        ...(bytes ?? (schema === null ? [] : [type])),
        ...(also ? ['application/json'] : []),
      ]),
    ),
  ];
  app.route({
    method: spec.method,
    url: fastifyPath(spec),
    bodyLimit: spec.bodyLimit ?? defaultBodyLimit,
    ...(spec.streams && { compress: spec.streams === 'coded' && streamCodings }),
    config: {
      roles: spec.roles,
      limited: spec.limited ?? false,
      tagsBytes: spec.cached ?? false,
      ...(spec.takes && { takes: spec.takes }),
    },
    handler: async (request, reply) => {
      if (!probes.includes(spec.path)) requireAccepted(request, types);
      const waiting = new Set<string>();
      const input = inputOf(spec, request, reply, { waiting, emptyQuery });
      services.models.requireFollowing(following);
      const wanted = minPosition(request);
      if (wanted === null) await awaitOwn(spec, request, reply, { services, client: input.context.client });
      const reached = spec.models && wanted !== null ? await services.models.reached(spec.models, wanted, input.context.client) : null;
      if (spec.models !== undefined && !spec.dated) input.context.noteFreshness(reached ?? (await services.models.status(spec.models)));
      const answer = await spec.handle(input, services);
      if (spec.method !== 'GET') await noteWritten(request, answer, services);
      if (services.noteRead !== null) await noteShown(spec, request, answer, services.noteRead);
      if (waiting.size > 0 && saysWhatIsParked(spec)) await sayIncomplete(spec, request, reply, waiting, services);
      return send(spec, request, reply, answer);
    },
  });
};

const inputOf = (
  spec: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  { waiting, emptyQuery }: { waiting: Set<string>; emptyQuery: unknown },
): Input<unknown, unknown, unknown> => ({
  path: parsePath(spec, request),
  query: parseQuery(spec, request, emptyQuery),
  body: parseBody(spec, request),
  viewer: request.principal,
  caller: () => callerOf(spec, request),
  asked: () => senderOf(spec, request),
  ifMatch: request.headers['if-match'],
  lastEvent: spec.resumes ? lastEventOf(request) : null,
  authorization: request.headers.authorization,
  origin: `${request.protocol}://${request.host}`,
  secret: spec.secret ? sentSecret(request) : '',
  context: {
    held: heldTag(request.headers['if-none-match']),
    noteFreshness: (freshness) => {
      sayFreshness(spec, request, reply, freshness);
      for (const stream of freshness.parked) waiting.add(stream);
    },
    client: {
      // Both are asked for by few: most requests wait for nothing.
      get name() {
        return clientOf(request);
      },
      get signal() {
        return signalOf(request);
      },
    },
  },
});

const sentSecret = ({ headers }: FastifyRequest): string => {
  const secret = headers['tip-secret'];
  if (typeof secret === 'string' && secret !== '') return secret;
  const message = 'is needed: the secret that the sender of the tip was told';
  throw new Refusal('InvalidParameter', { detail: `Tip-Secret ${message}.`, errors: [{ pointer: '/header/tip-secret', message }] });
};

const lastEventOf = ({ headers }: FastifyRequest): bigint | null => {
  const sent = headers['last-event-id'];
  // A client that has seen no event sends nothing in it.
  if (sent === undefined || sent === '') return null;
  const parsed = logPosition.safeParse(sent);
  if (parsed.success) return parsed.data;
  const message = 'must be a position: up to 19 digits';
  throw new Refusal('InvalidParameter', { detail: `Last-Event-ID ${message}.`, errors: [{ pointer: '/header/last-event-id', message }] });
};

/** By name, though Fastify calls the rest of a path `*`. */
const paramsOf = ({ path, rest }: Route, { params }: FastifyRequest): Record<string, string> => {
  const { '*': last = '', ...named } = params as Record<string, string>;
  return rest ? { ...named, [path.slice(path.lastIndexOf('{') + 1, -1)]: last } : named;
};

const parsePath = (spec: Route, request: FastifyRequest): unknown => {
  const parsed = spec.params?.safeParse(paramsOf(spec, request));
  // What cannot be an id names nothing.
  if (parsed && !parsed.success) throw new Refusal('NotFound', { detail: 'There is nothing of that id.' });
  return parsed?.data;
};

/** `empty`: what the route takes for a query without parameters, which is the same each time. */
const parseQuery = (spec: Route, request: FastifyRequest, empty: unknown): unknown => {
  const { minPosition: _, ...query } = request.query as Record<string, unknown>;
  const names = Object.keys(query);
  if (empty !== undefined && names.length === 0) return empty;
  if (spec.query === undefined) {
    if (names.length > 0)
      throw invalidQuery(names.map((name) => ({ pointer: `/query/${name}`, message: 'is not a parameter of this route' })));
    return undefined;
  }
  const parsed = spec.query.safeParse(query);
  if (!parsed.success) throw invalidQuery(placesOf(parsed.error.issues, '/query'));
  return parsed.data;
};

const invalidQuery = (errors: Place[]) =>
  new Refusal('InvalidParameter', {
    detail: errors.map(({ pointer, message }) => `${pointer.slice('/query/'.length)} ${message}`).join('; '),
    errors,
  });

const parseBody = (spec: Route, request: FastifyRequest): unknown => {
  if (spec.body === undefined) return undefined;
  if (spec.takes !== undefined) return bytesOf(spec.takes, request);
  const isLong = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) > lookedThrough;
  const first = isLong ? firstPlacesInLists(spec.body, request.body) : [];
  if (first.length > 0) throw invalidBody(first);
  const parsed = spec.body.safeParse(request.body);
  if (parsed.success) return parsed.data;
  throw invalidBody(placesOf(parsed.error.issues, ''));
};

const bytesOf = (takes: readonly string[], { body, headers }: FastifyRequest): Bytes => {
  // Without a body no parser has looked at its type.
  if (!Buffer.isBuffer(body)) throw unsupportedDocument(takes);
  return { bytes: body, mediaType: headers['content-type'] ?? '' };
};

/** In bytes. A shorter body cannot have so many problems that making them all would take long. */
const lookedThrough = 16 * 1024;

const invalidBody = (errors: Place[]) =>
  new Refusal('InvalidBody', { detail: 'The body is not of the shape that this route takes.', errors });

/** The path without query, in its one canonical spelling. */
const pathOf = (spec: Route, request: FastifyRequest): string => {
  const params = paramsOf(spec, request);
  return spec.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
};

/** Notes who is shown what the public may not see, before it is shown. What was written is an event, which says so itself. */
const noteShown = async (spec: Route, request: FastifyRequest, { body }: Answer, note: NoteRead): Promise<void> => {
  const { principal } = request;
  if (principal === null || !seesReview(principal) || spec.sameForAll || !spec.path.startsWith('/v1/')) return;
  if (spec.method !== 'GET' && (body === null || (typeof body === 'object' && 'position' in body))) return;
  const { subject, role } = principal;
  await note({ subject, role, operation: spec.operation, path: pathOf(spec, request), at: new Date() });
};

const callerOf = (spec: Route, request: FastifyRequest): Caller => {
  const { principal } = request;
  if (principal === null || !isWriter(principal.role)) throw new TypeError(`${spec.operation} is open to who changes nothing`);
  return { ...senderOf(spec, request), role: principal.role, kind: principal.kind, correlation: request.id };
};

const senderOf = (spec: Route, request: FastifyRequest): Sender => ({
  subject: request.principal?.subject ?? '',
  method: spec.method as Sender['method'],
  path: pathOf(spec, request),
  ...sentKey(request.headers['idempotency-key']),
  body: request.body,
});

/** A read sees what its subject wrote before, in whatever process, or says that it may not. Of the past nobody waits for what came after it. */
const awaitOwn = async (
  spec: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  { services, client }: { services: Services; client: Client },
): Promise<void> => {
  const { principal } = request;
  if (spec.models === undefined || principal === null || !isWriter(principal.role)) return;
  if (moments.some((name) => name in (request.query as object))) return;
  const missing = await services.ownWrites.reached(spec.models, principal.subject, client);
  if (missing !== null) reply.header('averment-behind', String(missing));
};

const noteWritten = async ({ principal }: FastifyRequest, { body }: Answer, { ownWrites }: Services): Promise<void> => {
  const { position } = (typeof body === 'object' ? (body ?? {}) : {}) as { position?: string };
  if (principal !== null && position !== undefined) await ownWrites.wrote(principal.subject, BigInt(position));
};

const minPosition = (request: FastifyRequest): bigint | null => {
  const { minPosition: sent } = request.query as Record<string, unknown>;
  if (sent === undefined) return null;
  const parsed = logPosition.safeParse(sent);
  if (parsed.success) return parsed.data;
  throw invalidQuery(placesOf(parsed.error.issues, '/query/minPosition'));
};

/** Says how far the models were before or while they were read: what is read is at least as fresh as that. */
const sayFreshness = (spec: Route, request: FastifyRequest, reply: FastifyReply, { position, parked }: Freshness): void => {
  const item = (request.params as Record<string, string>).id;
  if (item !== undefined && parked.has(item)) throw new Refusal('Parked');
  reply.header('averment-position', String(position));
  if (spec.list && parked.size > 0) reply.header('averment-incomplete', String(parked.size));
};

/** Says how many parked streams are missing in an answer about one incident. */
const sayIncomplete = async (spec: Route, request: FastifyRequest, reply: FastifyReply, waiting: Set<string>, { queries }: Services) => {
  const { id = '' } = request.params as Record<string, string>;
  const missing = await queries.parkedUnder(id, waiting, spec.models?.includes('reviews') ?? false);
  if (missing > 0) reply.header('averment-incomplete', String(missing));
};

const send = async (
  spec: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag, headers = {}, status = 200, type = json, cache, follows }: Answer,
) => {
  if (body instanceof Readable) letFlow(body, request, reply);
  const text = body === null || typeof body === 'string' || Buffer.isBuffer(body) || body instanceof Readable ? body : JSON.stringify(body);
  const tag = etag ?? (spec.cached && typeof text === 'string' ? tagOf(text) : undefined);
  if (tag !== undefined) reply.header('etag', tag);
  reply
    .headers(headers)
    .header('vary', vary)
    .header('cache-control', cache ?? (request.principal === null && !spec.secret ? 'no-cache' : 'private, no-cache'));
  const named = spec.cached && tag !== undefined ? namedTag(request.headers['if-none-match'], tag) : undefined;
  const isUnwanted = body instanceof Readable && (named !== undefined || request.method === 'HEAD');
  if (isUnwanted) await once(body.destroy(), 'close');
  if (named !== undefined) return reply.header('etag', named).code(304).send();
  reply.code(status);
  if (follows !== undefined && request.method !== 'HEAD') return outlast(reply.type(type), follows);
  if (text === null) return follows === undefined ? reply.send() : reply.type(type).send('');
  // The framework would read to its end what nobody is sent.
  return reply.type(type).send(isUnwanted ? Readable.from([]) : text);
};

/** Hands the answer to what writes it by itself. It is no work under way from then on, and nothing of the request is kept for it. */
const outlast = (reply: FastifyReply, follows: (response: ServerResponse) => void): FastifyReply => {
  reply.hijack();
  reply.leaveLoad();
  reply.raw.removeAllListeners('close');
  reply.raw.writeHead(reply.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
  follows(reply.raw);
  return reply;
};

/** What breaks off is not ended in order, or the client would take it for the whole; nobody hears of it but by that. */
const letFlow = (body: Readable, request: FastifyRequest, reply: FastifyReply): void => {
  body.once('error', (error) => {
    request.log.warn({ error: error.message }, 'an answer was broken off');
    reply.raw.destroy();
  });
};

const json = 'application/json; charset=utf-8';
