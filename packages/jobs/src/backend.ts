import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@averment/platform';
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';

/** Where the jobs are kept: in PostgreSQL, schema `bullmq`, or in Redis. */
export type JobsStore = { databaseUrl: string } | { redisUrl: string };

/** How many jobs are in each state, by the queue's name. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What this package uses of BullMQ's queue and worker, whatever they stand on. */
export type Producer = { hint(name: string): Promise<unknown>; counts(): Promise<Counts>; close(): Promise<void> };
export type Consumer = { waitUntilReady(): Promise<unknown>; close(): Promise<void> };

export type Backend = {
  producer: Producer;
  consumer(handlers: Handlers): Consumer;
  /** After producer and consumer. */
  close(): Promise<void>;
};

/** What to run, by the name of the hint. */
export type Handlers = Readonly<Record<string, () => Promise<unknown>>>;

const queueName = 'averment';
/** How long a start waits for Redis, in milliseconds. */
const firstConnection = 2000;
const queueOptions = { defaultJobOptions: { removeOnComplete: true, removeOnFail: true }, streams: { events: { maxLen: 100 } } };
const workerOptions = (handlers: Handlers, abandoned: number) => ({
  concurrency: Math.max(1, Object.keys(handlers).length),
  lockDuration: abandoned,
  stalledInterval: abandoned,
  // After an outage; BullMQ's own 15 s is long for a reader who waits.
  runRetryDelay: 500,
});

/** Where a hint may be. What is done or has failed is removed at once. */
const states = ['waiting', 'active', 'delayed'] as const;

const processor = (handlers: Handlers) => async (job: { name: string }) => {
  await handlers[job.name]?.();
};

type Queueing = Pick<Queue, 'getJobCounts'> & {
  add(name: string, data: object, options: object): Promise<unknown>;
  close(): Promise<void>;
};
const producerOf = (queue: Queueing): Producer => ({
  // No id of its own: BullMQ loses a job with a custom id when the same id is queued again.
  hint: (name) => queue.add(name, {}, { deduplication: { id: name, keepLastIfActive: true } }),
  counts: async () => ({ [queueName]: await queue.getJobCounts(...states) }),
  close: () => queue.close(),
});

export type BackendOptions = {
  logger: Logger;
  /** Is told the errors of connections. */
  complain: (error: Error) => void;
  /** How long a job of a killed worker stays with it before others may have it, in milliseconds. */
  abandoned: number;
};

/** Opens the store. Rejects where PostgreSQL cannot be reached. */
export async function openBackend(store: JobsStore, options: BackendOptions): Promise<Backend> {
  return 'redisUrl' in store ? await onRedis(store.redisUrl, options) : await onPostgres(store.databaseUrl, options);
}

async function onRedis(url: string, { logger, complain, abandoned }: BackendOptions): Promise<Backend> {
  // Without an offline queue a hint fails at once while Redis is away, instead of waiting there with all the others.
  const queue = new Queue(queueName, { ...queueOptions, connection: { url, enableOfflineQueue: false, maxRetriesPerRequest: 1 } });
  queue.on('error', complain);
  let ready = false;
  const first = queue.waitUntilReady().then(() => {
    ready = true;
  }, complain);
  // It may be away for now. Before the first connection BullMQ holds back whatever is added.
  await Promise.race([first, delay(firstConnection, undefined, { ref: false })]);
  const producer = producerOf(queue);
  const reached = () => {
    if (!ready) throw new Error('Redis was not reached yet');
    return producer;
  };
  return {
    producer: {
      hint: async (name) => await reached().hint(name),
      counts: async () => await reached().counts(),
      close: producer.close,
    },
    consumer: (handlers) => {
      const worker = new Worker(queueName, processor(handlers), {
        ...workerOptions(handlers, abandoned),
        connection: { url, maxRetriesPerRequest: null },
      });
      worker.on('error', complain);
      worker.on('failed', (job, error) => logger.warn({ job: job?.name, error: error.message }, 'a job failed'));
      let connected = false;
      worker.once('ready', () => {
        connected = true;
      });
      // The worker takes up its work when Redis comes. One that was never connected has none to wait for, and would wait for ever.
      return { waitUntilReady: async () => undefined, close: () => worker.close(!connected) };
    },
    close: async () => undefined,
  };
}

async function onPostgres(databaseUrl: string, { logger, complain, abandoned }: BackendOptions): Promise<Backend> {
  await bringForward(databaseUrl);
  const pool = new pg.Pool({
    ...connectionTo(databaseUrl),
    application_name: 'averment jobs',
    max: 5,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  // Without listeners a restart of the server would end the process: for idle connections, and for those in use.
  pool.on('error', complain);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const queue = new Queue(queueName, { ...queueOptions, connection: pool }, createPostgresBackend);
  queue.on('error', complain);
  // A backend that was not ready once never is: better to fail here, where somebody starts this process again.
  await queue.waitUntilReady();
  return {
    producer: producerOf(queue),
    consumer: (handlers) => {
      const worker = new Worker(
        queueName,
        processor(handlers),
        { ...workerOptions(handlers, abandoned), connection: pool },
        createPostgresBackend,
      );
      worker.on('error', complain);
      worker.on('failed', (job, error) => logger.warn({ job: job?.name, error: error.message }, 'a job failed'));
      return worker;
    },
    close: () => pool.end(),
  };
}

/** Makes BullMQ's own tables, or brings them to the version of the library. */
async function bringForward(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

/**
 * BullMQ's statements name no schema, so the connections do. They need no flush to disk: a hint that is lost in a crash costs nothing, and each job is three
 * commits beside the log's own.
 */
function connectionTo(databaseUrl: string): { connectionString: string; options: string } {
  const url = new URL(databaseUrl);
  const given = url.searchParams.get('options');
  url.searchParams.delete('options');
  return { connectionString: url.href, options: [given, '-c search_path=bullmq -c synchronous_commit=off'].filter(Boolean).join(' ') };
}
