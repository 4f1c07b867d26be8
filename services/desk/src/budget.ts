import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from './answers.ts';

/** In bytes: all forms that are under way at once, and what one may have of whoever has not signed in. */
const most = 64 * 1024 * 1024;
const ofStrangers = 2 * 1024 * 1024;

const refused = (status: number, detail: string) =>
  new Refused(status, { type: 'about:blank', title: '', status, detail, errors: [], traceId: '' }, status === 503 ? '1' : null);

/**
 * Bounds what all forms under way take together: once as much has come as may, a further one is refused, and told to come again. A form with a file counts by
 * the length that it declares, since its parts are read as they come; so a long one is taken only of somebody who has signed in, else a few who declare much and send
 * nothing would keep all others out.
 */
export const useBudget = (
  app: FastifyInstance,
  isSignedIn: (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>,
  bytes = most,
): void => {
  let held = 0;
  app.addHook('preParsing', async (request, reply, payload) => {
    const type = request.headers['content-type'];
    if (type === undefined) return payload;
    let own = 0;
    const hold = (more: number) => {
      own += more;
      held += more;
    };
    reply.raw.once('close', () => {
      held -= own;
      own = 0;
    });
    if (held >= bytes) throw refused(503, 'Too much is being sent at once. Nothing was done: send it again in a moment.');
    if (!/^multipart\/form-data/i.test(type)) return payload.on('data', (chunk: Buffer) => !reply.raw.closed && hold(chunk.length));
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    if (Number.isNaN(length)) throw refused(411, 'A form with a file has to say how long it is.');
    if (length > ofStrangers && !(await isSignedIn(request, reply)))
      throw refused(403, 'Sign in before you send a file. Nothing was done, and the file has to be chosen anew.');
    hold(length);
    return payload;
  });
};
