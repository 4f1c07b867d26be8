import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../problems/problem.ts';
import { probes } from './access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborted once nobody waits for the answer; null while nobody asked for it. */
    givenUp: AbortController | null;
  }
  interface FastifyReply {
    /** What is answered from now on is no work under way: it lasts as long as its client likes. */
    leaveLoad(): void;
  }
}

/** Aborts when the client has left before its answer, or the handler took too long. Made for whoever asks: most requests wait for nothing. */
export const signalOf = (request: FastifyRequest): AbortSignal => {
  request.givenUp ??= new AbortController();
  return request.givenUp.signal;
};

const giveUp = (request: FastifyRequest): void => {
  request.givenUp ??= new AbortController();
  request.givenUp.abort();
};

/** Requests that one connection may have under way, or it is cut off: three that send hundreds at once and take no answer would keep all others out. */
const mostOfConnection = 32;

/** How often it is looked whose time is over, in milliseconds. One timer for all: each request and each answer with one of its own cost several hundredths of a short request. */
const check = 1000;

/** How much work there is now, for the metrics and for stopping. */
export type Load = {
  /** Requests that were begun and not answered yet. */
  underWay(): number;
  /** From now on requests are refused, and connections end with their answer. */
  stop(): void;
  stopping(): boolean;
  /** Of a request that something else answers: its connection is in use until that is done, and not cut off for what it took before. */
  usedBy(request: IncomingMessage, response: ServerResponse): void;
};

/** What a connection has under way and since when, oldest first, and the time by which it must have moved on. By `performance.now()`. */
type Held = { underWay: Map<FastifyReply, number>; due: number | null };

/**
 * Refuses what would only wait: with `limit` requests under way a further one is answered 503 at once. The probes are always answered.
 * Once stopping, nothing new is begun. A handler that has not answered within `handler` milliseconds is not waited for any longer: 503. A client that neither
 * takes its answer nor begins another request within `patience` milliseconds is cut off. Both may come a second later. What is answered by a stream takes as
 * long as the stream allows, which ends by itself where its client takes nothing.
 */
export const useLoad = (app: FastifyInstance, { limit, handler, patience }: { limit: number; handler: number; patience: number }): Load => {
  let underWay = 0;
  let stopping = false;
  const connections = new Map<Socket, Held>();
  const flowing = new WeakSet<FastifyReply>();
  app.decorateRequest('givenUp', null);
  app.decorateReply('leaveLoad', function (this: FastifyReply) {
    const held = heldBy(this.request.raw.socket);
    held.due = null;
    end(held, this);
  });

  const end = (held: Held, reply: FastifyReply): void => {
    if (!held.underWay.delete(reply)) return;
    underWay -= 1;
    if (!reply.sent) giveUp(reply.request);
  };

  const heldBy = (socket: Socket): Held => {
    const known = connections.get(socket);
    if (known !== undefined) return known;
    const held: Held = { underWay: new Map(), due: null };
    connections.set(socket, held);
    socket.once('close', () => {
      connections.delete(socket);
      // An answer that waits behind another one is not told of the end of its connection.
      for (const reply of held.underWay.keys()) end(held, reply);
    });
    return held;
  };

  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const held = heldBy(socket);
    if (held.underWay.size >= mostOfConnection) {
      // An answer would only wait behind those that the client does not take.
      socket.destroy();
      return done(new Refusal('Overloaded'));
    }
    if (held.underWay.size === 0) held.due = null;
    held.underWay.set(reply, performance.now());
    underWay += 1;
    // Not `onResponse`, which a connection that breaks never reaches.
    reply.raw.on('close', () => {
      end(held, reply);
      if (held.due !== null) held.due = performance.now() + patience;
      // A request that was injected came over no connection that would end.
      else if (held.underWay.size === 0) connections.delete(socket);
    });
    const isProbe = request.route !== null && probes.includes(request.route);
    if (isProbe) done();
    else if (stopping) done(new Refusal('Stopping'));
    else if (underWay > limit) done(new Refusal('Overloaded', {}, { connection: 'close' }));
    else done();
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    const { socket } = request.raw;
    if (payload instanceof Readable) flowing.add(reply);
    // Silence is not the measure: a client that takes or sends a byte now and then, even between requests, is never silent.
    else if (socket instanceof Socket) heldBy(socket).due ??= performance.now() + patience;
    // Also for what was begun before: a connection that stays open would keep the server from stopping.
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });

  const timer = setInterval(() => {
    const now = performance.now();
    for (const [socket, { underWay, due }] of connections) {
      if (due !== null && now >= due) socket.destroy();
      for (const [reply, begun] of underWay) {
        if (now - begun < handler) break;
        if (!flowing.has(reply)) endLate(reply);
      }
    }
  }, check).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer);
    done();
  });

  return {
    underWay: () => underWay,
    stop: () => {
      stopping = true;
    },
    stopping: () => stopping,
    usedBy: ({ socket }, response) => {
      const held = heldBy(socket);
      if (held.underWay.size === 0) held.due = null;
      response.once('close', () => {
        if (held.underWay.size === 0) held.due = performance.now() + patience;
      });
    },
  };
};

const endLate = (reply: FastifyReply): void => {
  if (reply.sent) return;
  giveUp(reply.request);
  if (reply.sent) return;
  if (reply.raw.headersSent) reply.raw.destroy();
  else reply.send(new Refusal('Unavailable', { detail: 'The request took longer than the server allows.' }));
};
