import { Transform } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refusal } from '../../problems/problem.ts';

/**
 * Bodies up to here are counted as soon as their length is declared, answers up to here not at all: many small ones do no harm, and counting them would
 * cost more.
 */
const small = 64 * 1024;

const refusal = () => new Refusal('Overloaded', { detail: 'Too much is being sent at once.' }, { connection: 'close' });

/**
 * Bounds what all bodies under way take together, in bytes, from their arrival to the end of the answer: what would go beyond `bytes` is answered 503. The
 * number of requests alone would bound it only at that number times the largest body. A large body counts by what has arrived, not by its declared length:
 * otherwise a few clients who declare much and send nothing would keep all others out. Long answers that wait in memory until their client takes them are
 * bounded likewise, by `answers`; beyond that only further long answers are refused.
 */
export const useBudget = (app: FastifyInstance, { bytes, answers }: { bytes: number; answers: number }): void => {
  let held = 0;
  let answered = 0;

  /** Begins to count for a request; what it counted is given back with its answer, or when its client is gone. */
  const holder = (reply: FastifyReply) => {
    let own = 0;
    reply.raw.once('close', () => {
      held -= own;
      own = 0;
    });
    return (more: number) => {
      if (reply.raw.closed) return;
      own += more;
      held += more;
    };
  };

  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (length === undefined && encoding === undefined) return done();
    const declared = length === undefined ? null : Number(length);
    if (declared !== null && held + declared > bytes) return done(refusal());
    const hold = holder(reply);
    if (declared !== null && declared <= small) {
      hold(declared);
      return done();
    }
    const counted = new Transform({
      transform: (chunk: Buffer, _encoding, next) => {
        if (held + chunk.length > bytes) return next(refusal());
        hold(chunk.length);
        next(null, chunk);
      },
    });
    // The reader of the body may have stopped listening, because it refused the body, when the client leaves in the middle of it.
    counted.on('error', () => undefined);
    payload.once('error', (error) => counted.destroy(error));
    done(null, payload.pipe(counted));
  });

  app.addHook('onSend', (_request, reply, payload, done) => {
    const length = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0;
    if (length <= small) return done(null, payload);
    if (answered + length > answers) return done(new Refusal('Overloaded', { detail: 'Too much waits to be taken by others.' }));
    answered += length;
    reply.raw.once('close', () => {
      answered -= length;
    });
    done(null, payload);
  });
};
