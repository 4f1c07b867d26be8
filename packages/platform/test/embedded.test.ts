import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { AlreadyRunning, clusterFolder, EmbeddedError, findEmbedded, loadConfig, openEmbedded, withDatabase } from '../src/index.ts';
import { clusterPassword } from '../src/postgres/cluster.ts';
import { testFolder } from '../src/testing.ts';

import { ask, logger, open } from './embedded-kit.ts';

t.test('a data directory keeps what was written, from one start to the next', async (t) => {
  const dataDir = await testFolder(t);
  await t.rejects(findEmbedded(dataDir), { name: 'EmbeddedError', message: /there is no data in/ });
  const first = await open(t, dataDir);
  await ask(first.databaseUrl(), 'CREATE TABLE kept AS SELECT 7 AS number');
  t.same(await ask((await findEmbedded(dataDir)) ?? '', 'SELECT number FROM kept'), { number: 7 });
  await first.stop();
  t.equal(await findEmbedded(dataDir), null);

  const second = await open(t, dataDir);
  t.same(await ask(second.databaseUrl(), 'SELECT number FROM kept'), { number: 7 });
  t.same((await readdir(dataDir)).sort(), ['postgres']);
});

t.test('it has two roles that are no superusers; what an earlier version made as the superuser goes to the one that owns', async (t) => {
  const dataDir = await testFolder(t);
  const first = await open(t, dataDir);
  const superuser = async (url: string) =>
    Object.assign(new URL(url), { username: 'averment', password: await clusterPassword(clusterFolder(dataDir)) }).href;
  // As it was before there were roles.
  await ask(
    await superuser(first.databaseUrl()),
    `CREATE SCHEMA old;
     CREATE TYPE old.state AS ENUM ('a');
     CREATE SEQUENCE old."by itself";
     CREATE TABLE old.rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n serial, state old.state);
     CREATE TABLE old.parts (n int) PARTITION BY LIST (n);
     CREATE TABLE old.part PARTITION OF old.parts DEFAULT;
     CREATE FUNCTION old.f(n int) RETURNS int LANGUAGE sql AS 'SELECT 1';
     ALTER DATABASE averment OWNER TO averment;
     GRANT ALL ON DATABASE averment TO PUBLIC;
     REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM averment_worker;
     DROP OWNED BY averment_api;
     DROP ROLE averment_worker, averment_api`,
  );
  await first.stop();

  const second = await open(t, dataDir);
  const [worker, api] = [second.databaseUrl(), second.databaseUrl('api')];
  t.match(await ask(api, 'SELECT current_user AS name, rolsuper FROM pg_roles WHERE rolname = current_user'), {
    name: 'averment_api',
    rolsuper: false,
  });
  t.match(await ask(worker, 'SELECT current_user AS name, rolsuper FROM pg_roles WHERE rolname = current_user'), {
    name: 'averment_worker',
    rolsuper: false,
  });
  const url = new URL(api);
  await t.rejects(ask(Object.assign(url, { pathname: '/averment', password: 'another' }).href, 'SELECT 1'), { code: '28P01' });
  await ask(
    worker,
    `INSERT INTO old.rows (state) VALUES ('a');
     ALTER TABLE old.parts ADD COLUMN m int; ALTER TYPE old.state ADD VALUE 'b'; DROP SEQUENCE old."by itself"; DROP FUNCTION old.f(int); DROP SCHEMA old CASCADE;
     CREATE SCHEMA another; SELECT pg_switch_wal(); CHECKPOINT`,
  );
  await t.rejects(ask(api, 'CREATE SCHEMA yet_another'), { code: '42501' });
  await t.rejects(ask(api, 'CREATE TEMPORARY TABLE another (n int)'), { code: '42501' });
  t.equal(await findEmbedded(dataDir, 'api'), api);
});

t.test('a second start says who runs, and leaves it alone', async (t) => {
  const dataDir = await testFolder(t);
  const first = await open(t, dataDir, { name: 'averment' });
  const refused = await openEmbedded({ dataDir, name: 'other', logger }).catch((error: unknown) => error);
  t.ok(refused instanceof AlreadyRunning);
  t.match(refused, { holder: { name: 'averment', pid: process.pid, url: null } });
  await first.noteAddress('http://127.0.0.1:8080');
  await t.rejects(openEmbedded({ dataDir, name: 'other', logger }), {
    name: 'AlreadyRunning',
    message: new RegExp(`is in use by averment, process ${process.pid}, at http://127.0.0.1:8080, since 20`),
  });
  t.same(await ask(first.databaseUrl(), 'SELECT 1 AS one'), { one: 1 });
});

t.test('of two first starts at once, one makes the data and the other is told', async (t) => {
  const dataDir = await testFolder(t);
  const both = await Promise.allSettled([open(t, dataDir), open(t, dataDir)]);
  t.same(both.map((one) => one.status).sort(), ['fulfilled', 'rejected']);
  const refused = both.find((one) => one.status === 'rejected');
  t.ok(refused?.reason instanceof AlreadyRunning, String(refused?.reason));
  t.same((await readdir(dataDir)).sort(), ['postgres']);
});

t.test('a command uses the server that runs, and else its own for as long as it takes', async (t) => {
  const dataDir = await testFolder(t);
  const config = loadConfig({ DATA_DIR: dataDir });
  await t.rejects(
    withDatabase(config, { name: 'command', logger }, async () => 1),
    EmbeddedError,
  );
  const embedded = await open(t, dataDir);
  t.equal(await withDatabase(config, { name: 'command', logger }, async (url) => url), embedded.databaseUrl());
  await embedded.stop();
  t.same(await withDatabase(config, { name: 'command', logger }, (url) => ask(url, 'SELECT 1 AS one')), { one: 1 });
  t.equal(await findEmbedded(dataDir), null);
  await t.rejects(
    withDatabase(config, { name: 'command', logger }, async () => {
      throw new Error('no');
    }),
    { message: 'no' },
  );
  t.equal(await findEmbedded(dataDir), null, 'also when the command fails');
});

t.test('a command that started the server stops it when a signal ends the command', async (t) => {
  const dataDir = await testFolder(t);
  await (await open(t, dataDir)).stop();
  const program = fileURLToPath(new URL('./fixtures/command.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  t.same(await ended, [143, null]);
  t.equal(await findEmbedded(dataDir), null);
});
