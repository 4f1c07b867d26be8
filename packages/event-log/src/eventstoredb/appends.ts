import { randomUUID } from 'node:crypto';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { appendFailureOf, failureOf, wrongRevisionIn } from './failures.ts';
import { appendRequest } from './messages.ts';
import type { BatchAppendReq, BatchAppendResp } from './protocol.ts';
import { type Acknowledgement, type ProposedEvent, StoreUnavailable } from './store.ts';

type Call = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;
type Waiting = { resolve: (answer: Acknowledgement) => void; reject: (error: Error) => void; timer: NodeJS.Timeout };

/**
 * Appends over one batch append call at a time, many in flight. The client's own batch append keeps the waiting of all clients of the process in one
 * table: an error on one connection rejects them all, and the next answer for one of them throws where nobody can catch it and takes the process down,
 * as does an answer that comes twice. It also has no deadline.
 * `open` starts a call; `before` runs before anything is sent over it; `onSilence` hears of a call that is not open within `answerWithin` milliseconds, and of an
 * append that is not answered.
 */
export const createAppends = ({
  open,
  before,
  answerWithin,
  onSilence,
}: {
  open: () => Promise<Call>;
  before: () => Promise<void>;
  answerWithin: number;
  onSilence: () => void;
}) => {
  let current: Promise<ReturnType<typeof startCall>> | undefined;

  const call = (): NonNullable<typeof current> => {
    if (current) return current;
    const opened = open().then(async (stream) => {
      const started = startCall(stream, () => {
        if (current === opening) current = undefined;
      });
      // Once it is open: a server that took the place of another one in between has ended it.
      await before().catch((error) => {
        stream.cancel();
        throw error;
      });
      return started;
    });
    const opening = new Promise<Awaited<typeof opened>>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new StoreUnavailable(`EventStoreDB took no appends within ${answerWithin} ms`));
        onSilence();
      }, answerWithin).unref();
      opened.then(resolve, reject).finally(() => clearTimeout(timer));
    });
    opening.catch(() => {
      if (current === opening) current = undefined;
    });
    current = opening;
    return opening;
  };

  const startCall = (stream: Call, onEnd: () => void) => {
    const waiting = new Map<string, Waiting>();
    let ended: Error | undefined;

    const settle = (correlation: string): Waiting | undefined => {
      const found = waiting.get(correlation);
      waiting.delete(correlation);
      clearTimeout(found?.timer);
      return found;
    };
    const end = (error: Error) => {
      if (ended) return;
      ended = error;
      onEnd();
      for (const correlation of [...waiting.keys()]) settle(correlation)?.reject(error);
    };
    stream.on('data', (response: BatchAppendResp) => {
      // An answer that comes twice, or after its append was given up, finds nobody.
      const found = settle(response.getCorrelationId()?.getString() ?? '');
      if (found) answer(found, response);
    });
    stream.on('error', (error) => end(failureOf(error)));
    stream.on('end', () => {
      // Without this the client would take the call for open, and use it again.
      stream.end();
      end(new StoreUnavailable('EventStoreDB ended the call'));
    });
    stream.on('close', () => end(new StoreUnavailable('the connection to EventStoreDB was closed')));

    const send = (name: string, expected: number, events: readonly ProposedEvent[]): Promise<Acknowledgement> =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        const correlation = randomUUID();
        const timer = setTimeout(() => {
          settle(correlation)?.reject(new StoreUnavailable(`EventStoreDB did not answer an append within ${answerWithin} ms`));
          onSilence();
        }, answerWithin).unref();
        waiting.set(correlation, { resolve, reject, timer });
        stream.write(appendRequest(correlation, name, expected, events));
      });
    return { send };
  };

  return async (stream: string, expected: number, events: readonly ProposedEvent[]): Promise<Acknowledgement> => {
    const { send } = await call().catch((error) => Promise.reject(failureOf(error)));
    return send(stream, expected, events);
  };
};

const answer = (append: Waiting, response: BatchAppendResp): void => {
  const success = response.getSuccess();
  const position = success?.getPosition();
  const error = response.getError();
  const actual = error && wrongRevisionIn(error);
  if (success)
    append.resolve(
      position ? { revision: Number(success.getCurrentRevision()), position: BigInt(position.getCommitPosition()) } : 'no_place',
    );
  else if (actual !== undefined) append.resolve({ actual });
  else append.reject(error ? appendFailureOf(error) : new StoreUnavailable('EventStoreDB gave an append an empty answer'));
};
