import { testServer } from '@averment/platform/testing';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { createPost, deleteDeliveries } from '../src/index.ts';
import { add, day, drain, minute, publish, type Received, receiver, until, world } from './kit.ts';

const server = await testServer(t, { extra: ['fsync = off'] });
const told = (received: readonly Received[]) => received.map(({ data: { incidentId, revision } }) => `${incidentId} ${revision}`);
const anonymous = { subject: 'app', idempotencyKey: null };
/** Goes on for so long, in steps in which everything that is due is tried. */
const forDays = async (own: Parameters<typeof drain>[0], worker: Parameters<typeof drain>[1], days: number) => {
  for (let hours = 0; hours < days * 24; hours += 8) {
    own.clock.pass(day / 3);
    await drain(own, worker as NonNullable<typeof worker>);
  }
};

t.test('a receiver that takes nothing for days is disabled, and misses nothing', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  to.answer = async () => ({ status: 503 });
  const hook = await own.create(to.url);
  const incident = await publish(own.log);
  await add(own.log, incident, 2);
  const worker = own.worker();
  await drain(own, worker);
  const since = own.clock.now().toISOString();
  await forDays(own, worker, 2);
  t.match(await own.hooks.read('app', hook.id), { state: 'active', failingSince: since });
  await forDays(own, worker, 1);
  const disabled = { state: 'disabled', reason: 'failing', failingSince: since, disabledAt: own.clock.now().toISOString(), waiting: 3 };
  t.match(await own.hooks.read('app', hook.id), disabled);
  t.ok(new Set(told(to.received)).size === 1, 'the events behind it waited');
  const tried = to.received.length;
  await add(own.log, incident);
  await forDays(own, worker, 1);
  t.equal(to.received.length, tried, 'nothing is sent any more');

  to.answer = async () => ({ status: 200 });
  t.match(await own.hooks.enable(anonymous, hook.id), { ok: true, value: { state: 'active', reason: null, failingSince: null } });
  await drain(own, worker);
  t.same(
    told(to.received).slice(tried),
    [0, 1, 2, 3].map((revision) => `${incident} ${revision}`),
    'also what came meanwhile',
  );
  to.answer = async () => ({ status: 503 });
  await add(own.log, incident);
  await drain(own, worker);
  own.clock.pass(minute);
  await drain(own, worker);
  t.match(await own.hooks.read('app', hook.id), { state: 'active' }, 'the days are counted anew');
});

t.test('one event that is refused for days is given up, where others are taken', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const [one, other] = [await publish(own.log), await publish(own.log)];
  await add(own.log, one);
  to.answer = async ({ data }) => ({ status: data.incidentId === one && data.revision === 0 ? 400 : 200 });
  const worker = own.worker();
  await drain(own, worker);
  own.clock.pass(minute);
  await add(own.log, other);
  await forDays(own, worker, 4);
  t.match(await own.hooks.read('app', hook.id), { state: 'active', waiting: 0 });
  const { items = [] } = (await own.hooks.deliveries('app', hook.id, { state: 'given_up', before: null, limit: 9 })) ?? {};
  t.match(items, [{ incidentId: one, revision: 0, attempts: [{ status: 400 }], dueAt: null, doneAt: /Z$/ }]);
  t.equal(told(to.received).at(-1), `${one} 1`, 'and the next one of its incident goes');
});

t.test('410 disables at once', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  to.answer = async () => ({ status: 410 });
  const hook = await own.create(to.url);
  await publish(own.log);
  await drain(own, own.worker());
  t.match(await own.hooks.read('app', hook.id), { state: 'disabled', reason: 'gone', waiting: 1 });
  t.equal(to.received.length, 1);
});

t.test('a webhook whose owner has no key any more is disabled before anything is sent', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const [hook, other] = [await own.create(`${to.url}/a`), await own.create(`${to.url}/b`, {}, 'another')];
  own.noKey.add('app');
  await publish(own.log);
  await drain(own, own.worker());
  t.match(await own.hooks.read('app', hook.id), { state: 'disabled', reason: 'no_key' });
  t.match(await own.hooks.read('another', other.id), { state: 'active' });
  t.same(
    to.received.map(({ path }) => path),
    ['/b'],
  );
});

t.test('Retry-After holds the whole webhook up, for a day at most', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const incident = await publish(own.log);
  const worker = own.worker();
  let retryAfter = '600';
  to.answer = async () => ({ status: 429, headers: { 'retry-after': retryAfter } });
  await drain(own, worker);
  const other = await publish(own.log);
  own.clock.pass(10 * minute - 1);
  await drain(own, worker);
  t.equal(to.received.length, 1, 'others wait too');
  retryAfter = new Date(own.clock.now().getTime() + 30 * day).toUTCString();
  own.clock.pass(1);
  await drain(own, worker);
  t.same(told(to.received).slice(1).sort(), [`${incident} 0`, `${other} 0`].sort());
  to.answer = async () => ({ status: 200 });
  own.clock.pass(day - 1000);
  await drain(own, worker);
  t.equal(to.received.length, 3);
  own.clock.pass(1000);
  await drain(own, worker);
  t.equal(to.received.length, 5, 'a date is read too');
  t.match(await own.hooks.read('app', hook.id), { waiting: 0, failingSince: null });
});

