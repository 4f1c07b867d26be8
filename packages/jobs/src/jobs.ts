import type { Logger } from '@averment/platform';
import type { Consumer, Counts, Handlers, JobsStore } from './backend.ts';
import { createHints } from './hints.ts';
import { openOnPostgres } from './on-postgres.ts';
import { openOnRedis } from './on-redis.ts';

export type Jobs = {
  /**
   * Says that there may be work of this name. Returns at once and never throws: whether it arrives, how often and when is not promised. At most one hint
   * of each name leaves this process every 250 ms; hints that wait, in whatever process they were given, are one.
   */
  hint(name: string): void;
  /** Says that there may be work of this name at that time, to a second; as `hint` does, and at once where it is over. */
  hintAt(name: string, time: Date): void;
  /**
   * Runs the handler of a name whenever there was a hint, one at a time for each name in all processes together; a hint that comes while it runs lets it
   * run once more. A handler that throws is not run again before the next hint. Resolves when the worker listens. Only once in a process.
   */
  work(handlers: Handlers): Promise<void>;
  /** How many jobs wait, run and are delayed, of all processes. Rejects, or is late, where the jobs cannot be reached. */
  counts(): Promise<Counts>;
  /** Lets the handlers that run come to their end, and closes the connections. */
  close(): Promise<void>;
};

/**
 * The shortest time between two hints of one name, in milliseconds. A worker hears of an append from the log itself much sooner, and every job takes
 * PostgreSQL as long as several events: with 20 ms they were a seventh of what a POST cost it.
 */
const interval = 250;

/**
 * The jobs of this product, on BullMQ. Nothing depends on any one of them: they only make known sooner what would be found anyway.
 * `abandoned`: how long a job of a killed worker stays with it before others may have it, in milliseconds. `migrates`: whether tables in PostgreSQL are
 * brought forward, as only their owner may.
 */
export const createJobs = async (options: { store: JobsStore; logger: Logger; abandoned?: number; migrates?: boolean }): Promise<Jobs> => {
  const { store, logger, abandoned = 10_000, migrates = true } = options;
  const complain = seldom((error) => logger.warn({ error: error.message }, 'the jobs cannot be reached'));
  const backendOptions = { logger, complain, abandoned, migrates };
  const backend =
    'redisUrl' in store ? await openOnRedis(store.redisUrl, backendOptions) : await openOnPostgres(store.databaseUrl, backendOptions);
  const failed = (error: unknown) => complain(error instanceof Error ? error : new Error(String(error)));
  const hints = createHints({ interval, send: backend.producer.hint, failed });
  let consumer: Consumer | undefined;

  return {
    hint: hints.hint,
    hintAt: (name, time) => void backend.producer.hintAt(name, time).catch(failed),
    work: async (handlers) => {
      if (consumer !== undefined) throw new TypeError('this process works already');
      consumer = backend.consumer(handlers);
      await consumer.waitUntilReady();
    },
    counts: backend.producer.counts,
    close: async () => {
      await hints.close();
      await consumer?.close();
      await backend.producer.close();
      await backend.close();
    },
  };
};

/** Passes on at most one error in ten seconds: an outage would fill the log otherwise. */
const seldom = (tell: (error: Error) => void): ((error: Error) => void) => {
  let next = 0;
  return (error) => {
    if (performance.now() < next) return;
    next = performance.now() + 10_000;
    tell(error);
  };
};
