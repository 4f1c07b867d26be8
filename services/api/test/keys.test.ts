import { createErasing } from '@averment/commands';
import { catalogue, type DomainEvent, uuidOf } from '@averment/domain';
import { decoded } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { expect } from './support/story.ts';

const harness = await harnessFor(t);
/** For tests that need none of their own. */
const own = await harness(t);

type Key = `avk_${string}`;
type Sent = { subject?: string; role?: string; kind?: string; name?: string | null; expiresAt?: string | null };
const make = async (own: Harness, sent: Sent = {}, headers: Record<string, string> = {}, key: 'admin' | 'admin2' = 'admin') => {
  const { body } = expect(
    await own.ask('POST', '/v1/keys', { key, headers, body: { subject: 'desk', role: 'contributor', ...sent } }),
    201,
  );
  return { id: String(body.id), key: String(body.key) as Key, state: String(body.state), told: body.key };
};
const write = (own: Harness, key: Key) => own.ask('POST', '/v1/parties', { key, body: { kind: 'agency', name: 'The Harbour Police' } });
const statusOf = async (own: Harness, key: Key) => (await own.ask('GET', '/v1/incidents', { key })).status;
const listed = async (own: Harness, id: string) => {
  const { body } = await own.ask('GET', '/v1/keys', { key: 'admin' });
  return (body.items as Record<string, unknown>[]).find((item) => item.id === id);
};
const eventsOf = async (own: Harness, id: string) => decoded(await own.log.readStream(id, 0));

t.test('a key is told once, works, and shows in the list without itself', async (t) => {
  const headers = { 'idempotency-key': 'first' };
  const { id, key, state } = await make(own, { name: 'The front desk' }, headers);
  t.match(key, /^avk_[A-Za-z0-9_-]{43}$/);
  t.equal(state, 'active');
  expect(await write(own, key), 201);
  const again = await make(own, { name: 'The front desk' }, headers);
  t.strictSame([again.id, again.told], [id, null], 'a repeat is answered as the first time, without the key');
  t.equal(await statusOf(own, key), 200, 'and changes nothing');
  const other = await own.ask('POST', '/v1/keys', { key: 'admin', headers, body: { subject: 'hall', role: 'app' } });
  t.equal(other.status, 422);

  let item = await listed(own, id);
  while (item?.lastUsedAt === null) item = await listed(own, id);
  t.match(item, {
    id,
    subject: 'desk',
    role: 'contributor',
    kind: 'person',
    name: 'The front desk',
    state: 'active',
    confirmation: 'off',
    createdBy: 'admin',
    lastUsedAt: /Z$/,
    revokedAt: null,
  });
  const [created] = await eventsOf(own, id);
  t.match(
    created,
    { type: 'KeyCreated', actor: 'admin', data: { confirmation: 'off', name: 'The front desk' } },
    'the audit says that nobody has to confirm it',
  );
  const feed = await own.ask('GET', '/v1/events', { key: 'auditor', query: { after: '0' } });
  t.match(feed.text, 'KeyCreated', 'auditors read it');
  for (const text of [feed.text, JSON.stringify(await own.ask('GET', '/v1/keys', { key: 'admin' }))]) t.notMatch(text, key);
  for (const reader of ['reviewer', 'app'] as const)
    t.notMatch((await own.ask('GET', '/v1/events', { key: reader, query: { after: '0' } })).text, 'KeyCreated', `no ${reader} does`);
});

t.test('what is done with a key holds at the next request, in every process', async (t) => {
  const other = await own.another();
  const { id, key } = await make(own);
  t.strictSame([await statusOf(own, key), await statusOf(other, key)], [200, 200]);
  const rotated = expect(await own.ask('POST', `/v1/keys/${id}/rotate`, { key: 'admin2' }), 200);
  t.equal(rotated.body.id, id);
  const second = String(rotated.body.key) as Key;
  t.strictSame([await statusOf(other, key), await statusOf(other, second)], [401, 200]);
  const revoked = expect(await other.ask('DELETE', `/v1/keys/${id}`, { key: 'admin' }), 200);
  t.match(revoked.body, { id, state: 'revoked' });
  t.strictSame([await statusOf(own, second), await statusOf(other, second)], [401, 401]);
  t.match((await own.ask('DELETE', `/v1/keys/${id}`, { key: 'admin2' })).body, revoked.body, 'again changes nothing');
  t.equal((await own.ask('POST', `/v1/keys/${id}/rotate`, { key: 'admin' })).status, 409);
  t.same(
    (await eventsOf(own, id)).map(({ type, actor }) => `${type} ${actor}`),
    ['KeyCreated admin', 'KeyRotated admin2', 'KeyRevoked admin'],
  );
  t.equal((await own.ask('DELETE', '/v1/keys/key_01h455vb4pex5vsknk084sn02q', { key: 'admin' })).status, 404);
});

