import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { LogUnavailable } from '../port.ts';
import { appendBatch, type BatchOutcome, type EncodedAppend } from './append-batch.ts';
import { isUnavailable } from './errors.ts';

/** Durations in milliseconds. */
export type WriterOptions = {
  /** How long an append is repeated after lost connections before its caller is told that the outcome is unknown. */
  deadline: number;
  /** How long one answer of the server is waited for. */
  answerWithin: number;
  /** Appends in one transaction. */
  batchAppends: number;
  /** Characters of events and texts in one transaction, but for a single append that has more. */
  batchLength: number;
  /** Appends that may wait; beyond, they are refused at once. */
  waiting: number;
};

export const writerDefaults: WriterOptions = {
  deadline: 10_000,
  answerWithin: 5_000,
  batchAppends: 256,
  batchLength: 8 * 1024 * 1024,
  waiting: 10_000,
};

type Pending = EncodedAppend & {
  size: number;
  since: number;
  resolve: (outcome: BatchOutcome) => void;
  reject: (error: unknown) => void;
};

const sizeOf = ({ events }: EncodedAppend): number =>
  events.reduce((sum, { canonical, disclosures }) => disclosures.reduce((all, { length }) => all + length, sum + canonical.length), 0);

/** Takes what goes into one transaction out of the queue: at most one append a stream, as each rests on the outcome of the one before it. */
export const takeBatch = <P extends { stream: string; size: number }>(
  queue: P[],
  { batchAppends, batchLength }: Pick<WriterOptions, 'batchAppends' | 'batchLength'>,
): P[] => {
  const streams = new Set<string>();
  const batch: P[] = [];
  const left: P[] = [];
  let size = 0;
  for (const [index, append] of queue.entries()) {
    const fits = batch.length === 0 || size + append.size <= batchLength;
    if (batch.length === batchAppends || !fits) {
      left.push(...queue.slice(index));
      break;
    }
    if (streams.has(append.stream)) {
      left.push(append);
      continue;
    }
    streams.add(append.stream);
    batch.push(append);
    size += append.size;
  }
  queue.splice(0, queue.length, ...left);
  return batch;
};

/**
 * Group commit: while one transaction is on its way, appends gather for the next, so that many share a flush. Each is answered after the commit of its
 * own transaction. One that makes a transaction fail does not fail its neighbours: all of that transaction are then tried alone.
 * After a lost connection the same bytes are sent again, on a new one: the log tells whether they were written before.
 */
export const createWriter = (pool: pg.Pool, options: WriterOptions) => {
  const queue: Pending[] = [];
  let client: pg.Client | undefined;
  let running: Promise<void> | undefined;
  let closed = false;
  let failures = 0;

  const connection = async (): Promise<pg.Client> => {
    if (client) return client;
    const fresh = new pg.Client(pool.options);
    fresh.on('error', () => drop(fresh));
    await fresh.connect();
    client = fresh;
    return fresh;
  };

  const drop = (broken: pg.Client | undefined) => {
    if (broken === client) client = undefined;
    broken?.end().catch(() => undefined);
  };

  const send = async (batch: readonly Pending[]): Promise<void> => {
    const outcomes = await appendBatch(await connection(), batch, options.answerWithin);
    failures = 0;
    for (const [index, outcome] of outcomes.entries()) batch[index]?.resolve(outcome);
  };

  const sendEach = async (batch: readonly Pending[]): Promise<void> => {
    for (const append of batch) {
      await send([append]).catch((error) => (isUnavailable(error) ? repeatLater([append], error) : append.reject(error)));
    }
  };

  const repeatLater = async (batch: readonly Pending[], error: unknown): Promise<void> => {
    drop(client);
    const now = performance.now();
    const all = [...batch, ...queue];
    const late = new Set(all.filter(({ since }) => closed || now - since > options.deadline));
    queue.splice(0, queue.length, ...all.filter((append) => !late.has(append)));
    for (const append of late) {
      append.reject(new LogUnavailable(`the event log did not answer in time: ${(error as Error).message}`, { cause: error }));
    }
    failures += 1;
    if (queue.length > 0) await delay(Math.min(1000, 25 * 2 ** failures));
  };

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = takeBatch(queue, options);
      try {
        await send(batch);
      } catch (error) {
        if (isUnavailable(error)) await repeatLater(batch, error);
        else if (batch.length === 1) batch[0]?.reject(error);
        else await sendEach(batch);
      }
    }
    running = undefined;
  };

  /** Rejects with `LogUnavailable` after the deadline, and at once where too many wait; with the server's error if it refuses this very append. */
  const append = (encoded: EncodedAppend): Promise<BatchOutcome> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new LogUnavailable('the event log is closed'));
      if (queue.length >= options.waiting) return reject(new LogUnavailable('too many appends wait for the event log'));
      queue.push({ ...encoded, size: sizeOf(encoded), since: performance.now(), resolve, reject });
      // What arrives in the same turn of the event loop goes together.
      running ??= new Promise<void>((begin) => setImmediate(begin)).then(run);
    });

  /** Waits for what is in flight. After a lost connection nothing is repeated any more. */
  const close = async (): Promise<void> => {
    closed = true;
    await running;
    await client?.end();
    client = undefined;
  };

  return { append, close };
};
