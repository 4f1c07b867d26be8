import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { testServer } from '@averment/platform/testing';
import pg from 'pg';
import t from 'tap';
import { createJobs, type JobsStore } from '../src/index.ts';
import { arrives, counter, jobsSuite, logger } from './suite.ts';

// Nothing here has to outlive the power.
const server = await testServer(t, { extra: ['fsync = off'] });
const storeOf = async (): Promise<{ databaseUrl: string }> => ({ databaseUrl: await server.createDatabase() });

jobsSuite(t, storeOf);

t.test('the tables of the jobs stay small', async (t) => {
  const store = await storeOf();
  const jobs = await createJobs({ store, logger });
  // Of many names, since hints of one name keep their distance in time.
  const counts = new Map(Array.from({ length: 15 }, (_, index) => [`name${index}`, counter()]));
  const handlerOf =
    ({ handler, runs }: ReturnType<typeof counter>) =>
    async () => {
      await handler();
      if (runs() % 2 === 0) throw new Error('not now');
    };
  await jobs.work(Object.fromEntries([...counts].map(([name, count]) => [name, handlerOf(count)])));
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(
      [...counts].map(([name, count]) => {
        const ran = count.next();
        jobs.hint(name);
        return ran;
      }),
    );
  }
  await jobs.close();
  const client = new pg.Client({ connectionString: store.databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    'SELECT (SELECT count(*)::int FROM bullmq.job) AS jobs, (SELECT count(*)::int FROM bullmq.dedup) AS kept, (SELECT count(*)::int FROM bullmq.event) AS events',
  );
  await client.end();
  t.equal(rows[0]?.jobs, 0);
  t.equal(rows[0]?.kept, 0);
  t.ok(rows[0]?.events < 500, `${rows[0]?.events} events of 150 jobs`);
});

t.test('the database crashes and comes back: hints given meanwhile do not throw, those given afterwards arrive', async (t) => {
  const store = await storeOf();
  const [producer, consumer] = [await createJobs({ store, logger }), await createJobs({ store, logger })];
  const count = counter();
  await consumer.work({ a: count.handler });
  for (let n = 0; n < 2; n += 1) {
    await server.crash();
    producer.hint('a');
    producer.hint('b');
    await server.start();
    await arrives(producer, count);
    t.ok(count.runs() > n);
  }
  await producer.close();
  await consumer.close();
});

t.test('the job of a killed worker is taken over by another', async (t) => {
  const store: JobsStore = await storeOf();
  const child = fork(fileURLToPath(new URL('./killed.ts', import.meta.url)), [JSON.stringify(store)]);
  t.teardown(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  const jobs = await createJobs({ store, logger, abandoned: 1000 });
  t.teardown(() => jobs.close());
  const working = once(child, 'message');
  jobs.hint('a');
  t.same(await working, ['working', undefined]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const count = counter();
  await jobs.work({ a: count.handler });
  // It is the same job however often it is hinted; on a busy machine its own worker may have lost it before, and nobody runs it for a third time.
  await arrives(jobs, count);
  t.ok(count.runs() > 0);
});
