import { testServer } from '@averment/platform/testing';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { createPost } from '../src/index.ts';
import { add, drain, event, minute, partyId, place, publish, type Received, receiver, until, world } from './kit.ts';

const server = await testServer(t, { extra: ['fsync = off'] });
const told = (received: readonly Received[]) => received.map(({ data: { incidentId, revision } }) => `${incidentId} ${revision}`);
const headersOf = ({ headers }: Received): Record<string, string> => headers as Record<string, string>;

t.test('events of published incidents are sent, signed, thin and in order', async (t) => {
  const own = await world(t, server);
  const { url, received } = await receiver(t);
  await publish(own.log);
  const hook = await own.create(`${url}/hook`);
  const incident = await publish(own.log, { region: 'US-WA' });
  await add(own.log, incident, 3);
  await own.log.append(partyId(), -1, [event('PartyRegistered', { kind: 'agency', name: 'a name that goes nowhere' })]);
  await drain(own, own.worker());
  t.same(
    told(received),
    [0, 1, 2, 3].map((revision) => `${incident} ${revision}`),
    'from when it was made on',
  );
  const [first] = received;
  if (first === undefined) throw new Error('nothing came');
  t.equal(first.path, '/hook');
  const sent = new Webhook(hook.secret).verify(first.body, headersOf(first));
  const [logged] = await own.log.readStream(incident, 0);
  const position = String(logged?.position);
  t.strictSame(sent, {
    type: 'IncidentReported',
    timestamp: logged?.recordedAt,
    data: { position, incidentId: incident, revision: 0, type: 'IncidentReported' },
  });
  t.match(first.headers, { 'content-type': 'application/json', 'webhook-id': /^msg_[\w-]{27}$/ });
  t.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 4, 'each event has an id of its own');
  t.not(first.headers['webhook-id'], logged?.id);
  t.throws(() => new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`).verify(first.body, headersOf(first)));
  const read = await own.hooks.read('app', hook.id);
  t.match(read, {
    state: 'active',
    waiting: 0,
    failingSince: null,
    takenAt: own.clock.now().toISOString(),
    upTo: String(await own.log.head()),
  });
  const { items = [] } = (await own.hooks.deliveries('app', hook.id, { state: null, before: null, limit: 3 })) ?? {};
  t.match(
    items,
    [3, 2, 1].map((revision) => ({ revision, state: 'taken', attempts: [{ status: 204, error: null, milliseconds: Number }] })),
  );
  t.equal(items[0]?.webhookId, received[3]?.headers['webhook-id']);
});

t.test('a webhook is sent what its filters let through, before a correction and after it', async (t) => {
  const own = await world(t, server);
  const { url, received } = await receiver(t);
  const [agency, other] = [partyId(), partyId()];
  const one = await publish(own.log);
  await own.create(`${url}/types`, { types: ['IncidentCorrected'] });
  await own.create(`${url}/incident`, { incident: one });
  await own.create(`${url}/agency`, { agency });
  await own.create(`${url}/region`, { region: 'US-WA' }, 'another');
  const two = await publish(own.log, { region: 'US-WA', agencies: [agency] });
  const correction = (set: object) => ({ set, fields: Object.keys(set), reason: 'As it is.', conceal: [], citations: [] });
  const correct = async (set: object) => {
    const { revision } = (await own.log.endOf(two)) ?? { revision: -1 };
    await own.log.append(two, revision, [event('IncidentCorrected', { id: partyId().replace('party', 'correction'), ...correction(set) })]);
  };
  await correct({ place: place('US-OR') });
  await correct({ agencies: [other] });
  await add(own.log, two);
  await add(own.log, one);
  await drain(own, own.worker());
  const at = (path: string) => told(received.filter((each) => each.path === path)).sort();
  const of = (stream: string, ...revisions: number[]) => revisions.map((revision) => `${stream} ${revision}`);
  t.same(at('/types'), of(two, 1, 2));
  t.same(at('/incident'), of(one, 1));
  t.same(at('/agency'), of(two, 0, 1, 2), 'also that the incident names it no more');
  t.same(at('/region'), of(two, 0, 1));
});

t.test('what fails is sent again, later each time, and holds up its own incident alone', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const [one, other] = [await publish(own.log), await publish(own.log)];
  await add(own.log, one);
  let fails = 2;
  to.answer = async ({ data }) => ({ status: data.incidentId === one && fails > 0 ? 500 : 200 });
  const worker = own.worker();
  await drain(own, worker);
  t.same(told(to.received).sort(), [`${one} 0`, `${other} 0`].sort());
  await add(own.log, other);
  await drain(own, worker);
  t.equal(told(to.received).at(-1), `${other} 1`, 'others go on');
  t.match(await own.hooks.read('app', hook.id), { failingSince: null, waiting: 2 }, 'it took others since');
  const before = to.received.length;
  t.same(own.woken, [new Date(own.clock.now().getTime() + minute)]);
  own.clock.pass(minute - 1);
  await drain(own, worker);
  t.equal(to.received.length, before, 'not before its time');
  own.clock.pass(1);
  fails -= 1;
  await drain(own, worker);
  t.equal(to.received.length, before + 1);
  t.same(own.woken.at(-1), new Date(own.clock.now().getTime() + 2 * minute), 'the pauses grow');
  fails = 0;
  own.clock.pass(2 * minute);
  await drain(own, worker);
  t.same(told(to.received).slice(before + 1), [`${one} 0`, `${one} 1`]);
  const { items = [] } = (await own.hooks.deliveries('app', hook.id, { state: 'taken', before: null, limit: 10 })) ?? {};
  t.match(items.find(({ incidentId, revision }) => incidentId === one && revision === 0)?.attempts, [
    { status: 500 },
    { status: 500 },
    { status: 200 },
  ]);
  t.equal(to.most(), 1);
});

t.test('an end between sending and noting sends again with the same id', async (t) => {
  const own = await world(t, server);
  const { url, received } = await receiver(t);
  await own.create(url);
  const incident = await publish(own.log);
  await own.follow();
  // As if the process was killed: what it sent it never comes to note.
  const dead = own.worker({
    post: async (message, signal) => {
      await createPost(own.settings)(message, signal);
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ status: null, error: 'interrupted', retryAfter: null })),
      );
    },
  });
  await dead.run();
  await until(() => received.length === 1);
  const other = own.worker();
  await other.run();
  t.equal(received.length, 1, 'nobody else sends what is held');
  own.clock.pass(own.settings.timeout + 2 * minute);
  await drain(own, other);
  t.same(told(received), [`${incident} 0`, `${incident} 0`]);
  t.equal(received[0]?.headers['webhook-id'], received[1]?.headers['webhook-id']);
});

t.test('two workers never send two events of an incident to one webhook at once, and all arrive in order', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  to.answer = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { status: 200 };
  };
  await own.create(`${to.url}/a`);
  await own.create(`${to.url}/b`);
  const incidents = await Promise.all(Array.from({ length: 6 }, () => publish(own.log)));
  for (const incident of incidents) await add(own.log, incident, 10);
  await drain(own, own.worker(), own.worker(), own.worker());
  t.equal(to.most(), 1);
  for (const path of ['/a', '/b'])
    for (const incident of incidents)
      t.same(
        to.received.filter((one) => one.path === path && one.data.incidentId === incident).map(({ data }) => data.revision),
        Array.from({ length: 11 }, (_, n) => n),
      );
});
