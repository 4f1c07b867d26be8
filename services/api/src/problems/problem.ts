import type { CommandError } from '@averment/commands';
import { vary } from '../http/vary.ts';
import { type ProblemCode, problems, typeOf } from './table.ts';

export const problemType = 'application/problem+json';

/** One place of a refusal: a JSON Pointer (RFC 6901) into the body, or `/query/<name>`, `/path/<name>`, `/header/<name>`. */
export type Place = {
  pointer: string;
  message: string;
  offsets?: number[];
  spans?: { start: number; end: number }[];
  nearest?: { start: number; end: number; exact: string };
};
type ProblemDetails = Omit<Partial<CommandError>, 'code' | 'errors'> & { errors?: Place[] | undefined };

/** A refusal on its way to the error handler, which alone writes problems. `retryAfter` in seconds, `headers` beside those that every problem has. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  readonly headers: Record<string, string>;
  constructor(code: ProblemCode, details: ProblemDetails = {}, headers: Record<string, string> = {}) {
    super(details.detail ?? problems[code].about);
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

/** A refusal echoes what was sent; this keeps it short. A message may list all that a word can be. */
const shorten = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length)}…`);
const shortened = (errors: Place[]) =>
  errors.slice(0, 100).map((place) => ({ ...place, pointer: shorten(place.pointer, 300), message: shorten(place.message, 1000) }));

/** Seconds after which a request that was answered 503 is worth sending again. */
const retryAfter = '1';

/** The answer to a refusal (RFC 9457): status, headers and the body as JSON text. */
export const problemOf = ({ code, details, headers, message }: Refusal, traceId: string) => {
  const { status, title } = problems[code];
  const { errors, events, existing, lease } = details;
  const more = { ...(events && { events }), ...(existing && { existing }), ...(lease && { lease }) };
  const body = { type: typeOf(code), title, status, detail: shorten(message, 1000), errors: shortened(errors ?? []), ...more, traceId };
  return {
    status,
    headers: {
      'x-content-type-options': 'nosniff',
      // If something between kept a refusal, it would outlive its cause, or reach others than it was meant for.
      'cache-control': 'no-store',
      vary,
      ...(status === 503 || status === 429 ? { 'retry-after': retryAfter } : {}),
      ...headers,
    },
    // Bytes: to a text the framework would add a charset, which the media type does not have.
    body: Buffer.from(JSON.stringify(body)),
  };
};
