import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { problemOf, problemType, Refusal } from './problems/problem.ts';

const refusals: Record<string, Refusal> = {
  HPE_HEADER_OVERFLOW: new Refusal('HeadersTooLarge'),
  ERR_HTTP_REQUEST_TIMEOUT: new Refusal('RequestTimeout'),
};
const malformed = new Refusal('MalformedRequest', { detail: 'This is no HTTP request that the server understands.' });

/** Answers what never became a request, since its bytes are no HTTP, too many or too late: a problem as everywhere, then the end of the connection. */
export const answerBrokenRequest =
  (newTrace: () => string) =>
  (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, headers, body } = problemOf((error.code === undefined ? undefined : refusals[error.code]) ?? malformed, newTrace());
    const lines = Object.entries({ ...headers, connection: 'close', 'content-type': problemType, 'content-length': body.length });
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    socket.end(body);
  };

/** Passes over an `Expect` that is not known, as HTTP allows (RFC 9110, 10.1.1). Node's own answer to it is a bare 417 and no problem. */
export const useExpectations = ({ server }: FastifyInstance): void => {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
};

/** A request of HTTP/1.1 without `Host` is malformed (RFC 9112, 3.2). Node's own check of that answers no problem. */
export const useHost = (app: FastifyInstance): void => {
  app.addHook('onRequest', (request, _reply, done) => {
    const isMissing = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    done(isMissing ? new Refusal('MalformedRequest', { detail: 'The header Host is missing.' }) : undefined);
  });
};
