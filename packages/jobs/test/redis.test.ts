import { Redis } from 'ioredis';
import t from 'tap';
import { createJobs } from '../src/index.ts';
import { counter, jobsSuite, logger } from './suite.ts';

const redisUrl = process.env.TEST_REDIS_URL;

t.test('on Redis', { skip: redisUrl === undefined && 'skipped: TEST_REDIS_URL names no Redis that may be emptied' }, async (t) => {
  const url = redisUrl ?? '';
  const redis = new Redis(url);
  t.teardown(() => redis.quit().then(() => undefined));
  const storeOf = async () => {
    await redis.flushall();
    return { redisUrl: url };
  };

  jobsSuite(t, storeOf);

  t.test('after Redis was emptied the next hint arrives as before', async (t) => {
    const jobs = await createJobs({ store: await storeOf(), logger });
    t.teardown(() => jobs.close());
    const count = counter();
    await jobs.work({ a: count.handler });
    for (let n = 1; n <= 3; n += 1) {
      const ran = count.next();
      jobs.hint('a');
      await ran;
      await redis.flushall();
    }
    t.ok(count.runs() >= 3);
  });
});

t.test('while Redis is away hints are dropped, and nothing waits for it', async (t) => {
  const jobs = await createJobs({ store: { redisUrl: 'redis://127.0.0.1:1' }, logger });
  await jobs.work({ a: async () => undefined });
  for (let n = 0; n < 10; n += 1) jobs.hint('a');
  await t.rejects(jobs.counts());
  await jobs.close();
  t.pass('closed without it');
});
