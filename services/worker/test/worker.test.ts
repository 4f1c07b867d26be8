import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { catalogue, type DomainEvent, feedOperations } from '@averment/domain';
import { eraseTexts, LogUnavailable } from '@averment/event-log';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { startWorker } from '../src/worker.ts';
import { at, environment, eventOf, hooks, logger, register, run, stores, worker, writer } from './kit.ts';

const server = await testServer(t);
const models = ['record', 'reviews', 'erasure_requests', 'times'];
/** Milliseconds that no test takes. */
const long = 600_000;

t.test('what is appended can be read as soon as the worker has passed it', async (t) => {
  const { databaseUrl, log, runner, pool } = await stores(t, server);
  const before = await register(log, 3);
  await worker(t, databaseUrl);
  t.equal(await runner.waitFor(models, before.position, long), true);
  for (let n = 0; n < 5; n += 1) {
    const { position, streams } = await register(log, 1);
    t.equal(await runner.waitFor(models, position, long), true);
    t.equal((await pool.query('SELECT FROM record_v21.parties WHERE id = $1', streams)).rowCount, 1);
  }
});

t.test('the worker ends with its parent', async (t) => {
  const { databaseUrl } = await stores(t, server);
  const child = await worker(t, databaseUrl);
  child.disconnect();
  t.same(await once(child, 'exit'), [0, null]);
});

t.test('two workers, one of them killed again and again under load: no gap and no double', async (t) => {
  const { databaseUrl, log, runner } = await stores(t, server);
  await worker(t, databaseUrl);
  let last = 0n;
  for (let round = 0; round < 3; round += 1) {
    const victim = await worker(t, databaseUrl);
    const writing = (async () => {
      for (let n = 0; n < 20; n += 1) last = (await register(log, 10)).position;
    })();
    await register(log, 10);
    victim.kill('SIGKILL');
    await writing;
  }
  t.equal(await runner.waitFor(models, last, long), true);
  const { code, out } = await run('rebuild', environment(databaseUrl), 'all', '--compare-only');
  t.equal(code, 0, out);
  t.notMatch(out, /differ$|rebuilt$/m);
});

t.test('the database crashes under load: the worker recovers by itself, and nothing is lost', async (t) => {
  const { databaseUrl, runner, pool } = await stores(t, server);
  const log = await writer(t, databaseUrl);
  await worker(t, databaseUrl);
  let stop = false;
  const acknowledged: string[] = [];
  const writing = (async () => {
    while (!stop) {
      try {
        acknowledged.push(...(await register(log, 5)).streams);
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  })();
  await register(log, 5);
  await server.crash();
  await server.start();
  stop = true;
  await writing;
  const { position } = await register(log, 5);
  t.equal(await runner.waitFor(models, position, long), true);
  const found = await pool.query('SELECT count(*)::int AS n FROM record_v21.parties WHERE id = ANY($1)', [acknowledged]);
  t.equal(found.rows[0]?.n, acknowledged.length);
  const compared = await run('rebuild', environment(databaseUrl), 'record', '--compare-only');
  t.equal(compared.code, 0, compared.out);
  const verified = await run('verify', environment(databaseUrl));
  t.equal(verified.code, 0, verified.out);
});

t.test('the sweeper alone is enough: no notification of the log, and no job', async (t) => {
  const own = await stores(t, server);
  const deaf = { ...own, log: { ...own.log, subscribe: () => () => undefined } };
  const alone = await startWorker({ stores: deaf, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  await alone.ready;
  for (let n = 0; n < 2; n += 1) {
    const { position } = await register(own.log, 3);
    t.equal(await own.runner.waitFor(models, position, long), true);
  }
  await alone.close();
});

t.test('what the feed passed over is served anew as soon as it can be read again', async (t) => {
  const own = await stores(t, server);
  const { log, pool, feed } = own;
  const { streams, position } = await register(log, 1);
  await pool.query(`CREATE TABLE public.kept AS TABLE vault.texts; DELETE FROM vault.texts`);
  t.match(await feed.skip({ position, reason: 'The disk lost it.', actor: 'tester' }), { outcome: 'passed_over' });
  await pool.query('INSERT INTO vault.texts TABLE public.kept');
  const running = await startWorker({ stores: own, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  const told = async () => (await log.readStream(feedOperations, 1)) as DomainEvent[];
  while ((await told()).length === 0) await new Promise((resolve) => setImmediate(resolve));
  t.match(await told(), [
    { type: 'FeedEventMended', actor: 'worker', data: { position: String(position), stream: streams[0], revision: 0 } },
  ]);
  t.equal(await own.runner.waitFor(models, await log.head(), long), true, 'the models pass it');
  t.same(await own.runner.parked(), []);
  await running.close();
});

t.test('a text that is erased in a stream that waits leaves the models too', async (t) => {
  const own = await stores(t, server);
  const { log, runner, pool } = own;
  const newer = await writer(t, own.databaseUrl, { ...catalogue, PartyPraised: { schema: 1, texts: () => [], upcast: {} } });
  const running = await startWorker({ stores: own, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  await running.ready;
  const { streams } = await register(log, 1, 'a canary');
  const [stream = ''] = streams;
  await newer.append(stream, 0, [eventOf('PartyPraised', {})]);
  const fields = [{ revision: 0, pointer: '/name' }];
  const erased = await eraseTexts(newer, {
    stream,
    fields,
    reasonCode: 'error',
    actor: 'tester',
    command: randomUUID(),
    at,
    idOf: () => randomUUID(),
  });
  const position = erased.outcome === 'no_text' ? 0n : erased.position;
  t.equal(await runner.waitFor(models, position, long), true);
  while ((await runner.withErasedText()).length > 0) await new Promise((resolve) => setImmediate(resolve));
  for (const { name, version } of runner.projections.filter(({ name }) => ['record', 'reviews'].includes(name))) {
    const { rows } = await pool.query(`SELECT to_jsonb(p)::text AS row FROM ${name}_v${version}.parties AS p`);
    t.notMatch(JSON.stringify(rows), /canary/, name);
  }
  t.match(
    await runner.parked(),
    [
      { stream, revision: 1, state: 'parked' },
      { stream, revision: 1, state: 'parked' },
    ],
    'it waits as before',
  );
  await running.close();
});
