import type { Logger } from '@averment/platform';
import type { Queue } from 'bullmq';

/** Where the jobs are kept: in PostgreSQL, schema `bullmq`, or in Redis. */
export type JobsStore = { databaseUrl: string } | { redisUrl: string };

/** How many jobs are in each state, by the queue's name. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What this package uses of BullMQ's queue and worker, whatever they stand on. */
export type Producer = {
  hint(name: string): Promise<unknown>;
  /** A hint that arrives at that time. */
  hintAt(name: string, time: Date): Promise<unknown>;
  counts(): Promise<Counts>;
  close(): Promise<void>;
};
export type Consumer = { waitUntilReady(): Promise<unknown>; close(): Promise<void> };

export type Backend = {
  producer: Producer;
  consumer(handlers: Handlers): Consumer;
  /** After producer and consumer. */
  close(): Promise<void>;
};

/** What to run, by the name of the hint. */
export type Handlers = Readonly<Record<string, () => Promise<unknown>>>;

export type BackendOptions = {
  logger: Logger;
  /** Is told the errors of connections. */
  complain: (error: Error) => void;
  /** How long a job of a killed worker stays with it before others may have it, in milliseconds. */
  abandoned: number;
  /** Whether tables are made or brought forward, as only their owner may. */
  migrates: boolean;
};

export const queueName = 'averment';

export const queueOptions = { defaultJobOptions: { removeOnComplete: true, removeOnFail: true }, streams: { events: { maxLen: 100 } } };

export const workerOptions = (handlers: Handlers, abandoned: number) => ({
  concurrency: Math.max(1, Object.keys(handlers).length),
  lockDuration: abandoned,
  stalledInterval: abandoned,
  // After an outage; BullMQ's own 15 s is long for a reader who waits.
  runRetryDelay: 500,
});

export const processor = (handlers: Handlers) => async (job: { name: string }) => {
  await handlers[job.name]?.();
};

/** Where a hint may be. What is done or has failed is removed at once. */
const states = ['waiting', 'active', 'delayed'] as const;

type Queueing = Pick<Queue, 'getJobCounts'> & {
  add(name: string, data: object, options: object): Promise<unknown>;
  close(): Promise<void>;
};

export const producerOf = (queue: Queueing): Producer => ({
  // No id of its own: BullMQ loses a job with a custom id when the same id is queued again.
  hint: (name) => queue.add(name, {}, { deduplication: { id: name, keepLastIfActive: true } }),
  hintAt: (name, time) => {
    // One hint of a name in each second: many that are due then are one.
    const second = Math.ceil(time.getTime() / 1000);
    return queue.add(name, {}, { delay: Math.max(0, second * 1000 - Date.now()), deduplication: { id: `${name} ${second}` } });
  },
  counts: async () => ({ [queueName]: await queue.getJobCounts(...states) }),
  close: () => queue.close(),
});