t.test('a key expires, and only in the future', async (t) => {
  const past = await own.ask('POST', '/v1/keys', {
    key: 'admin',
    body: { subject: 'desk', role: 'app', expiresAt: '2020-01-01T00:00:00Z' },
  });
  t.match(past, { status: 422, body: { type: '/problems/invalid-change', errors: [{ pointer: '/expiresAt' }] } });
  const { id, key } = await make(own, { expiresAt: '2999-01-01T00:00:00Z' });
  t.equal(await statusOf(own, key), 200);
  await own.pool.query('ALTER TABLE access.keys DISABLE TRIGGER keep_key');
  await own.pool.query('UPDATE access.keys SET expires_at = now() WHERE id = $1', [uuidOf(id)]);
  await own.pool.query('ALTER TABLE access.keys ENABLE TRIGGER keep_key');
  t.equal(await statusOf(own, key), 401);
  t.match(await listed(own, id), { state: 'expired' });
});

t.test('a subject has one role', async (t) => {
  const { id } = await make(own, { subject: 'hall' });
  const refused = await own.ask('POST', '/v1/keys', { key: 'admin', body: { subject: 'hall', role: 'reviewer' } });
  t.match(refused, { status: 409, body: { type: '/problems/key-state' } });
  expect(await own.ask('DELETE', `/v1/keys/${id}`, { key: 'admin' }), 200);
  t.equal((await make(own, { subject: 'hall', role: 'reviewer' })).state, 'active');
});

t.test('where two admins are asked for, a key that changes the record works once another one has confirmed it', async (t) => {
  const own = await harness(t, { keysTwoAdmins: true });
  const confirm = (id: string, key: 'admin' | 'admin2') => own.ask('POST', `/v1/keys/${id}/confirm`, { key });
  t.equal((await make(own, { subject: 'reader', role: 'auditor' })).state, 'active', 'one that changes nothing of it works');
  const { id, key, state } = await make(own);
  t.equal(state, 'waiting');
  t.equal(await statusOf(own, key), 401);
  t.match(await confirm(id, 'admin'), { status: 403, body: { type: '/problems/self-approval' } });
  t.match(await confirm(id, 'admin2'), { status: 200, body: { id, state: 'active' } });
  t.equal(await statusOf(own, key), 200);
  t.equal((await confirm(id, 'admin2')).status, 409);
  t.match(await listed(own, id), { confirmation: 'needed', confirmedBy: 'admin2' });

  const { body } = expect(await own.ask('POST', `/v1/keys/${id}/rotate`, { key: 'admin2' }), 200);
  t.match(body, { state: 'waiting' }, 'nobody gets a key that works by rotating one');
  t.equal(await statusOf(own, String(body.key) as Key), 401);
  t.equal((await confirm(id, 'admin2')).status, 403, 'who rotated it does not confirm it');
  expect(await confirm(id, 'admin'), 200);
  t.equal(await statusOf(own, String(body.key) as Key), 200);

  t.same(
    [(await make(own, { subject: 'one', role: 'admin' })).state, (await make(own, { subject: 'two', role: 'admin' })).state],
    ['active', 'active'],
  );
  const third = await make(own, { subject: 'three', role: 'admin' });
  t.equal(third.state, 'waiting', 'nor does one admin make another who would confirm');
  for (const item of (await own.ask('GET', '/v1/keys', { key: 'admin' })).body.items as { id: string; role: string }[])
    if (item.role === 'admin') expect(await own.ask('DELETE', `/v1/keys/${item.id}`, { key: 'admin' }), 200);
  t.equal((await make(own, { subject: 'four', role: 'admin' })).state, 'waiting', 'not by revoking the others either');
});

