import { catalogue, type DomainEvent } from '@averment/domain';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, stoodClaim, submit } from './support/story.ts';

const harness = await harnessFor(t);
const unreadable = { status: 503, body: { type: '/problems/unreadable' }, headers: { 'retry-after': /^\d+$/ } };

for (const [name, left] of [
  ['cut off', 3],
  ['deleted', 0],
] as const) {
  t.test(`a stream that was ${name} in its store is answered 503 wherever it is read, and takes no second beginning`, async (t) => {
    const store = createMemoryStore();
    const log = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });
    const own = await harness(t, { log });
    const world = await furnish(own);
    const other = await publish(own, world);
    const { incident, revision } = await publish(own, world);
    const feed = async () =>
      expect(await own.read('/v1/events', { key: 'app', query: { limit: '500' } }), 200).body.items as { type: string }[];
    const before = await feed();
    const party = { key: 'contributor', headers: { 'idempotency-key': 'a-party' }, body: { kind: 'agency', name: 'City police' } } as const;
    const { id } = expect(await own.ask('POST', '/v1/parties', party), 201).body as { id: string };

    await own.read('/v1/incidents');
    const events = store.streams.get(incident) ?? [];
    events.splice(0, events.length - left);
    store.streams.get(id)?.splice(0);
    const cold = await own.another();
    for (const each of [own, cold]) {
      for (const key of ['auditor', 'app', null] as const)
        t.match(await each.ask('GET', `/v1/incidents/${incident}/events`, { key }), unreadable);
      t.match(await each.ask('GET', `/v1/incidents/${incident}`, { query: { asOfRevision: String(revision) } }), unreadable);
      t.match(await each.ask('GET', `/v1/incidents/${incident}/diff`, { query: { from: '3', to: String(revision) } }), unreadable);
      t.match(await each.ask('GET', `/v1/incidents/${other.incident}/events`), { status: 200 }, 'every other item is served');
    }
    t.match(await cold.ask('POST', '/v1/parties', party), unreadable, 'a repeat of what was acknowledged');
    const body = { baseRevision: revision, rationale: 'More.', changes: [{ kind: 'add_claim', claim: stoodClaim(world) }] };
    t.match(
      await cold.ask('POST', `/v1/incidents/${incident}/edits`, { key: 'contributor', body }),
      unreadable,
      'nothing is decided on it',
    );
    t.strictSame(
      (await feed()).map(({ type }) => type),
      before.map(({ type }) => type),
      'the feed goes on',
    );
    t.equal(store.streams.get(incident)?.length, left, 'nothing was written');
    expect(await submit(own, other.incident, other.revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
    expect(await decide(own, other.incident, 2, 'approve'), 200);
  });
}
