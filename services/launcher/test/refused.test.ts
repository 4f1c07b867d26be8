import { readdir, rename, rm, symlink } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { findEmbedded } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import t from 'tap';
import { get, start, up } from './fixtures/launcher.ts';

t.test('what keeps it from starting is said in one readable message', async (t) => {
  const dataDir = await testFolder(t);
  const badSetting = start(t, dataDir, { PORT: 'http' });
  t.equal(await badSetting.exit, 1);
  t.equal(
    badSetting.stderr(),
    'averment: these settings cannot be used:\n  PORT: "http" is not a port: a whole number from 0 to 65535, for example PORT=8080\n',
  );

  const noKey = start(t, dataDir, { DATABASE_URL: 'postgres://127.0.0.1/x', SERVER_KEY_FILE: join(dataDir, 'none') });
  t.equal(await noKey.exit, 1);
  t.match(noKey.stderr(), /^averment: the server key .*none is not there\. Restore it/m);

  const brokenApi = start(t, dataDir, { STAND_IN_API: 'broken-api' });
  t.equal(await brokenApi.exit, 1);
  t.match(brokenApi.stderr(), 'averment: api ends again and again before it is ready');

  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const takenPort = start(t, dataDir, { PORT: String(port) });
  t.equal(await takenPort.exit, 1);
  t.match(
    takenPort.stderr(),
    new RegExp(
      `^averment: another program listens on 127.0.0.1:${port}: end it, or set PORT to another one, for example PORT=${port + 1}\n`,
    ),
    'before anything else',
  );
  const elsewhere = start(t, dataDir, { PORT: '0', HOST: '192.0.2.1' });
  t.equal(await elsewhere.exit, 1);
  t.match(elsewhere.stderr(), /^averment: 192\.0\.2\.1 is not an address of this machine: set HOST/);
  t.equal(await findEmbedded(dataDir), null);

  await rm(join(dataDir, 'server.key'));
  const lostKey = start(t, dataDir);
  t.equal(await lostKey.exit, 1);
  t.match(lostKey.stderr(), 'server.key is not there. Restore it from a backup');
});

t.test('a cluster that lies elsewhere is named', async (t) => {
  const dataDir = await testFolder(t);
  const first = start(t, dataDir);
  await up(first);
  t.match(first.stdout(), `  data  ${dataDir}\n`);
  first.child.kill('SIGINT');
  await first.exit;
  const elsewhere = join(await testFolder(t), 'cluster');
  await rename(join(dataDir, 'postgres'), elsewhere);
  await symlink(elsewhere, join(dataDir, 'postgres'));
  const second = start(t, dataDir);
  await up(second);
  t.match(second.stdout(), `  data  ${dataDir}, the database itself in ${elsewhere}\n`);
});

t.test("with a database of one's own it starts no other, and makes no keys", async (t) => {
  const server = await testServer(t);
  const dataDir = await testFolder(t);
  const embedded = start(t, dataDir);
  await up(embedded);
  embedded.child.kill('SIGINT');
  await embedded.exit;

  const empty = await testFolder(t);
  const started = start(t, empty, {
    DATABASE_URL: await server.createDatabase(),
    SERVER_KEY_FILE: join(dataDir, 'server.key'),
    SAMPLES: 'on',
  });
  await up(started);
  t.equal(await get(started.url()), 'ok');
  t.match(started.stdout(), 'in the database that DATABASE_URL names');
  t.same(await readdir(empty), ['worker.pid']);
  started.child.kill('SIGINT');
  t.equal(await started.exit, 0);
});
