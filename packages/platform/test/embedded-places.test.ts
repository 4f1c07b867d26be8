import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { clusterFolder, openEmbedded } from '../src/index.ts';
import { postgresAccount } from '../src/postgres/account.ts';
import { testFolder } from '../src/testing.ts';

import { ask, asRoot, logger, open, postmaster } from './embedded-kit.ts';

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
