import { createLogger, createPool, migrate, systemClock, systemRandom } from '@averment/platform';
import { patience, testServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import t, { type Test } from 'tap';
import { createAuthenticator, listKeys, mayWrite, migrations, revokeKey, roles } from '../src/index.ts';
import { createKey } from '../src/testing.ts';

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

t.test('a key speaks for its subject until it is revoked, in every process at once', async (t) => {
  const pool = await freshPool(t);
  const [authenticate, another] = [createAuthenticator(pool), createAuthenticator(pool)];
  const { id, key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  t.match(key, /^avk_[A-Za-z0-9_-]{43}$/);
  const principal = { subject: 'desk', role: 'reviewer', kind: 'person', keyId: id, expiresAt: null };
  t.same(await Promise.all([authenticate(key), another(key)]), [principal, principal]);
  t.match(await revokeKey(pool, id, systemClock.now()), { id, subject: 'desk' });
  t.same(await Promise.all([authenticate(key), another(key)]), [null, null]);
  const [{ revokedAt } = {}] = await listKeys(pool);
  t.match(await revokeKey(pool, id, systemClock.now()), { id, revokedAt }, 'again changes nothing');
  t.equal(await revokeKey(pool, systemRandom.uuid(), systemClock.now()), null);
});

t.test('who may write has a valid key of such a role, or came with a token', async (t) => {
  const pool = await freshPool(t);
  for (const role of roles) await createKey(pool, { subject: `a-${role}`, role }, tools);
  const able = async (...subjects: string[]) => Promise.all(subjects.map((subject) => mayWrite(pool, subject)));
  t.same(
    await able(...roles.map((role) => `a-${role}`)),
    roles.map((role) => role === 'contributor' || role === 'reviewer'),
  );
  const [first] = (await listKeys(pool)).filter(({ role }) => role === 'contributor');
  await revokeKey(pool, first?.id ?? '', systemClock.now());
  t.same(await able('a-contributor', 'nobody'), [false, false], 'nobody whose keys are all revoked');
  await pool.query("INSERT INTO access.users (subject, issuer, sub, since) VALUES ('user_1', 'https://example.org', 'a', now())");
  t.same(await able('user_1'), [true]);
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

t.test('keys that come together are looked up together, and again at the next request', async (t) => {
  const pool = await freshPool(t);
  const made = await Promise.all(['desk', 'hall'].map((subject) => createKey(pool, { subject, role: 'reviewer' }, tools)));
  const asked: string[] = [];
  const query = (statement: { name: string }) => {
    asked.push(statement.name);
    return pool.query(statement as never);
  };
  const authenticate = createAuthenticator({ query } as unknown as Pool);
  const all = () => Promise.all([...made, ...made, ...made].map(({ key }) => authenticate(key)));
  t.same(
    (await all()).map((one) => one?.subject),
    ['desk', 'hall', 'desk', 'hall', 'desk', 'hall'],
  );
  t.equal(asked.filter((name) => name === 'access-authenticate').length, 1);
  await all();
  t.equal(asked.filter((name) => name === 'access-authenticate').length, 2);
});

t.test('a key is valid to its end, and not before it is confirmed', async (t) => {
  const pool = await freshPool(t);
  const authenticate = createAuthenticator(pool);
  const { id, key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  // As time does; nobody may write it.
  await pool.query('ALTER TABLE access.keys DISABLE TRIGGER keep_key');
  for (const [change, isValid] of [
    ["expires_at = now() + interval '1 minute'", true],
    ["expires_at = now() - interval '1 microsecond'", false],
    ['expires_at = NULL, waits = true', false],
    ['waits = false', true],
  ] as const) {
    await pool.query(`UPDATE access.keys SET ${change} WHERE id = $1`, [id]);
    t.equal((await authenticate(key)) !== null, isValid, change);
  }
});

t.test('the last use is noted, to half a minute, and one that cannot be noted keeps nobody out', async (t) => {
  const pool = await freshPool(t);
  const authenticate = createAuthenticator(pool);
  const { key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  const used = async () => (await listKeys(pool))[0]?.usedAt ?? null;
  t.equal(await used(), null);
  const until = async (isSo: (at: Date | null) => boolean) => {
    for (;;) {
      await authenticate(key);
      const at = await used();
      if (isSo(at)) return at;
    }
  };
  const first = await until((at) => at !== null);
  await authenticate(key);
  t.same(await used(), first, 'not at each request');
  await pool.query("UPDATE access.uses SET used_at = now() - interval '31 s'");
  const old = await used();
  t.not(String(await until((at) => String(at) !== String(old))), String(old));
  const query = (statement: { name: string }) =>
    statement.name === 'access-note-use' ? Promise.reject(new Error('read-only')) : pool.query(statement as never);
  await pool.query('DELETE FROM access.uses');
  t.match(await createAuthenticator({ query } as unknown as Pool)(key), { subject: 'desk' });
});

t.test('where the database does not answer no key is taken for valid or for wrong', async (t) => {
  const pool = await freshPool(t);
  const { key } = await createKey(pool, { subject: 'desk', role: 'reviewer' }, tools);
  let isAway = false;
  const query = (statement: object) => (isAway ? Promise.reject(new Error('away')) : pool.query(statement as never));
  const authenticate = createAuthenticator({ query } as unknown as Pool);
  t.ok(await authenticate(key));
  isAway = true;
  await t.rejects(authenticate(key), { message: 'away' });
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
  await t.rejects(createKey(pool, { subject: 'desk', role: 'contributor' }, tools), { message: /keys of another role/ });
  await revokeKey(pool, first.id, systemClock.now());
  await t.rejects(createKey(pool, { subject: 'desk', role: 'contributor' }, tools), { message: /keys of another role/ });
  for (const row of await listKeys(pool)) await revokeKey(pool, row.id, systemClock.now());
  const other = await createKey(pool, { subject: 'desk', role: 'contributor' }, tools);
  t.same(await createAuthenticator(pool)(other.key), {
    subject: 'desk',
    role: 'contributor',
    kind: 'person',
    keyId: other.id,
    expiresAt: null,
  });
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
