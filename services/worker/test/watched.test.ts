import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRegistry } from '@averment/platform';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { reasonsOf, serveWatched } from '../src/watched.ts';
import { startWorker } from '../src/worker.ts';
import { hooks, logger, register, stores } from './kit.ts';

const server = await testServer(t);

t.test('a worker shows what it has done, and says that it is ready', async (t) => {
  const own = await stores(t, server);
  const { position } = await register(own.log, 20);
  const worker = await startWorker({ stores: own, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  t.teardown(worker.close);
  await worker.ready;
  const watched = await serveWatched({ host: '127.0.0.1', port: 0, register: worker.register, reasons: reasonsOf(own) });
  t.teardown(watched.close);
  await register(own.log, 5);
  t.ok(await own.runner.waitFor(['record', 'reviews', 'erasure_requests', 'times'], position + 5n, 60_000));

  t.equal((await fetch(`${watched.url}/livez`)).status, 200);
  const ready = await fetch(`${watched.url}/readyz`);
  t.equal(ready.status, 200);
  t.same(await ready.json(), { status: 'ok', reasons: [] });
  t.equal((await fetch(`${watched.url}/v1/incidents`)).status, 404);
  t.equal((await fetch(`${watched.url}/readyz`, { method: 'POST', body: 'x' })).status, 404);

  const numbers = async () => await (await fetch(`${watched.url}/metrics`)).text();
  // The count is made just after the transaction that the models are waited for.
  let text = await numbers();
  while (!text.includes('averment_projected_events_total{projection="times"} 5')) text = await numbers();
  t.match(text, 'averment_duty_failures_total{duty="erasures"} 0');
  t.match(text, 'averment_duty_failures_total{duty="record"} 0');
  t.match(text, 'averment_pool_connections_limit{pool="log"} 6');
  t.match(text, 'averment_pool_connections_limit{pool="models"} 5');
  t.match(text, 'averment_pool_connections_limit{pool="applying"} 5');
});

t.test('without its database a worker says what is missing, and shows its own numbers', async (t) => {
  const own = await stores(t, server);
  const worker = await startWorker({ stores: own, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  t.teardown(worker.close);
  await worker.ready;
  const watched = await serveWatched({ host: '127.0.0.1', port: 0, register: worker.register, reasons: reasonsOf(own) });
  t.teardown(watched.close);
  await server.stop();
  t.teardown(server.start);
  const answer = await fetch(`${watched.url}/readyz`);
  t.equal(answer.status, 503);
  t.same(await answer.json(), { status: 'unavailable', reasons: ['the database does not answer', 'the event log does not answer'] });
  t.equal((await fetch(`${watched.url}/livez`)).status, 200);
  let text = '';
  while (!/averment_duty_failures_total\{duty="record"\} [1-9]/.test(text)) text = await (await fetch(`${watched.url}/metrics`)).text();
  await server.start();
  let status = 503;
  while (status !== 200) ({ status } = await fetch(`${watched.url}/readyz`));
});

t.test('a worker whose models do not follow the log says so, and advances none of them', async (t) => {
  const own = await stores(t, server);
  await register(own.log, 3);
  await own.runner.ensure();
  await own.pool.query("UPDATE reviews_v22.checkpoint SET sha256 = repeat('0', 64)");
  const worker = await startWorker({ stores: own, store: { databaseUrl: own.databaseUrl }, ...hooks, logger });
  t.teardown(worker.close);
  await worker.ready;
  const reasons = reasonsOf(own);
  t.match(await reasons(), [
    /^the read model reviews is at position 3, where the event log has another event: .*npm run rebuild -- reviews/,
  ]);
  const { position } = await register(own.log, 1);
  t.ok(await own.runner.waitFor(['record', 'times'], position, 60_000), 'the others go on');
  t.equal(await own.runner.position(['reviews']), 3n);
  await own.runner.rebuild('reviews');
  t.ok(await own.runner.waitFor(['reviews'], position, 60_000), 'and so does this one once it is mended');
  while ((await reasons()).length > 0);
});

t.test('a port that is taken is said', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  t.teardown(() => new Promise((resolve) => taken.close(resolve)));
  const { port } = taken.address() as AddressInfo;
  await t.rejects(serveWatched({ host: '127.0.0.1', port, register: createRegistry({}), reasons: async () => [] }), {
    name: 'ConfigError',
    message: /METRICS_PORT/,
  });
});
