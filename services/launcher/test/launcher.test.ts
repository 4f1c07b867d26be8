import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { alive, exists, get, gone, processes, start, up } from './fixtures/launcher.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`comes up, says where everything is, and leaves nothing running after ${signal}`, async (t) => {
    const dataDir = join(await testFolder(t), 'data');
    const started = start(t, dataDir);
    await up(started);
    t.match(started.stdout(), new RegExp(`Averment is running \\(process ${started.child.pid}\\)`));
    t.match(started.stdout(), new RegExp(`docs +${started.url()}/docs`));
    t.match(started.stdout(), `${dataDir}/keys.json`);
    t.equal(await get(started.url()), 'ok');
    t.same((await readdir(dataDir)).sort(), ['keys.json', 'ledger.key', 'postgres', 'server.key', 'worker.pid']);
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
