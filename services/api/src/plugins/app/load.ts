import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../problems/problem.ts';
import { probes } from './access.ts';

/** Requests that one connection may have under way, or it is cut off: three that send hundreds at once and take no answer would keep all others out. */
const mostOfConnection = 32;

/** How much work there is now, for the metrics and for stopping. */
export type Load = {
  /** Requests that were begun and not answered yet. */
  underWay(): number;
  /** From now on requests are refused, and connections end with their answer. */
  stop(): void;
  stopping(): boolean;
};

/** What a connection has under way, and the time by which it must have moved on. */
type Held = { requests: number; limit?: NodeJS.Timeout };

/**
 * Refuses what would only wait: with `limit` requests under way a further one is answered 503 at once. The probes are always answered.
 * Once stopping, nothing new is begun. A client that neither takes its answer nor begins another request within `patience` milliseconds is cut off.
 */
export const useLoad = (app: FastifyInstance, { limit, patience }: { limit: number; patience: number }): Load => {
  let underWay = 0;
  let stopping = false;
  const connections = new WeakMap<Socket, Held>();
  const heldBy = (socket: Socket): Held => {
    const known = connections.get(socket);
    if (known !== undefined) return known;
    const held: Held = { requests: 0 };
    connections.set(socket, held);
    // An answer that waits behind another one is not told of the end of its connection.
    socket.once('close', () => {
      clearTimeout(held.limit);
      underWay -= held.requests;
      held.requests = 0;
    });
    return held;
  };

  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const held = heldBy(socket);
    if (held.requests >= mostOfConnection) {
      // An answer would only wait behind those that the client does not take.
      socket.destroy();
      return done(new Refusal('Overloaded'));
    }
    held.requests += 1;
    underWay += 1;
    if (held.requests === 1) {
      clearTimeout(held.limit);
      delete held.limit;
    }
    // Not `onResponse`, which a connection that breaks never reaches.
    reply.raw.once('close', () => {
      if (held.requests === 0) return;
      underWay -= 1;
      held.requests -= 1;
      held.limit?.refresh();
    });
    const isProbe = probes.includes(request.routeOptions.url ?? '');
    if (isProbe) done();
    else if (stopping) done(new Refusal('Stopping'));
    else if (underWay > limit) done(new Refusal('Overloaded', {}, { connection: 'close' }));
    else done();
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    const { socket } = request.raw;
    // Silence is not the measure: a client that takes or sends a byte now and then, even between requests, is never silent. A request that was
    // injected came over no connection.
    if (socket instanceof Socket) heldBy(socket).limit ??= setTimeout(() => socket.destroy(), patience).unref();
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
