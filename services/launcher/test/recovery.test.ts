import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEmbedded } from '@averment/platform';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { alive, get, gone, pidIn, processes, start, until, up } from './fixtures/launcher.ts';

t.test('what dies is brought back where it was', async (t) => {
  const dataDir = await testFolder(t);
  const started = start(t, dataDir);
  await up(started);
  const before = await processes(started, dataDir);
  for (const name of ['api', 'worker', 'postgres'] as const) {
    process.kill(before[name], 'SIGKILL');
    await gone(before[name]);
    await until(started, async () => (await get(started.url())) === 'ok' && alive(await pidIn(dataDir, 'worker.pid')));
    t.not((await processes(started, dataDir))[name], before[name], `${name} is another process`);
  }
  started.child.kill('SIGINT');
  t.equal(await started.exit, 0);
});

t.test('when the launcher is killed its children end by themselves, and the next start takes over the database', async (t) => {
  const dataDir = await testFolder(t);
  const first = start(t, dataDir);
  await up(first);
  const keys = await readFile(join(dataDir, 'keys.json'), 'utf8');
  const pids = await processes(first, dataDir);
  first.child.kill('SIGKILL');
  await gone(pids.api);
  await gone(pids.worker);
  t.ok(alive(pids.postgres));

  const second = start(t, dataDir);
  await up(second);
  t.equal(await pidIn(dataDir, 'postgres', 'postmaster.pid'), pids.postgres);
  t.equal(await readFile(join(dataDir, 'keys.json'), 'utf8'), keys);
  t.equal(await get(second.url()), 'ok');
  second.child.kill('SIGINT');
  t.equal(await second.exit, 0);
  t.equal(await findEmbedded(dataDir), null);
  await gone(pids.postgres);
});

t.test('when everything is killed at once the next start recovers', async (t) => {
  const dataDir = await testFolder(t);
  const first = start(t, dataDir);
  await up(first);
  const pids = await processes(first, dataDir);
  first.child.kill('SIGKILL');
  for (const pid of Object.values(pids)) {
    if (alive(pid)) process.kill(pid, 'SIGKILL');
  }
  for (const pid of Object.values(pids)) await gone(pid);

  const second = start(t, dataDir);
  await up(second);
  t.equal(await get(second.url()), 'ok');
});
