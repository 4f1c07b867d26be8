import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { LogUnavailable, type Mark } from '../port.ts';
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
  /** From so many appends at once on, a transaction takes only half of them, and the other half is on its way beside it. */
  halve: number;
};

export const writerDefaults: WriterOptions = {
  deadline: 10_000,
  answerWithin: 5_000,
  batchAppends: 256,
  batchLength: 8 * 1024 * 1024,
  waiting: 10_000,
  halve: 16,
};

type Pending = EncodedAppend & {
  size: number;
  since: number;
  resolve: (outcome: BatchOutcome) => void;
  reject: (error: unknown) => void;
};

const sizeOf = ({ events }: EncodedAppend): number =>
  events.reduce((sum, { canonical, disclosures }) => disclosures.reduce((all, { length }) => all + length, sum + canonical.length), 0);

/**
 * Takes what goes into one transaction out of the queue: at most one append a stream, as each rests on the outcome of the one before it, and none of a
 * stream in `streams`, to which those taken are added.
 */
export const takeBatch = <P extends { stream: string; size: number }>(
  queue: P[],
  { batchAppends, batchLength }: Pick<WriterOptions, 'batchAppends' | 'batchLength'>,
  streams = new Set<string>(),
): P[] => {
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

/** Until the event loop has come around. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** One of the two connections that write, and what it is doing. */
type Lane = { client: pg.Client | undefined; running: Promise<void> | undefined };

/**
 * Group commit: while one transaction is on its way, appends gather for the next, so that many share a flush. Each is answered after the commit of its
 * own transaction. Where many come, half of them go at a time: this process then prepares the one half while the server, whose lock keeps both in order,
 * writes the other. An append that makes a transaction fail does not fail its neighbours: all of that transaction are then tried alone.
 * After a lost connection the same bytes are sent again, on a new one: the log tells whether they were written before. `seen` is an event that the log must
 * have in the moment of writing.
 */
export const createWriter = (pool: pg.Pool, { seen, ...options }: WriterOptions & { seen: () => Mark | undefined }) => {
  const lanes: Lane[] = [1, 2].map(() => ({ client: undefined, running: undefined }));
  const queue: Pending[] = [];
  /** The streams of the appends on their way, and how many these are. */
  const busy = new Set<string>();
  let underWay = 0;
  let waking: Promise<void> | undefined;
  let closed = false;
  let failures = 0;

  const connection = async (lane: Lane): Promise<pg.Client> => {
    if (lane.client) return lane.client;
    const fresh = new pg.Client(pool.options);
    fresh.on('error', () => drop(lane, fresh));
    await fresh.connect();
    lane.client = fresh;
    return fresh;
  };

  const drop = (lane: Lane, broken: pg.Client | undefined) => {
    if (broken === lane.client) lane.client = undefined;
    broken?.end().catch(() => undefined);
  };

  const send = async (lane: Lane, batch: readonly Pending[]): Promise<void> => {
    const outcomes = await appendBatch(await connection(lane), batch, { timeout: options.answerWithin, seen: seen() });
    failures = 0;
    for (const [index, outcome] of outcomes.entries()) batch[index]?.resolve(outcome);
  };

  const sendEach = async (lane: Lane, batch: readonly Pending[]): Promise<void> => {
    for (const append of batch) {
      await send(lane, [append]).catch((error) => (isUnavailable(error) ? repeatLater(lane, [append], error) : append.reject(error)));
    }
  };

  const repeatLater = async (lane: Lane, batch: readonly Pending[], error: unknown): Promise<void> => {
    drop(lane, lane.client);
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

  const take = (): Pending[] => {
    const all = underWay + queue.length;
    if (all < options.halve) return underWay === 0 ? takeBatch(queue, options, busy) : [];
    return takeBatch(queue, { ...options, batchAppends: Math.min(options.batchAppends, Math.ceil(all / 2)) }, busy);
  };

  const run = async (lane: Lane): Promise<void> => {
    for (let batch = take(); batch.length > 0; batch = take()) {
      underWay += batch.length;
      try {
        await send(lane, batch);
      } catch (error) {
        if (isUnavailable(error)) await repeatLater(lane, batch, error);
        else if (batch.length === 1) batch[0]?.reject(error);
        else await sendEach(lane, batch);
      }
      underWay -= batch.length;
      for (const { stream } of batch) busy.delete(stream);
      // Who was answered may append again at once: that goes with what waits already, or else both halves would become ever smaller.
      await turn();
    }
  };

  const wake = async () => {
    // What arrives in the same turn of the event loop goes together.
    await turn();
    waking = undefined;
    for (const lane of lanes) {
      lane.running ??= run(lane).finally(() => {
        lane.running = undefined;
      });
    }
  };

  /** Rejects with `LogUnavailable` after the deadline, and at once where too many wait; with the server's error if it refuses this very append. */
  const append = (encoded: EncodedAppend): Promise<BatchOutcome> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new LogUnavailable('the event log is closed'));
      if (queue.length >= options.waiting) return reject(new LogUnavailable('too many appends wait for the event log'));
      queue.push({ ...encoded, size: sizeOf(encoded), since: performance.now(), resolve, reject });
      waking ??= wake();
    });

  /** Waits for what is in flight. After a lost connection nothing is repeated any more. */
  const close = async (): Promise<void> => {
    closed = true;
    await waking;
    await Promise.all(lanes.map(({ running }) => running));
    await Promise.all(lanes.map(({ client }) => client?.end()));
    for (const lane of lanes) lane.client = undefined;
  };

  return { append, close };
};
