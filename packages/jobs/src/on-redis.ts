import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import {
  type Backend,
  type BackendOptions,
  type Consumer,
  type Handlers,
  type Producer,
  processor,
  producerOf,
  queueName,
  queueOptions,
  workerOptions,
} from './backend.ts';

/** Durations in milliseconds. */
const firstConnection = 2000;
/** How long a hint waits for Redis before it is dropped: others wait behind it, and its connection is made anew. */
const hintAnswered = 2000;
/** A worker's connection waits up to 10 s for the next job; one that is silent for longer is made anew. */
const workAnswered = 20_000;
const stopping = 5000;
const longestPause = 2000;

/** The jobs in Redis. It may be away at any time, also now. */
export const openOnRedis = async (url: string, options: BackendOptions): Promise<Backend> => {
  const producer = await openProducer(url, options);
  return { producer, consumer: (handlers) => openConsumer(url, handlers, options), close: async () => undefined };
};

const openProducer = async (url: string, { complain }: Pick<BackendOptions, 'complain'>): Promise<Producer> => {
  let client = newClient(url, forHints);
  let ready: Producer | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;

  /** BullMQ looks for the server's version once; where that fails its queue never works. */
  const connect = async (): Promise<void> => {
    const queue = new Queue(queueName, { ...queueOptions, connection: client });
    queue.on('error', complain);
    try {
      await queue.waitUntilReady();
      ready = producerOf(queue);
    } catch (error) {
      complain(error instanceof Error ? error : new Error(String(error)));
      client.disconnect();
      if (closed) return;
      client = newClient(url, forHints);
      again = setTimeout(() => void connect(), longestPause);
    }
  };

  await Promise.race([connect(), delay(firstConnection, undefined, { ref: false })]);
  const reached = () => {
    if (ready === undefined) throw new Error('Redis was not reached yet');
    return ready;
  };
  return {
    hint: async (name) => await reached().hint(name),
    hintAt: async (name, time) => await reached().hintAt(name, time),
    counts: async () => await reached().counts(),
    close: async () => {
      closed = true;
      clearTimeout(again);
      client.disconnect();
    },
  };
};

const openConsumer = (url: string, handlers: Handlers, { logger, complain, abandoned }: BackendOptions): Consumer => {
  const client = newClient(url, forWork);
  const clients = [client];
  // BullMQ waits for jobs on a second connection, and leaves it open where it cannot end it in order.
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => {
    const second = endable(duplicate(override));
    clients.push(second);
    return second;
  };
  const worker = new Worker(queueName, processor(handlers), { ...workerOptions(handlers, abandoned), connection: client });
  worker.on('error', complain);
  worker.on('failed', (job, error) => logger.warn({ job: job?.name, error: error.message }, 'a job failed'));
  return {
    // It takes up its work when Redis comes.
    waitUntilReady: async () => undefined,
    close: async () => {
      // Another worker finds what is left of a job, so nobody has to wait for a Redis that is away.
      const isAway = client.status !== 'ready';
      const closed = worker.close(isAway).catch(complain);
      if (!isAway) await Promise.race([closed, delay(stopping, undefined, { ref: false })]);
      for (const each of clients) each.disconnect();
    },
  };
};

/** Without an offline queue a hint fails at once while Redis is away, instead of waiting in memory with all the others. */
const forHints: RedisOptions = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: hintAnswered,
  socketTimeout: hintAnswered,
};
const forWork: RedisOptions = { maxRetriesPerRequest: null, socketTimeout: workAnswered };

const newClient = (url: string, options: RedisOptions): Redis => {
  const client = new Redis(url, {
    ...options,
    // BullMQ's own pauses grow to 20 s, in which a Redis that is back is not used.
    retryStrategy: (times) => Math.min(longestPause, 50 * 2 ** Math.min(times, 10)),
  });
  // BullMQ tells the errors of those that it uses; without a listener others would be written to standard error.
  client.on('error', () => undefined);
  return endable(client);
};

/**
 * If ioredis is told to disconnect in the pause before it connects again, it never says that it has ended. A BullMQ worker waits for just that when it
 * closes, and its timers keep the process from ending. A connection that is broken off while it is being made does say so.
 */
const endable = (client: Redis): Redis => {
  const disconnect = client.disconnect.bind(client);
  client.disconnect = (reconnect) => {
    if (client.status === 'reconnecting' && reconnect !== true) client.connect().catch(() => undefined);
    disconnect(reconnect);
  };
  return client;
};
