import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { clusterFolder, findEmbedded, openEmbedded } from '../src/index.ts';
import { postgresAccount } from '../src/postgres/account.ts';
import { testFolder } from '../src/testing.ts';

import { ask, kill, logger, open, postmaster } from './embedded-kit.ts';

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
