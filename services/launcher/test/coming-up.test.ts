import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findEmbedded } from '@averment/platform';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { exists, get, gone, pidIn, type Started, start, until, up } from './fixtures/launcher.ts';

t.test('a signal while it comes up leaves nothing running, and the next start goes on', async (t) => {
  const dataDir = await testFolder(t);
  const moments: ((started: Started) => Promise<void>)[] = [
    (started) => until(started, () => started.stderr().includes('making a database cluster')),
    (started) => until(started, () => exists(join(dataDir, 'postgres', 'postmaster.pid'))),
    (started) => until(started, () => exists(join(dataDir, 'keys.json'))),
    (started) => until(started, () => exists(join(dataDir, 'worker.pid'))),
  ];
  for (const [index, moment] of moments.entries()) {
    await rm(join(dataDir, 'worker.pid'), { force: true });
    const started = start(t, dataDir);
    await moment(started);
    started.child.kill('SIGTERM');
    t.equal(await started.exit, 0, `moment ${index}: ${started.stderr()}`);
    t.equal(await findEmbedded(dataDir).catch(() => null), null, 'no server runs');
    if (await exists(join(dataDir, 'worker.pid'))) await gone(await pidIn(dataDir, 'worker.pid'));
  }
  const last = start(t, dataDir);
  await up(last);
  t.equal(await get(last.url()), 'ok');
});
