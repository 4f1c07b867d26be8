import { once } from 'node:events';
import { LogUnavailable } from '@averment/event-log';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { environment, register, run, stores, worker, writer } from './kit.ts';

const server = await testServer(t);
const models = ['record', 'reviews', 'times'];
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
    t.equal((await pool.query('SELECT FROM record_v1.parties WHERE id = $1', streams)).rowCount, 1);
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
  const found = await pool.query('SELECT count(*)::int AS n FROM record_v1.parties WHERE id = ANY($1)', [acknowledged]);
  t.equal(found.rows[0]?.n, acknowledged.length);
  const compared = await run('rebuild', environment(databaseUrl), 'record', '--compare-only');
  t.equal(compared.code, 0, compared.out);
  const verified = await run('verify', environment(databaseUrl));
  t.equal(verified.code, 0, verified.out);
});
