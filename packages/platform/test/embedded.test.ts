import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import t, { type Test } from 'tap';
import {
  AlreadyRunning,
  clusterFolder,
  createLogger,
  type Embedded,
  EmbeddedError,
  findEmbedded,
  loadConfig,
  openEmbedded,
  withDatabase,
} from '../src/index.ts';
import { postgresAccount } from '../src/postgres/account.ts';
import { clusterPassword } from '../src/postgres/cluster.ts';
import { testFolder } from '../src/testing.ts';

const logger = createLogger({ level: 'silent', name: 'test' });
const asRoot = process.getuid?.() === 0;

const open = async (t: Test, dataDir: string, more: { name?: string; onRestart?: () => void } = {}): Promise<Embedded> => {
  const embedded = await openEmbedded({ dataDir, name: 'test', logger, ...more });
  t.teardown(() => embedded.stop());
  return embedded;
};

const ask = async <T extends pg.QueryResultRow>(url: string, sql: string): Promise<T | undefined> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results: pg.QueryResult<T> | pg.QueryResult<T>[] = await client.query<T>(sql);
    return [results].flat().at(-1)?.rows[0];
  } finally {
    await client.end();
  }
};

const postmaster = async (dataDir: string): Promise<number> =>
  Number((await readFile(join(clusterFolder(dataDir), 'postmaster.pid'), 'utf8')).split('\n')[0]);

/** Kills a server the hard way, and waits until it is gone. */
const kill = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGKILL');
  for (let there = true; there; ) {
    try {
      process.kill(pid, 0);
      await new Promise((resolve) => setImmediate(resolve));
    } catch {
      there = false;
    }
  }
};

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

t.test('a server that outlived its parent is taken over', async (t) => {
  const dataDir = await testFolder(t);
  const parent = fork(fileURLToPath(new URL('./fixtures/open-embedded.ts', import.meta.url)), [dataDir], { stdio: 'inherit' });
  await once(parent, 'message');
  const pid = await postmaster(dataDir);
  parent.kill('SIGKILL');
  await once(parent, 'exit');

  const next = await open(t, dataDir);
  t.equal(await postmaster(dataDir), pid, 'it is the same server');
  t.same(await ask(next.databaseUrl(), 'SELECT number FROM kept'), { number: 7 });
  await next.stop();
  t.equal(await findEmbedded(dataDir), null, 'and it is stopped with its new parent');
});

t.test('a server that was killed is started again, at the same address', async (t) => {
  const dataDir = await testFolder(t);
  const back = Promise.withResolvers<void>();
  const embedded = await open(t, dataDir, { onRestart: () => back.resolve() });
  await ask(embedded.databaseUrl(), 'CREATE TABLE kept AS SELECT 7 AS number');
  const url = embedded.databaseUrl();
  await kill(await postmaster(dataDir));
  await back.promise;
  t.equal(embedded.databaseUrl(), url);
  t.same(await ask(url, 'SELECT number FROM kept'), { number: 7 });
  await t.rejects(openEmbedded({ dataDir, name: 'other', logger }), { name: 'AlreadyRunning' }, 'the directory is locked as before');
});

t.test('what a killed server left is no obstacle, though its process id belongs to another program now', async (t) => {
  const dataDir = await testFolder(t);
  const parent = fork(fileURLToPath(new URL('./fixtures/open-embedded.ts', import.meta.url)), [dataDir], { stdio: 'inherit' });
  await once(parent, 'message');
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await kill(await postmaster(dataDir));
  t.equal(await findEmbedded(dataDir), null);

  // Of the same user as the server, as PostgreSQL would take it for one.
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: '/',
    ...(await postgresAccount()),
  });
  t.teardown(() => void other.stdin.end());
  const file = join(clusterFolder(dataDir), 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [other.pid, ...lines.slice(1)].join('\n'));
  const next = await open(t, dataDir);
  t.same(await ask(next.databaseUrl(), 'SELECT number FROM kept'), { number: 7 });
});

