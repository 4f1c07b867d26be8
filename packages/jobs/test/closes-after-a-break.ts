import { Redis } from 'ioredis';
import { createJobs } from '../src/index.ts';
import { logger } from './suite.ts';

// A worker that closes in the pause before its connection is made again: run as a child, with the address of a Redis as its argument.
const redisUrl = process.argv[2] ?? '';
const redis = new Redis(redisUrl);
const jobs = await createJobs({ store: { redisUrl }, logger });
await jobs.work({ a: async () => undefined });
/** The ids of the connections that wait for a job, once they are as wanted. */
const waitingConnections = async (wanted: (ids: string[]) => boolean): Promise<string[]> => {
  for (;;) {
    const lines = String(await redis.client('LIST')).split('\n');
    const ids = lines.filter((line) => line.includes(' cmd=bzpopmin')).map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '');
    if (wanted(ids)) return ids;
  }
};

const [waiting = ''] = await waitingConnections((ids) => ids.length > 0);
await redis.client('KILL', 'ID', waiting);
await waitingConnections((ids) => !ids.includes(waiting));
await jobs.close();
redis.disconnect();
