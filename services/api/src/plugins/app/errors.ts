import { LogUnavailable, StoreRefused, StreamUnreadable, UnknownPosition } from '@averment/event-log';
import { isAway } from '@averment/platform';
import { BadCursor, isMissing, ModelMissing, ModelOff, SnapshotEnded, WorkRefused } from '@averment/read-models';
import type { FastifyError, FastifyInstance } from 'fastify';
import { sizeOf } from '../../http/sizes.ts';
import { problemOf, problemType, Refusal } from '../../problems/problem.ts';
import { unsupportedDocument } from './bodies.ts';

/** Answers every error as a problem (RFC 9457). What is not the client's business is logged, and named to it by the trace id alone. */
export const useErrors = (app: FastifyInstance): void => {
  app.setErrorHandler((error: Error, request, reply) => {
    const { bodyLimit, config } = request.routeOptions;
    const known = refusalOf(error, bodyLimit);
    // What is no media type at all, no parser is asked about.
    const refusal = known.code === 'UnsupportedMediaType' && config.takes ? unsupportedDocument(config.takes) : known;
    if (refusal.code === 'Internal') request.log.error({ error: toldOf(error) }, 'a request failed');
    else if (refusal.code === 'Unavailable' || refusal.code === 'Unreadable')
      request.log.warn({ error: toldOf(error) }, 'a request could not be answered');
    const { status, headers, body } = problemOf(refusal, request.id);
    reply.removeHeader('etag').code(status).headers(headers).type(problemType).send(body);
  });
};

/** What may stand in a log, which outlives erased texts: not the values that PostgreSQL names in the further fields of its errors. */
const toldOf = ({ name, message, stack, ...error }: Error & { code?: unknown }) => ({ name, message, code: error.code, stack });

const ofFramework: Record<string, Refusal> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Refusal('UnsupportedMediaType'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Refusal('MalformedRequest', { detail: 'The body is not as long as Content-Length says.' }),
  FST_ERR_MAX_PARAM_LENGTH: new Refusal('NotFound', { detail: 'There is nothing of that id.' }),
  FST_ERR_BAD_URL: new Refusal('MalformedRequest', { detail: 'The path cannot be decoded.' }),
};

/** What an error means to the client. `bodyLimit` is that of the route, in bytes. */
export const refusalOf = (error: Error, bodyLimit?: number): Refusal => {
  if (error instanceof Refusal) return error;
  if (error instanceof StreamUnreadable) return new Refusal('Unreadable');
  if (error instanceof UnknownPosition)
    return new Refusal('LogChanged', { detail: 'The log has nothing at that position, nor ever had. Start anew.' });
  if (error instanceof WorkRefused) return new Refusal('Overloaded', { detail: 'Too much of the past is being read at once.' });
  if (error instanceof BadCursor) {
    const message = 'is not a cursor of this list with these filters';
    return new Refusal('InvalidParameter', { detail: `cursor ${message}`, errors: [{ pointer: '/query/cursor', message }] });
  }
  // A model that is not built yet, or no more in this form, may be asked for anywhere: by a command for what it has to know as well. An EventStoreDB that
  // takes no password of ours now may take it later.
  const kinds = [LogUnavailable, StoreRefused, ModelMissing, ModelOff, SnapshotEnded];
  if (kinds.some((kind) => error instanceof kind) || isAway(error) || isMissing(error)) return new Refusal('Unavailable');
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' && bodyLimit !== undefined) {
    return new Refusal('BodyTooLarge', { detail: `The body has more than ${sizeOf(bodyLimit)}, which is the most that this route takes.` });
  }
  const known = code === undefined ? undefined : ofFramework[code];
  if (known !== undefined) return known;
  // Of the framework's other client errors none is expected; they are still the client's.
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? new Refusal('MalformedRequest', { detail: 'The request cannot be taken.' })
    : new Refusal('Internal');
};
