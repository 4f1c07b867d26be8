import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import t from 'tap';
import { createLogger, createPool, migrate } from '../src/index.ts';
import { testFolder, testServer } from '../src/testing.ts';

// Nothing here has to outlive the power.
const server = await testServer(t, { extra: ['fsync = off'] });
const logger = createLogger({ level: 'silent', name: 'test' });

const rows = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

t.test('each schema is brought forward by its own files, once, in order', async (t) => {
  const url = await server.createDatabase();
  const dir = await testFolder(t);
  await writeFile(join(dir, '0001_first.sql'), 'CREATE TABLE things (n int); INSERT INTO things VALUES (1);');
  await writeFile(join(dir, '0002_second.sql'), "INSERT INTO things VALUES (2); DO $$ BEGIN RAISE NOTICE '%{x}', 1; END $$;");
  await migrate(url, { schema: 'one', dir });
  await migrate(url, { schema: 'two', dir });
  await migrate(url, { schema: 'one', dir });
  await writeFile(join(dir, '0003_third.sql'), 'INSERT INTO things VALUES (3)');
  await migrate(url, { schema: 'one', dir });
  t.same(await rows(url, 'SELECT n FROM one.things ORDER BY n'), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  t.same(await rows(url, 'SELECT n FROM two.things ORDER BY n'), [{ n: 1 }, { n: 2 }]);
  t.same(await rows(url, 'SELECT name FROM two.migrations ORDER BY id'), [{ name: '0001_first' }, { name: '0002_second' }]);
});

t.test('many processes may do so at once', async (t) => {
  const url = await server.createDatabase();
  const dir = await testFolder(t);
  await writeFile(join(dir, '0001_first.sql'), 'CREATE TABLE things (n int)');
  await Promise.all(Array.from({ length: 6 }, () => migrate(url, { schema: 'one', dir })));
  t.same(await rows(url, 'SELECT count(*)::int AS n FROM one.migrations'), [{ n: 1 }]);
});

t.test('a file that fails undoes all that were to run with it', async (t) => {
  const url = await server.createDatabase();
  const dir = join(await testFolder(t), 'migrations');
  await mkdir(dir);
  await writeFile(join(dir, '0001_first.sql'), 'CREATE TABLE things (n int)');
  await writeFile(join(dir, '0002_second.sql'), 'CREATE TABLE');
  await t.rejects(migrate(url, { schema: 'one', dir }), /syntax error/);
  t.same(await rows(url, "SELECT to_regclass('one.things') AS found"), [{ found: null }]);
});

t.test('a pool reads bigint as bigint, names itself, and outlives a restart of the server', async (t) => {
  const pool = createPool({ databaseUrl: await server.createDatabase(), name: 'the test', logger, max: 2, statementTimeout: 60_000 });
  t.teardown(() => pool.end());
  const ask = async () => (await pool.query('SELECT 9007199254740993::bigint AS big, ARRAY[1]::int[] AS list, 1::int AS small')).rows;
  t.same(await ask(), [{ big: 9007199254740993n, list: [1], small: 1 }]);
  t.same((await pool.query("SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout")).rows, [
    { name: 'the test', timeout: '1min' },
  ]);
  const broke = new Promise((resolve) => pool.once('error', resolve));
  await server.crash();
  t.ok(await broke, 'the idle connection breaks without ending the process');
  await t.rejects(ask());
  await server.start();
  t.same(await ask(), [{ big: 9007199254740993n, list: [1], small: 1 }]);
});
