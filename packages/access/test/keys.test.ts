import { createLogger, createPool, migrate, systemClock, systemRandom } from '@averment/platform';
import { patience, testServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import t, { type Test } from 'tap';
import { createAuthenticator, createKey, listKeys, migrations, revokeKey, roles, staleness } from '../src/index.ts';

// Nothing here has to outlive the power.
const server = await testServer(t, { extra: ['fsync = off'] });
const logger = createLogger({ level: 'silent', name: 'test' });
const tools = { clock: systemClock, random: systemRandom };

const freshPool = async (t: Test): Promise<Pool> => {
  const databaseUrl = await server.createDatabase();
  await migrate(databaseUrl, migrations);
  const pool = createPool({ databaseUrl, name: 'test', logger, max: 5, connectTimeout: patience });
  t.teardown(() => pool.end());
  return pool;
};

t.test('a key speaks for its subject until it is revoked', async (t) => {
  const pool = await freshPool(t);
  const authenticate = createAuthenticator(pool);
  const { id, key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  t.match(key, /^avk_[A-Za-z0-9_-]{43}$/);
  t.same(await authenticate(key), { subject: 'desk', role: 'reviewer', keyId: id });
  t.equal(await revokeKey(pool, id, systemClock), true);
  t.equal(await createAuthenticator(pool)(key), null);
  t.equal(await revokeKey(pool, id, systemClock), true, 'again changes nothing');
  t.equal(await revokeKey(pool, systemRandom.uuid(), systemClock), false);
  t.equal(await revokeKey(pool, 'desk', systemClock), false);
});

t.test('what is no key speaks for nobody', async (t) => {
  const pool = await freshPool(t);
  const authenticate = createAuthenticator(pool);
  const { key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  for (const wrong of [
    '',
    'avk_',
    key.slice(0, -1),
    `${key}A`,
    key.toUpperCase(),
    `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
    '\u0000'.repeat(47),
  ]) {
    t.equal(await authenticate(wrong), null, JSON.stringify(wrong.length));
  }
});

t.test('a revocation by another process is obeyed within the promised time', async (t) => {
  const pool = await freshPool(t);
  let now = 0;
  const authenticate = createAuthenticator(pool, () => now);
  const { id, key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  t.ok(await authenticate(key));
  await revokeKey(pool, id, systemClock);
  now = staleness;
  t.equal(await authenticate(key), null);
});

t.test('the database is asked once for many requests with one key', async (t) => {
  const pool = await freshPool(t);
  const { key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  let asked = 0;
  const query = (...args: Parameters<Pool['query']>) => {
    asked += 1;
    return pool.query(...args);
  };
  const counting = { query } as unknown as Pool;
  const authenticate = createAuthenticator(counting, () => 0);
  const answers = await Promise.all(Array.from({ length: 20 }, () => authenticate(key)));
  t.ok(answers.every((answer) => answer?.subject === 'desk'));
  await authenticate(key);
  t.equal(asked, 1);
});

t.test('only the hash of a key is stored', async (t) => {
  const pool = await freshPool(t);
  const { key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  const { rows } = await pool.query('SELECT k::text || s::text AS row FROM access.keys k, access.subjects s');
  t.equal(rows.length, 1);
  t.notMatch(JSON.stringify(rows), key.slice(4));
  t.notMatch(JSON.stringify(await listKeys(pool)), key.slice(4));
});

t.test('a subject has one role at a time', async (t) => {
  const pool = await freshPool(t);
  const first = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  await t.rejects(createKey(pool, { subject: 'desk', role: 'contributor' }, tools), {
    name: 'AccessError',
    message: /desk has keys as reviewer/,
  });
  await revokeKey(pool, first.id, systemClock);
  await t.rejects(createKey(pool, { subject: 'desk', role: 'contributor' }, tools), { name: 'AccessError' });
  for (const row of await listKeys(pool)) await revokeKey(pool, row.id, systemClock);
  const other = await createKey(pool, { subject: 'desk', role: 'contributor' }, tools);
  t.same(await createAuthenticator(pool)(other.key), { subject: 'desk', role: 'contributor', keyId: other.id });
});

t.test('two keys made at once cannot give one subject two roles', async (t) => {
  const pool = await freshPool(t);
  const made = await Promise.allSettled(
    ['contributor', 'reviewer', 'contributor', 'reviewer'].map((role) => createKey(pool, { subject: 'desk', role }, tools)),
  );
  t.ok(made.some((one) => one.status === 'fulfilled'));
  t.equal(new Set((await listKeys(pool)).map((row) => row.role)).size, 1);
  t.equal((await listKeys(pool)).length, made.filter((one) => one.status === 'fulfilled').length);
});

t.test('the table takes the very roles that there are', async (t) => {
  const pool = await freshPool(t);
  for (const role of roles) await createKey(pool, { subject: role, role }, tools);
  const { rows } = await pool.query<{ rule: string }>(
    `SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE conrelid = 'access.subjects'::regclass AND contype = 'c'`,
  );
  const named = rows.flatMap(({ rule }) => [...rule.matchAll(/'([a-z]+)'/g)].map(([, role]) => role));
  t.same(named.sort(), [...roles].sort());
});

t.test('names and roles that cannot be are refused', async (t) => {
  const pool = await freshPool(t);
  for (const subject of ['', 'A Person', 'x'.repeat(64), '-x', "x'; DROP TABLE access.keys"]) {
    await t.rejects(createKey(pool, { subject, role: 'admin' }, tools), { name: 'AccessError' });
  }
  await t.rejects(createKey(pool, { subject: 'desk', role: 'owner' }, tools), {
    name: 'AccessError',
    message: /there are contributor, reviewer/,
  });
  t.same(await listKeys(pool), []);
});
