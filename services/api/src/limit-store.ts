import { Redis } from 'ioredis';

/** In milliseconds. A request waits for its count no longer than this; a Redis that is away costs nothing, for its commands fail at once. */
const answered = 250;
const longestPause = 2000;

/** The Redis that counts the requests of all processes together. It may be away at any time, also now: nobody is refused then. */
export const openLimitStore = (url: string): { redis: Redis; close(): Promise<void> } => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: answered,
    // One that hangs is taken for one that is away, until it answers again.
    socketTimeout: 4 * answered,
    retryStrategy: (times) => Math.min(longestPause, 50 * 2 ** Math.min(times, 10)),
  });
  // The jobs tell of a Redis that is away; without a listener each attempt would be written to standard error.
  redis.on('error', () => undefined);
  return { redis, close: async () => redis.disconnect() };
};
