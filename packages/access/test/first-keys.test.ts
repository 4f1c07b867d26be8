import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, createPool, migrate, systemClock, systemRandom } from '@averment/platform';
import { patience, testFolder, testServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import t, { type Test } from 'tap';
import { createAuthenticator, type FirstKeyStep, firstKeys, firstSubjects, listKeys, migrations, revokeKey } from '../src/index.ts';
import { createKey } from '../src/testing.ts';

// Nothing here has to outlive the power.
const server = await testServer(t, { extra: ['fsync = off'] });
const logger = createLogger({ level: 'silent', name: 'test' });
const tools = { clock: systemClock, random: systemRandom };

const setUp = async (t: Test): Promise<{ pool: Pool; dataDir: string }> => {
  const databaseUrl = await server.createDatabase();
  await migrate(databaseUrl, migrations);
  const pool = createPool({ databaseUrl, name: 'test', logger, max: 3, connectTimeout: patience });
  t.teardown(() => pool.end());
  return { pool, dataDir: await testFolder(t) };
};

const keysIn = async (file: string): Promise<Record<string, string>> => JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;

const allWork = async (t: Test, pool: Pool, file: string): Promise<void> => {
  const keys = await keysIn(file);
  t.same(Object.keys(keys), Object.keys(firstSubjects));
  const authenticate = createAuthenticator(pool);
  for (const [subject, key] of Object.entries(keys)) t.match(await authenticate(key), { subject, role: firstSubjects[subject] });
  t.equal((await listKeys(pool)).length, Object.keys(firstSubjects).length, 'and there are no others');
};

t.test('an empty database gets a key for each role, in a file that only its owner reads', async (t) => {
  const { pool, dataDir } = await setUp(t);
  const file = await firstKeys(pool, dataDir, tools);
  t.equal(file, join(dataDir, 'keys.json'));
  t.equal((await stat(join(dataDir, 'keys.json'))).mode & 0o777, 0o600);
  await allWork(t, pool, join(dataDir, 'keys.json'));
  const before = await keysIn(join(dataDir, 'keys.json'));
  t.equal(await firstKeys(pool, dataDir, tools), file, 'the next start leaves them');
  t.same(await keysIn(join(dataDir, 'keys.json')), before);
  t.same(await readdir(dataDir), ['keys.json']);
});

for (const step of ['drafted', 'stored', 'published'] satisfies FirstKeyStep[]) {
  t.test(`a crash when the keys were ${step} loses nothing, and no file has keys that do not work`, async (t) => {
    const { pool, dataDir } = await setUp(t);
    const crash = (reached: FirstKeyStep) => {
      if (reached === step) throw new Error('crash');
    };
    await t.rejects(firstKeys(pool, dataDir, { ...tools, reached: crash }), { message: 'crash' });
    const names = await readdir(dataDir);
    if (names.includes('keys.json')) await allWork(t, pool, join(dataDir, 'keys.json'));
    const file = await firstKeys(pool, dataDir, tools);
    t.equal(file, join(dataDir, 'keys.json'));
    await allWork(t, pool, join(dataDir, 'keys.json'));
    t.same(await readdir(dataDir), ['keys.json']);
  });
}

t.test('a database that has keys, or had, gets none', async (t) => {
  const { pool, dataDir } = await setUp(t);
  const { id } = await createKey(pool, { subject: 'desk', role: 'admin' }, tools);
  t.equal(await firstKeys(pool, dataDir, tools), null);
  await revokeKey(pool, id, systemClock.now());
  t.equal(await firstKeys(pool, dataDir, tools), null);
  t.same(await readdir(dataDir), []);
});

t.test('a file that was removed does not come back', async (t) => {
  const { pool, dataDir } = await setUp(t);
  await firstKeys(pool, dataDir, tools);
  await rm(join(dataDir, 'keys.json'));
  t.equal(await firstKeys(pool, dataDir, tools), null);
  t.same(await readdir(dataDir), []);
});

t.test('a draft whose keys are not those of the database is thrown away', async (t) => {
  const { pool, dataDir } = await setUp(t);
  const crash = (reached: FirstKeyStep) => {
    if (reached === 'drafted') throw new Error('crash');
  };
  await t.rejects(firstKeys(pool, dataDir, { ...tools, reached: crash }));
  await createKey(pool, { subject: 'desk', role: 'admin' }, tools);
  t.equal(await firstKeys(pool, dataDir, tools), null);
  t.same(await readdir(dataDir), []);
});
