import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { redisMissing, type TestRedis, testRedis } from '@averment/platform/testing';
import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { createJobs } from '../src/index.ts';
import { arrives, counter, jobsSuite, logger } from './suite.ts';

t.test('on Redis', { skip: redisMissing }, async (t) => {
  const server = await testRedis(t);
  const redis = new Redis(server.url, { lazyConnect: true });
  redis.on('error', () => undefined);
  t.teardown(() => redis.disconnect());
  const storeOf = async () => {
    await redis.flushall();
    return { redisUrl: server.url };
  };
  const producerAndConsumer = async (t: Test, handler: () => Promise<unknown>) => {
    const store = await storeOf();
    const [producer, consumer] = [await createJobs({ store, logger }), await createJobs({ store, logger })];
    t.teardown(async () => {
      await producer.close();
      await consumer.close();
    });
    await consumer.work({ a: handler });
    return { producer, consumer };
  };

  jobsSuite(t, storeOf);

  t.test('Redis is emptied while a handler runs and while none does: the next hint arrives as before', async (t) => {
    const count = counter();
    const { producer } = await producerAndConsumer(t, async () => {
      if (count.runs() % 2 === 0) await redis.flushall();
      await count.handler();
    });
    for (let n = 1; n <= 4; n += 1) {
      await arrives(producer, count);
      await redis.flushall();
    }
    t.ok(count.runs() >= 4);
  });

  const outages: [string, (redis: TestRedis) => Promise<() => Promise<void> | void>][] = [
    ['is stopped', (redis) => redis.stop().then(() => redis.start)],
    ['crashes', (redis) => redis.crash().then(() => redis.start)],
    ['hangs', async (redis) => redis.hang()],
  ];
  for (const [what, begin] of outages) {
    t.test(`Redis ${what}: hints return at once and keep nothing, nobody waits for it, and when it is back they arrive`, async (t) => {
      const count = counter();
      const { producer } = await producerAndConsumer(t, count.handler);
      await arrives(producer, count);
      const end = await begin(server);
      const before = process.memoryUsage().heapUsed;
      for (let n = 0; n < 100_000; n += 1) producer.hint('a');
      t.ok(process.memoryUsage().heapUsed - before < 50_000_000, 'a hundred thousand hints are one');
      await t.rejects(producer.counts(), 'whoever asks how the jobs are hears so');
      await end();
      await arrives(producer, count);
    });
  }

  t.test('whoever ends while Redis is away does not wait for it', async (t) => {
    for (const [what, begin] of outages) {
      const { producer, consumer } = await producerAndConsumer(t, async () => undefined);
      const end = await begin(server);
      producer.hint('a');
      await producer.close();
      await consumer.close();
      await end();
      t.pass(what);
    }
  });

  t.test('a worker that closes just after its connection broke lets its process end', async (t) => {
    const child = fork(fileURLToPath(new URL('./closes-after-a-break.ts', import.meta.url)), [server.url]);
    t.same(await once(child, 'exit'), [0, null]);
  });

  t.test('who starts while Redis is away uses it when it comes', async (t) => {
    await server.stop();
    const store = { redisUrl: server.url };
    const jobs = await createJobs({ store, logger });
    t.teardown(() => jobs.close());
    const count = counter();
    await jobs.work({ a: count.handler });
    jobs.hint('a');
    await server.start();
    await arrives(jobs, count);
    t.ok(count.runs() > 0);
  });
});

t.test('while there is no Redis hints are dropped, and nothing waits for it', async (t) => {
  const jobs = await createJobs({ store: { redisUrl: 'redis://127.0.0.1:1' }, logger });
  await jobs.work({ a: async () => undefined });
  for (let n = 0; n < 10; n += 1) jobs.hint('a');
  await t.rejects(jobs.counts());
  await jobs.close();
  t.pass('closed without it');
});
