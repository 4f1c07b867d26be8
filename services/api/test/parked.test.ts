import { catalogue, type DomainEvent } from '@averment/domain';
import type { EventLog, Logged } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { expect, furnish, publish, stoodClaim, submit } from './support/story.ts';

const harness = await harnessFor(t);

/** A log of a program that does not know the events of some streams. */
const forgetful = () => {
  const unknown = new Set<string>();
  const forget = (event: Logged<DomainEvent>): Logged<DomainEvent> => {
    if (!unknown.has(event.stream)) return event;
    const { id, stream, revision, last, position, recordedAt, type } = event;
    return { id, stream, revision, last, position, recordedAt, type, undecodable: 'unknown_type', error: 'it is of a newer version' };
  };
  const whole = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom });
  const log: EventLog<DomainEvent> = {
    ...whole,
    readAll: async (...args) => (await whole.readAll(...args)).map(forget),
    readStream: async (...args) => (await whole.readStream(...args)).map(forget),
  };
  return { log, unknown };
};

t.test('an incident whose party waits says that it is incomplete, and others do not', async (t) => {
  const { log, unknown } = forgetful();
  const own = await harness(t, { log });
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const other = await publish(own, world, { agencies: [], claims: [stoodClaim(world)] });
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world, { ref: 'c9' }) }]), 201);
  unknown.add(world.police);
  for (const name of ['record', 'reviews']) await own.runner.rebuild(name);

  const asked = [
    ['', {}],
    ['', { asOfRevision: String(revision) }],
    ['/comparison', {}],
    ['/diff', { from: String(revision), to: String(revision) }],
  ] as const;
  const said = async (id: string, path: string, query: Record<string, string>, key: 'reviewer' | null = null) => {
    const answer = expect(await own.read(`/v1/incidents/${id}${path}`, { query, key }), 200);
    return answer.headers['averment-incomplete'];
  };
  for (const [path, query] of asked) t.equal(await said(incident, path, query), '1', `${path} ${JSON.stringify(query)}`);
  t.match((await own.read(`/v1/incidents/${incident}`)).body.agencies, [{ id: world.police, name: null }]);
  t.equal(await said(incident, '/edits/1', {}, 'reviewer'), '1', 'its edit');
  t.equal(await said(incident, '/edits/2/preview', {}, 'reviewer'), '1', 'the preview of its edit');
  t.equal(await said(other.incident, '', {}), undefined);
  t.equal(await said(other.incident, '/edits/1', {}, 'reviewer'), undefined);
  const exported = async () => expect(await own.read('/v1/export/claims.ndjson'), 200);
  const before = await exported();
  t.equal(before.headers['averment-incomplete'], '1', 'an export');
  t.match(before.text, '"speakerName":null');

  unknown.clear();
  t.match((await own.ask('POST', '/v1/parked/retry', { key: 'admin', body: { type: 'PartyRegistered' } })).body, {
    matched: 2,
    applied: 2,
    left: 0,
  });
  for (const [path, query] of asked) t.equal(await said(incident, path, query), undefined, `${path} ${JSON.stringify(query)}, mended`);
  t.match((await own.read(`/v1/incidents/${incident}`)).body.agencies, [{ id: world.police, name: 'Harbour Police' }]);
  const after = await exported();
  t.equal(after.headers['averment-incomplete'], undefined);
  t.equal(after.headers['averment-position'], before.headers['averment-position']);
  t.not(after.headers.etag, before.headers.etag, 'another export of the same position');
});

t.test('what is parked is skipped by a filter, by admins alone, and never all by mistake', async (t) => {
  const { log, unknown } = forgetful();
  const own = await harness(t, { log });
  const world = await furnish(own);
  for (const stream of [world.police, world.city]) unknown.add(stream);
  await own.read('/v1/parties', { key: 'contributor' });
  const skip = (body: unknown, key: 'admin' | 'reviewer' = 'admin') => own.ask('POST', '/v1/parked/skip', { key, body });
  t.equal((await skip({ type: 'PartyRegistered' }, 'reviewer')).status, 403);
  for (const body of [{}, { limit: 5 }, { type: '' }, { limit: 0, type: 'PartyRegistered' }, { unknown: 1 }, []])
    t.equal((await skip(body)).status, 422, JSON.stringify(body));
  t.same(expect(await skip({ stream: world.police }), 200).body, { matched: 2, applied: 2, parked: 0, gone: 0, left: 0 });
  t.same(expect(await skip({ error: 'newer version', limit: 1 }), 200).body, { matched: 2, applied: 1, parked: 0, gone: 0, left: 1 });
  t.same(expect(await own.ask('POST', '/v1/parked/retry', { key: 'admin', body: {} }), 200).body, {
    matched: 1,
    applied: 0,
    parked: 1,
    gone: 0,
    left: 0,
  });
  const { items } = (await own.ask('GET', '/v1/parked', { key: 'admin' })).body as { items: { state: string }[] };
  t.same(items.map(({ state }) => state).sort(), ['parked', 'skipped', 'skipped', 'skipped']);
});
