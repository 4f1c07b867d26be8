import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEmbedded } from '@averment/platform';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { alive, exists, get, gone, pidIn, processes, start, until, up } from './fixtures/launcher.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`comes up, says where everything is, and leaves nothing running after ${signal}`, async (t) => {
    const dataDir = join(await testFolder(t), 'data');
    const started = start(t, dataDir);
    await up(started);
    t.match(started.stdout(), new RegExp(`Averment is running \\(process ${started.child.pid}\\)`));
    t.match(started.stdout(), new RegExp(`docs +${started.url()}/docs`));
    t.match(started.stdout(), `${dataDir}/keys.json`);
    t.equal(await get(started.url()), 'ok');
    t.same((await readdir(dataDir)).sort(), ['keys.json', 'postgres', 'server.key', 'worker.pid']);
    const pids = await processes(started, dataDir);

    started.child.kill(signal);
    // A terminal tells the whole group, and parents pass it on: the second is the same press.
    started.child.kill(signal);
    t.equal(await started.exit, 0);
    t.notOk(alive(pids.api), 'the api is gone');
    t.notOk(alive(pids.worker), 'the worker is gone');
    // Its parent is the system, which may take a moment to notice.
    await gone(pids.postgres);
    t.equal(await exists(join(dataDir, 'postgres', 'postmaster.pid')), false, 'the database was stopped cleanly');
  });
}

t.test('a second start says who runs, and leaves it alone', async (t) => {
  const dataDir = await testFolder(t);
  const first = start(t, dataDir);
  await up(first);
  const second = start(t, dataDir);
  t.equal(await second.exit, 1);
  t.match(
    second.stderr(),
    new RegExp(`^averment: ${dataDir} is in use by averment, process ${first.child.pid}, at ${first.url()}, since 20`, 'm'),
  );
  t.equal(await get(first.url()), 'ok');
});

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
