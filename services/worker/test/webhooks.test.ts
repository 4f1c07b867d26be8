import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { hashOf, insertKey, newSecret, revokeKey } from '@averment/access';
import { type DomainEvent, derivedId } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { inTransaction, systemClock, systemRandom } from '@averment/platform';
import { type TestServer, testServer } from '@averment/platform/testing';
import { createWebhooks, sentFilters } from '@averment/webhooks';
import t, { type Test } from 'tap';
import { eventOf, hooks, serverKey, stores, worker } from './kit.ts';

const server: TestServer = await testServer(t);
const settings = { WEBHOOK_PRIVATE_ADDRESSES: 'on', WEBHOOK_TIMEOUT: '2s' };
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};

const publish = async (log: EventLog<DomainEvent>): Promise<string> => {
  const stream = derivedId('incident', randomUUID(), 'incident');
  await log.append(stream, -1, [eventOf('IncidentReported', { title: 'Shots', occurred: {}, place: null, agencies: [] })]);
  return stream;
};

type Received = { incident: string; revision: number; id: string };
/** A receiver that takes its time, and counts how many requests of one incident are open at once. */
const receiver = async (t: Test) => {
  const received: Received[] = [];
  const open = new Map<string, number>();
  const own = { received, most: 0, status: 200, url: '' };
  const listening = createServer(async (request, response) => {
    const { incidentId, revision } = JSON.parse(await text(request)).data;
    received.push({ incident: incidentId, revision, id: String(request.headers['webhook-id']) });
    open.set(incidentId, (open.get(incidentId) ?? 0) + 1);
    own.most = Math.max(own.most, open.get(incidentId) ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    open.set(incidentId, (open.get(incidentId) ?? 0) - 1);
    response.writeHead(own.status).end();
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.teardown(() => {
    listening.closeAllConnections();
    listening.close();
  });
  own.url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`;
  return own;
};

const furnish = async (t: Test) => {
  const own = await stores(t, server);
  const to = await receiver(t);
  const id = randomUUID();
  const key = { id, subject: 'app', role: 'app', kind: 'machine', hash: hashOf(newSecret(systemRandom)), at: new Date() } as const;
  await inTransaction(own.pool, (tx) => insertKey(tx, key));
  const webhooks = createWebhooks({
    pool: own.pool,
    clock: systemClock,
    random: systemRandom,
    serverKey,
    identify: () => ({ command: randomUUID(), former: [], request: null }),
    head: own.log.head,
    ...hooks.webhooks,
    privateAddresses: true,
    onWork: () => undefined,
  });
  const made = await webhooks.create({ subject: 'app', idempotencyKey: null }, { url: to.url, filters: sentFilters.parse({}) });
  if (!made.ok) throw new Error(made.error.detail);
  return { ...own, to, webhooks, webhook: made.value.id, revoke: () => revokeKey(own.pool, id, new Date()) };
};

t.test(
  'events reach a webhook through workers that are killed again and again: all of them, in order, never two of an incident at once',
  async (t) => {
    const { databaseUrl, log, to, webhooks, webhook } = await furnish(t);
    const incidents = await Promise.all(Array.from({ length: 5 }, () => publish(log)));
    const each = 12;
    const writing = Promise.all(
      incidents.map(async (incident) => {
        for (let n = 0; n < each; n += 1) await log.append(incident, n, [eventOf('IncidentRetracted', { reason: 'So.' })]);
      }),
    );
    for (const count of [4, 16]) {
      const victims = await Promise.all([worker(t, databaseUrl, settings), worker(t, databaseUrl, settings)]);
      await until(() => to.received.length >= count);
      for (const victim of victims) victim.kill('SIGKILL');
    }
    await writing;
    await Promise.all([worker(t, databaseUrl, settings), worker(t, databaseUrl, settings)]);
    await until(() => new Set(to.received.map(({ id }) => id)).size === incidents.length * (each + 1));
    await until(async () => (await webhooks.read('app', webhook))?.waiting === 0);
    t.equal(to.most, 1);
    for (const incident of incidents) {
      const revisions = to.received.filter((one) => one.incident === incident).map(({ revision }) => revision);
      t.same(
        revisions,
        revisions.toSorted((one, other) => one - other),
        `in order: ${revisions}`,
      );
      t.same(
        [...new Set(revisions)],
        Array.from({ length: each + 1 }, (_, n) => n),
      );
    }
  },
);

t.test('what failed is sent again when a job says so, and the end of a key ends a webhook', async (t) => {
  const { databaseUrl, log, to, webhooks, webhook, revoke } = await furnish(t);
  to.status = 500;
  await worker(t, databaseUrl, settings);
  await publish(log);
  await until(async () => (await webhooks.read('app', webhook))?.failingSince !== null);
  to.status = 200;
  await until(async () => (await webhooks.read('app', webhook))?.waiting === 0);
  t.equal(to.received.length, 2);
  await revoke();
  await publish(log);
  await until(async () => (await webhooks.read('app', webhook))?.state === 'disabled');
  t.match(await webhooks.read('app', webhook), { reason: 'no_key' });
  t.equal(to.received.length, 2);
});
