import { type CallOptions, type ClientReadableStream, status } from '@grpc/grpc-js';
import { createAppends } from './appends.ts';
import { failureOf } from './failures.ts';
import { readAllRequest, readLastRequest, readStreamRequest, recordedIn, subscribeRequest } from './messages.ts';
import { disposeOf, type Inside, insideOf, type ReadReq, type ReadResp, StreamsClient } from './protocol.ts';
import { type AllRequest, type Connect, type ListenCallbacks, type RecordedEvent, StoreUnavailable } from './store.ts';

const leader = { requiresLeader: true };
const endless: CallOptions = { deadline: Number.POSITIVE_INFINITY };

/** A store through `@eventstore/db-client`. */
export const connectClient: Connect = (url, { answerWithin, scanWithin, beforeAppends }) => {
  let current: Inside | undefined;
  let closed = false;

  const client = (): Inside => {
    if (closed) throw new StoreUnavailable('the event log is closed');
    current ??= insideOf(url);
    return current;
  };

  /** A client that met a silent server would go on with it: the next call makes another, which looks for a node anew. */
  const retire = (silent: Inside | undefined): void => {
    if (current === silent) current = undefined;
    if (silent) void disposeOf(silent);
  };

  const read = async (request: ReadReq, within: number): Promise<RecordedEvent[] | null> => {
    const inside = client();
    try {
      return await inside.execute(StreamsClient, 'read', (grpc) =>
        collect(grpc.read(request, ...inside.callArguments({ ...leader, deadline: within }))),
      );
    } catch (error) {
      const failure = failureOf(error);
      if (isDeadline(error)) retire(inside);
      throw failure;
    }
  };

  /** Passes over the store's own events among those of the prefix: a deleted stream leaves one, whose revision is no revision. */
  const readAll = async (request: AllRequest): Promise<RecordedEvent[]> => {
    const events = (await read(readAllRequest(request), scanWithin)) ?? [];
    if (request.prefix === undefined) return events;
    const own = events.filter(({ type }) => !type.startsWith('$'));
    const last = events.at(-1);
    if (own.length === events.length || last === undefined || events.length < request.limit) return own;
    // Forwards, the last one is read again.
    const rest = await readAll({ ...request, from: last.position, limit: request.limit - own.length + 1 });
    return [...own, ...rest.filter(({ position }) => position !== last.position)].slice(0, request.limit);
  };

  let appending: Inside | undefined;
  const append = createAppends({
    answerWithin,
    before: beforeAppends,
    onSilence: () => retire(appending),
    open: async () => {
      const inside = client();
      appending = inside;
      return inside.GRPCStreamCreator(StreamsClient, 'batchAppend', (grpc) => grpc.batchAppend(...inside.callArguments(leader, endless)))();
    },
  });

  const listen = (prefix: string, callbacks: ListenCallbacks): (() => void) => {
    let call: ClientReadableStream<ReadResp> | undefined;
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      callbacks.onEnd();
    };
    const start = async () => {
      const inside = client();
      const request = subscribeRequest(prefix);
      call = await inside.GRPCStreamCreator(StreamsClient, 'subscribe', (grpc) =>
        grpc.read(request, ...inside.callArguments({}, endless)),
      )();
      if (over) {
        call.cancel();
        return;
      }
      call.on('data', (response: ReadResp) => {
        // What is buffered still arrives after the call was cancelled.
        if (over) return;
        if (response.hasConfirmation()) callbacks.onStart();
        const position = response.getEvent()?.getEvent()?.getCommitPosition();
        if (position !== undefined) callbacks.onEvent(BigInt(position));
      });
      for (const event of ['error', 'end', 'close']) call.on(event, end);
    };
    start().catch(end);
    return () => {
      over = true;
      call?.cancel();
    };
  };

  return {
    append,
    readStream: (stream, from, limit) => read(readStreamRequest(stream, from, limit), answerWithin),
    readLast: (stream) => read(readLastRequest(stream), answerWithin),
    readAll,
    listen,
    close: async () => {
      closed = true;
      const last = current;
      current = undefined;
      if (last) await disposeOf(last);
    },
  };
};

/** Null for a stream that is not there. */
const collect = (call: ClientReadableStream<ReadResp>): Promise<RecordedEvent[] | null> =>
  new Promise((resolve, reject) => {
    const events: RecordedEvent[] = [];
    let isThere = true;
    call.on('data', (response: ReadResp) => {
      if (response.hasStreamNotFound()) isThere = false;
      const event = recordedIn(response);
      if (event) events.push(event);
    });
    call.on('error', reject);
    call.on('end', () => resolve(isThere ? events : null));
  });

const isDeadline = (error: unknown): boolean => (error as { code?: unknown }).code === status.DEADLINE_EXCEEDED;
