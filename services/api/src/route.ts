import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Principal, RoleOrNone } from '@averment/access';
import type { Caller, Sender } from '@averment/commands';
import type { ModelName, ReadContext } from '@averment/read-models';
import { z } from 'zod';
import type { ProblemCode } from './problems/table.ts';
import type { Services } from './services.ts';

export type Input<P, Q, B> = {
  path: P;
  query: Q;
  body: B;
  viewer: Principal | null;
  /** The caller, as a command needs to know it. Only for routes that need a key. */
  caller(): Caller;
  /** Who asks for a change of rows, and by what a repeat is known. Only for routes that need a key. */
  asked(): Sender;
  ifMatch: string | undefined;
  /** The position that the client sends as `Last-Event-ID`; null for none. Only for a route that `resumes`. */
  lastEvent: bigint | null;
  /** `Authorization`, as it was sent. */
  authorization: string | undefined;
  /** Where the client says that this is, as `https://record.example`. */
  origin: string;
  /** The secret that came with the request; empty but for a route that takes one. */
  secret: string;
  /** For a route that is `dated`: what the client holds already, and whom to tell how far the models were before an answer is given. */
  context: ReadContext;
};

/** What a handler answers. A string is JSON text that is sent as it is; null is no body. A stream that breaks breaks the connection: it never looks whole. */
export type Answer = {
  status?: number;
  body: object | string | Buffer | Readable | null;
  /** Writes the answer by itself, for as long as it likes, once the headers are sent; `body` is null then. */
  follows?: (response: ServerResponse) => void;
  headers?: Readonly<Record<string, string>>;
  etag?: string;
  type?: string;
  /** `Cache-Control`, where it is not that of what may change at any time. */
  cache?: string;
};

/** In bytes. */
export const defaultBodyLimit = 64 * 1024;

/** A body that is not JSON: its bytes, and its `Content-Type` as it was sent. */
export type Bytes = { bytes: Buffer; mediaType: string };

/** The body of a route that takes bytes. */
export const bytesBody = z.custom<Bytes>();

/** `headers` are those of this answer alone, with what they say; `bytes` are the media types of one that is not JSON, and `schema` says nothing then. */
type AnswerDoc = {
  description: string;
  schema: z.ZodType | null;
  type?: string;
  bytes?: readonly string[];
  /** A second form of the answer, as JSON. */
  also?: z.ZodType;
  headers?: Readonly<Record<string, string>>;
};

type RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As OpenAPI writes it: `/v1/sources/{id}`. */
  path: string;
  operation: string;
  tag:
    | 'Sources'
    | 'Parties'
    | 'Incidents'
    | 'Review'
    | 'Erasures'
    | 'Feed'
    | 'Ledger'
    | 'Webhooks'
    | 'Exports'
    | 'Tips'
    | 'Me'
    | 'Keys'
    | 'Operations';
  summary: string;
  description: string;
  /** Who may use it; `none`: also without a key, while `PUBLIC_READ` is on. */
  roles: readonly RoleOrNone[];
  params?: P;
  query?: Q;
  body?: B;
  /** The media types of a body that is not JSON: `bytesBody` is its `body` then. */
  takes?: readonly string[];
  /** In bytes; `defaultBodyLimit` where nothing is said. */
  bodyLimit?: number;
  answers: Readonly<Record<number, AnswerDoc>>;
  /** Beside those that follow from the rest (parameters, body, roles, being unavailable). */
  problems?: readonly ProblemCode[];
  /** The read models that the answer is built from: the route then takes `minPosition` and says `Averment-Position`. */
  models?: readonly ModelName[];
  /**
   * The handler itself reports how far the models were (`context.noteFreshness`), because it reads that in one statement with the rest; otherwise it is asked
   * before the handler runs.
   */
  dated?: boolean;
  /** A list says `Averment-Incomplete` while an event of its models is parked. */
  list?: boolean;
  /** Whoever asks is answered the same: nobody is shown what others may not see. */
  sameForAll?: boolean;
  /** It is answered by a stream, which is coded by the way as `Accept-Encoding` says, or plain: its bytes are packed already. */
  streams?: 'coded' | 'plain';
  /** Answers carry an `ETag`; `If-None-Match` gives 304. */
  cached?: boolean;
  /** Takes the edit's ETag as `If-Match`. */
  guarded?: boolean;
  /** Takes the secret of what it is about, as `Tip-Secret`. */
  secret?: boolean;
  /** How often one address may use it is limited beside all else. */
  limited?: boolean;
  /** The last parameter of the path is the rest of it, slashes included. */
  rest?: boolean;
  /** Takes `Last-Event-ID`, a position. */
  resumes?: boolean;
  /** Takes `Idempotency-Key`. */
  idempotent?: boolean;
  handle(input: Input<z.output<P>, z.output<Q>, z.output<B>>, services: Services): Promise<Answer>;
};

/** A route with its types forgotten: what `declare` registers and `openapi` describes. */
export type Route = RouteSpec<z.ZodType, z.ZodType, z.ZodType>;

/** Whether an answer speaks of one incident, which may rest on parked streams; lists say so by themselves. */
export const saysWhatIsParked = ({ path, models, list }: Route): boolean =>
  models !== undefined && !list && path.startsWith('/v1/incidents/{id}');

/** Checks a route's types where it is written. */
export const route = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(spec: RouteSpec<P, Q, B>): Route =>
  spec as unknown as Route;