t.test('what no receiver should answer: redirects, hanging up, endless answers, none', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const worker = own.worker();
  const attempt = async () => {
    const { items = [] } = (await own.hooks.deliveries('app', hook.id, { state: null, before: null, limit: 1 })) ?? {};
    return items[0];
  };
  to.answer = async ({ path }) => (path === '/' ? { status: 302, headers: { location: `${to.url}/elsewhere` } } : { status: 200 });
  await publish(own.log);
  await drain(own, worker);
  t.match(await attempt(), { state: 'waiting', attempts: [{ status: 302, error: null }] });
  t.same(
    to.received.map(({ path }) => path),
    ['/'],
    'it is not followed',
  );

  to.answer = async () => 'hang up';
  await publish(own.log);
  await drain(own, worker);
  t.match(await attempt(), { state: 'waiting', attempts: [{ status: null, error: 'not_connected' }] });

  to.answer = async () => ({ status: 200, body: 'x'.repeat(10_000_000) });
  await publish(own.log);
  await drain(own, worker);
  t.match(await attempt(), { state: 'taken', attempts: [{ status: 200 }] }, 'its status counts, and the rest is not read');

  const impatient = own.worker({ post: createPost({ privateAddresses: true, timeout: 50 }) });
  let end: () => void = () => undefined;
  to.answer = () => new Promise((resolve) => (end = () => resolve({ status: 200 })));
  await publish(own.log);
  await drain(own, impatient);
  t.match(await attempt(), { state: 'waiting', attempts: [{ status: null, error: 'timed_out' }] });
  end();
});

t.test('for a while both secrets sign', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const worker = own.worker();
  const rotated = await own.hooks.rotate(anonymous, hook.id);
  const secret = rotated.ok ? (rotated.value.secret ?? '') : '';
  await publish(own.log);
  await drain(own, worker);
  const verify = (of: string, received: Received | undefined) =>
    new Webhook(of).verify(received?.body ?? '', received?.headers as Record<string, string>);
  for (const each of [hook.secret, secret]) t.ok(verify(each, to.received[0]));
  t.equal(String(to.received[0]?.headers['webhook-signature']).split(' ').length, 2);
  // Signatures are of the moment: the library looks at the clock of the wall, so the secret's day is taken back instead.
  await own.pool.query('UPDATE webhooks.webhooks SET former_until = $1', [own.clock.now()]);
  await publish(own.log);
  await drain(own, worker);
  t.ok(verify(secret, to.received[1]));
  t.throws(() => verify(hook.secret, to.received[1]), /No matching signature/);
});

t.test('a replay sends everything from a position on once more, in order, while new events come', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const incident = await publish(own.log);
  await add(own.log, incident, 4);
  const worker = own.worker();
  await drain(own, worker);
  const from = BigInt(to.received[2]?.data.position ?? '0');
  t.match(await own.hooks.replay(anonymous, hook.id, from), { ok: true, value: { upTo: String(from - 1n) } });
  await add(own.log, incident);
  await drain(own, worker);
  t.same(
    told(to.received).slice(5),
    [2, 3, 4, 5].map((revision) => `${incident} ${revision}`),
  );
  const ids = to.received.map(({ headers }) => headers['webhook-id']);
  t.same(ids.slice(5, 8), ids.slice(2, 5), 'with the ids that they had');
  t.match(await own.hooks.replay(anonymous, hook.id, 9_000_000n), { ok: true, value: { upTo: String(await own.log.head()) } });
});

t.test('a webhook that is far behind gets what there is room for, and the rest after it', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const incident = await publish(own.log);
  // Rows stand for events of others: it is about how many wait.
  await own.pool.query(
    `INSERT INTO webhooks.deliveries (webhook, position, stream, created_at)
     SELECT w.id, 1000000 + s.n, 'incident_of_rows', now() FROM webhooks.webhooks AS w, generate_series(1, 10000) AS s(n)`,
  );
  await own.follow();
  await own.worker().run();
  t.match(await own.hooks.read('app', hook.id), { waiting: 10_000, upTo: '0' });
  await own.pool.query("DELETE FROM webhooks.deliveries WHERE stream = 'incident_of_rows'");
  await drain(own, own.worker());
  t.same(told(to.received), [`${incident} 0`]);
});

t.test('what is over is deleted when it is old', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  await publish(own.log);
  const worker = own.worker();
  await drain(own, worker);
  own.clock.pass(day);
  to.answer = async () => ({ status: 500 });
  await publish(own.log);
  await drain(own, worker);
  t.equal(await deleteDeliveries(own.pool, own.clock.now()), 1);
  t.match((await own.hooks.deliveries('app', hook.id, { state: null, before: null, limit: 9 }))?.items, [{ state: 'waiting' }]);
});

t.test('a worker that is told to end breaks off what is under way, and another one sends it at once', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  await own.create(to.url);
  const incident = await publish(own.log);
  await own.follow();
  let end: () => void = () => undefined;
  to.answer = () => new Promise((resolve) => (end = () => resolve({ status: 200 })));
  const first = own.worker();
  await first.run();
  await until(() => to.received.length === 1);
  await first.close();
  end();
  to.answer = async () => ({ status: 200 });
  await drain(own, own.worker());
  t.same(told(to.received), [`${incident} 0`, `${incident} 0`]);
});

t.test('a webhook that is deleted while a request is under way takes nothing more', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const incident = await publish(own.log);
  await add(own.log, incident);
  await own.follow();
  let end: () => void = () => undefined;
  to.answer = () => new Promise((resolve) => (end = () => resolve({ status: 200 })));
  const worker = own.worker();
  await worker.run();
  await until(() => to.received.length === 1);
  t.match(await own.hooks.remove(anonymous, hook.id), { ok: true });
  end();
  await drain(own, worker);
  t.equal(to.received.length, 1);
  for (const table of ['deliveries', 'lines']) t.equal((await own.pool.query(`SELECT FROM webhooks.${table}`)).rowCount, 0);
});