t.test('what gives a right is written down first, what takes one is done first', async (t) => {
  const memory = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom });
  let isAway = false;
  const log = {
    ...memory,
    append: (...args: Parameters<typeof memory.append>) => (isAway ? Promise.reject(new Error('the log is away')) : memory.append(...args)),
  };
  const own = await harness(t, { log });
  const { id, key } = await make(own);
  isAway = true;
  t.equal((await own.ask('POST', '/v1/keys', { key: 'admin', body: { subject: 'hall', role: 'app' } })).status, 500);
  t.equal((await own.ask('POST', `/v1/keys/${id}/rotate`, { key: 'admin' })).status, 500);
  t.equal(((await own.ask('GET', '/v1/keys', { key: 'admin' })).body.items as unknown[]).length, 1, 'nothing was made');
  t.equal(await statusOf(own, key), 200, 'or replaced');
  const headers = { 'idempotency-key': 'leaked' };
  t.equal((await own.ask('DELETE', `/v1/keys/${id}`, { key: 'admin', headers })).status, 500);
  t.equal(await statusOf(own, key), 401, 'a leaked key is revoked nevertheless');
  isAway = false;
  expect(await own.ask('DELETE', `/v1/keys/${id}`, { key: 'admin', headers }), 200);
  t.same(
    (await eventsOf(own, id)).map(({ type }) => type),
    ['KeyCreated', 'KeyRevoked'],
    'and written down when it is sent again',
  );
});

t.test('one request that is sent to two processes at once makes one key, which works', async (t) => {
  const other = await own.another();
  const headers = { 'idempotency-key': 'once' };
  const both = await Promise.all([make(own, {}, headers), make(other, {}, headers), make(own, {}, headers), make(other, {}, headers)]);
  t.equal(new Set(both.map(({ id }) => id)).size, 1);
  const told = both.filter(({ told }) => told !== null);
  t.equal(told.length, 1);
  t.equal(await statusOf(own, told[0]?.key ?? 'avk_'), 200);
});

t.test('the list comes in pages, with keys of before they had streams', async (t) => {
  const own = await harness(t);
  await own.pool.query(`INSERT INTO access.subjects (subject, role) VALUES ('old', 'reviewer')`);
  await own.pool.query(
    `INSERT INTO access.keys (id, subject, hash, created_at) VALUES (gen_random_uuid(), 'old', sha256('x'), '2026-01-01T00:00:00Z')`,
  );
  for (const subject of ['one', 'two', 'three']) await make(own, { subject });
  const pages: string[][] = [];
  for (let cursor: string | null = null; ; ) {
    const { body } = expect(
      await own.ask('GET', '/v1/keys', { key: 'admin', query: { limit: '3', ...(cursor !== null && { cursor }) } }),
      200,
    );
    const page = body as unknown as { items: { id: string; subject: string }[]; next: string | null };
    pages.push(page.items.map(({ subject }) => subject));
    if (pages.length === 1) {
      const [old] = page.items;
      t.match(old, { kind: 'person', createdAt: '2026-01-01T00:00:00.000Z', createdBy: null, confirmation: null });
      expect(await own.ask('DELETE', `/v1/keys/${old?.id}`, { key: 'admin' }), 200);
      t.match(await eventsOf(own, String(old?.id)), [
        { type: 'KeyNoted', data: { subject: 'old', role: 'reviewer' } },
        { type: 'KeyRevoked' },
      ]);
    }
    cursor = page.next;
    if (cursor === null) break;
  }
  t.same(pages, [['old', 'one', 'two'], ['three']]);
  t.match(await own.ask('GET', '/v1/keys', { key: 'admin', query: { cursor: 'x' } }), { status: 400 });
});

t.test('what a key is called can be erased', async (t) => {
  const { id } = await make(own, { name: 'Of a certain witness' });
  const asked = { targets: [{ value: 'certain witness' }], ground: 'personal_data', reason: 'It names somebody here.' };
  const erasure = String(expect(await own.ask('POST', '/v1/erasures', { key: 'contributor', body: asked }), 201).body.id);
  const erasing = createErasing({ log: own.log, clock: systemClock, requireGone: async () => undefined });
  await erasing.follow({ stream: erasure, revision: 0 });
  const places = await own.read(`/v1/erasures/${erasure}/places`, { key: 'reviewer' });
  t.match(places.body.items, [{ of: { kind: 'key', id }, pointer: '/name' }]);
  for (const key of ['reviewer', 'admin2'] as const)
    expect(await own.ask('POST', `/v1/erasures/${erasure}/decision`, { key, body: { decision: 'approve' } }), 200);
  const { revision } = (await eventsOf(own, erasure)).find(({ type }) => type === 'ErasureApproved') ?? { revision: -1 };
  await erasing.follow({ stream: erasure, revision });
  t.match(await listed(own, id), { name: null, state: 'active' });
});
