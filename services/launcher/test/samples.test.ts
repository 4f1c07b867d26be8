import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { alive, exists, pidIn, start, until, up } from './fixtures/launcher.ts';

t.test('the samples are loaded into a new data directory until they are complete, and then no more', async (t) => {
  const dataDir = join(await testFolder(t), 'data');
  const first = start(t, dataDir, { SAMPLES: 'on', STAND_IN_SAMPLES: 'hang' });
  await until(first, () => exists(join(dataDir, 'loader.pid')));
  const loader = await pidIn(dataDir, 'loader.pid');
  first.child.kill('SIGINT');
  t.equal(await first.exit, 0);
  t.notOk(alive(loader), 'the loader ends with the launcher');

  const off = start(t, dataDir, { SAMPLES: 'off' });
  await up(off);
  off.child.kill('SIGINT');
  t.equal(await off.exit, 0);
  t.equal(await exists(join(dataDir, 'loaded')), false);

  for (const _ of ['until complete', 'no more']) {
    const next = start(t, dataDir, { SAMPLES: 'on' });
    await up(next);
    await until(next, () => exists(join(dataDir, 'loaded')));
    await until(next, async () => (await readFile(join(dataDir, 'samples.json'), 'utf8')).includes('"loaded"'));
    next.child.kill('SIGINT');
    t.equal(await next.exit, 0);
  }
  t.equal(await readFile(join(dataDir, 'loaded'), 'utf8'), 'once\n');
});

t.test('a data directory that began without samples gets none later', async (t) => {
  const dataDir = await testFolder(t);
  for (const SAMPLES of ['off', 'on']) {
    const started = start(t, dataDir, { SAMPLES });
    await up(started);
    started.child.kill('SIGINT');
    t.equal(await started.exit, 0);
    t.notMatch(started.stdout(), /sample incidents/);
  }
});
