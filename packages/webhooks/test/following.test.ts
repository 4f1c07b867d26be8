import { catalogue, type DomainEvent, feedOperations } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { follow } from '../src/testing.ts';
import { add, drain, event, incidentId, partyId, publish, type Received, receiver, world } from './kit.ts';

const server = await testServer(t, { extra: ['fsync = off'] });
const told = (received: readonly Received[]) =>
  received.map(({ data: { incidentId, revision, type } }) => `${incidentId} ${revision} ${type}`);
const newLog = (store = createMemoryStore()): EventLog<DomainEvent> =>
  createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });

t.test('nothing is told of incidents that are not published, nor of the review', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  await own.create(to.url);
  const hidden = incidentId();
  const withdrawn = { version: 1, reason: 'Not needed.' };
  await own.log.append(hidden, -1, [event('EditWithdrawn', withdrawn), event('EditWithdrawn', withdrawn)]);
  const erased = { items: [{ revision: 0, digest: 'a'.repeat(43) }], reasonCode: 'personal_data', decision: null };
  await own.log.append(hidden, 1, [event('TextErased', erased)]);
  const shown = await publish(own.log);
  await own.log.append(shown, 0, [
    event('EditWithdrawn', withdrawn),
    event('TextErased', { ...erased, items: [{ ...erased.items[0], revision: 1 }] }),
  ]);
  await own.log.append(shown, 2, [event('TextErased', erased)]);
  await drain(own, own.worker());
  t.same(told(to.received), [`${shown} 0 IncidentReported`, `${shown} 3 TextErased`], 'an erasure of what the public read is told');
});

t.test('who follows an agency is told of those that are merged into it', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const [police, former, oldest] = [partyId(), partyId(), partyId()];
  await own.create(`${to.url}/police`, { agency: police });
  await own.create(`${to.url}/former`, { agency: former });
  const merge = (party: string, into: string) => own.log.append(party, -1, [event('PartyMerged', { into, reason: 'They are one.' })]);
  await merge(former, police);
  await merge(oldest, former);
  const one = await publish(own.log, { agencies: [oldest] });
  const worker = own.worker();
  await drain(own, worker);
  t.same(to.received.map(({ path }) => path).sort(), ['/former', '/police']);
  await own.log.append(former, 0, [event('PartyUnmerged', { reason: 'They are two.' })]);
  await add(own.log, one);
  await drain(own, worker);
  t.same(
    to.received.slice(2).map(({ path }) => path),
    ['/former'],
  );
});

t.test('an event that cannot be read is told of, and again once it can', async (t) => {
  const store = createMemoryStore();
  const log = newLog(store);
  const own = await world(t, server, { log });
  const to = await receiver(t);
  await own.create(to.url);
  const incident = await publish(log);
  await add(log, incident);
  const stored = store.all[1];
  if (stored === undefined) throw new Error('nothing was stored');
  const sound = stored.canonical;
  Object.assign(stored, { canonical: sound.replace('IncidentRetracted', 'IncidentRetraced'), type: 'IncidentRetraced' });
  const worker = own.worker();
  const unread = newLog(store);
  await follow(own.pool, unread);
  await drain({ ...own, follow: async () => undefined }, worker);
  t.same(told(to.received), [`${incident} 0 IncidentReported`, `${incident} 1 Unreadable`]);
  Object.assign(stored, { canonical: sound, type: 'IncidentRetracted' });
  const place = { position: String(stored.position), stream: incident, revision: 1 };
  await newLog(store).append(feedOperations, -1, [event('FeedEventMended', place)]);
  await follow(own.pool, newLog(store));
  await drain({ ...own, follow: async () => undefined }, worker);
  t.same(told(to.received).slice(2), [`${incident} 1 FeedEventMended`]);
  t.not(to.received[2]?.data.position, to.received[1]?.data.position);
  t.not(to.received[2]?.headers['webhook-id'], to.received[1]?.headers['webhook-id']);
});

t.test('where the log came back from an older backup, what came after it in this one is sent, and nothing else again', async (t) => {
  const own = await world(t, server);
  const to = await receiver(t);
  const hook = await own.create(to.url);
  const [one, two] = [await publish(own.log, { region: 'US-WA' }), await publish(own.log)];
  await add(own.log, one);
  const backup = createMemoryStore();
  const kept = await own.log.readAll(0n, 100, { canonical: true });
  const restored = newLog(backup);
  for (const each of kept.slice(0, 2)) {
    const { id, type, at, actor, edit, command, request, correlation, data, stream, revision } = each as DomainEvent;
    await restored.append(stream, revision - 1, [{ id, type, at, actor, edit, command, request, correlation, data }]);
  }
  const worker = own.worker();
  await drain(own, worker);
  t.equal(to.received.length, 3);
  to.received.length = 0;
  await add(restored, two);
  await drain({ ...own, follow: async () => follow(own.pool, restored) }, worker);
  t.same(told(to.received), [`${two} 1 IncidentRetracted`]);
  t.match(await own.hooks.read('app', hook.id), { upTo: String(await restored.head()), waiting: 0 });
  const { rows } = await own.pool.query('SELECT stream, region FROM webhooks.incidents ORDER BY region');
  t.match(rows, [
    { stream: one, region: 'US-WA' },
    { stream: two, region: null },
  ]);
});
