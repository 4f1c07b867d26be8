import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../problems/problem.ts';

/** How much work there is now, for the metrics and for stopping. */
export type Load = {
  /** Requests that were begun and not answered yet. */
  underWay(): number;
  /** From now on requests are refused, and connections end with their answer. */
  stop(): void;
  stopping(): boolean;
};

/**
 * Refuses what would only wait: with `limit` requests under way a further one is answered 503 at once. The probes are always answered.
 * Once stopping, nothing new is begun.
 */
export const useLoad = (app: FastifyInstance, { limit }: { limit: number }): Load => {
  let underWay = 0;
  let stopping = false;

  app.addHook('onRequest', (request, reply, done) => {
    underWay += 1;
    // Not `onResponse`, which a connection that breaks never reaches.
    reply.raw.once('close', () => {
      underWay -= 1;
    });
    const isProbe = request.routeOptions.url === '/livez' || request.routeOptions.url === '/readyz';
    if (isProbe) done();
    else if (stopping) done(new Refusal('Stopping'));
    else if (underWay > limit) done(new Refusal('Overloaded'));
    else done();
  });

  app.addHook('onSend', (_request, reply, payload, done) => {
    // Also for what was begun before: a connection that stays open would keep the server from stopping.
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });

  return {
    underWay: () => underWay,
    stop: () => {
      stopping = true;
    },
    stopping: () => stopping,
  };
};