t.test('a copy of a data directory is not taken for the running original', async (t) => {
  const [original, copy] = [await testFolder(t), await testFolder(t)];
  const first = await open(t, original);
  await ask(first.databaseUrl(), 'CREATE TABLE kept AS SELECT 7 AS number');
  await ask(first.databaseUrl(), 'CHECKPOINT');
  const pidFile = await readFile(join(clusterFolder(original), 'postmaster.pid'));
  const pid = await postmaster(original);
  await first.stop();
  await cp(original, copy, { recursive: true });
  const account = await postgresAccount();
  if (account !== null) {
    const chown = spawn('chown', ['-R', `${account.uid}:${account.gid}`, clusterFolder(copy)], { stdio: 'inherit' });
    t.same(await once(chown, 'exit'), [0, null]);
  }
  await chmod(clusterFolder(copy), 0o700);
  await writeFile(join(clusterFolder(copy), 'postmaster.pid'), pidFile);
  const again = await open(t, original);
  const lines = pidFile.toString('utf8').split('\n');
  await writeFile(join(clusterFolder(copy), 'postmaster.pid'), [await postmaster(original), ...lines.slice(1)].join('\n'));
  t.not(await postmaster(original), pid);

  const second = await open(t, copy);
  t.not(second.databaseUrl(), again.databaseUrl());
  t.same(await ask(second.databaseUrl(), 'SELECT number FROM kept'), { number: 7 });
});

t.test('a first start that was killed leaves nothing in the way', async (t) => {
  const dataDir = await testFolder(t);
  const dead = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(dead, 'exit');
  for (const pid of [dead.pid, process.pid]) {
    await mkdir(join(dataDir, `postgres.${pid}.0a1b2c3d.draft`, 'base'), { recursive: true });
    await writeFile(join(dataDir, `postgres.${pid}.0a1b2c3d.draft.password`), 'x');
  }
  await open(t, dataDir);
  t.same((await readdir(dataDir)).sort(), ['postgres']);
});

t.test(
  'where the server cannot reach the data directory, its cluster lies on a shelf and is found again',
  { skip: asRoot ? false : 'only root runs the server as another user' },
  async (t) => {
    const folder = await testFolder(t);
    await mkdir(join(folder, 'home'), { mode: 0o700 });
    const dataDir = join(folder, 'home', 'data');
    const first = await openEmbedded({ dataDir, name: 'test', logger });
    const place = await readlink(join(dataDir, 'postgres'));
    t.teardown(() => rm(dirname(place), { recursive: true, force: true }));
    await ask(first.databaseUrl(), 'CREATE TABLE kept ()');
    await first.stop();
    const second = await openEmbedded({ dataDir, name: 'test', logger });
    t.equal(await readlink(join(dataDir, 'postgres')), place);
    await ask(second.databaseUrl(), 'SELECT FROM kept');
    await second.stop();
  },
);

t.test(
  'a cluster that was moved to where the server cannot reach it is named',
  { skip: asRoot ? false : 'only root runs the server as another user' },
  async (t) => {
    const folder = await testFolder(t);
    const first = await openEmbedded({ dataDir: join(folder, 'data'), name: 'test', logger });
    await first.stop();
    await mkdir(join(folder, 'home'), { mode: 0o700 });
    await rename(join(folder, 'data'), join(folder, 'home', 'data'));
    await t.rejects(openEmbedded({ dataDir: join(folder, 'home', 'data'), name: 'test', logger }), {
      name: 'EmbeddedError',
      message: new RegExp(
        `cannot reach the data directory ${folder}/home/data/postgres, because ${folder}/home is closed to it\\. .*chmod o\\+x ${folder}/home, or set DATA_DIR`,
      ),
    });
  },
);

t.test('a folder that cannot be written to, and a file in its place, are named', async (t) => {
  const folder = await testFolder(t);
  await writeFile(join(folder, 'file'), '');
  await t.rejects(openEmbedded({ dataDir: join(folder, 'file'), name: 'test', logger }), {
    name: 'EmbeddedError',
    message: /file is not a folder/,
  });
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
