import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DomainEvent } from '@averment/domain';
import { migrations as logMigrations } from '@averment/event-log';
import { createPostgresLog } from '@averment/event-log/testing';
import { migrate, systemRandom } from '@averment/platform';
import t from 'tap';
import { database, expectedRows, rowsOf } from './kit.ts';
import { add, catalogue, tally } from './tally.ts';

t.test('a process that is killed in the middle of a batch leaves no gap and no double', async (t) => {
  const { url, pool, runner } = await database(t);
  for (const migrations of logMigrations) await migrate(url, migrations);
  const log = await createPostgresLog<DomainEvent>({ pool, catalogue, random: systemRandom, lookEvery: 600_000 });
  t.teardown(() => log.close());
  const one = runner(log, [tally()]);
  await one.ensure();

  for (let round = 1; round <= 3; round += 1) {
    for (let n = 1; n <= 5; n += 1) await add(log, `stream_${n % 2}`, n, n);
    const before = await rowsOf(pool);
    const child = fork(fileURLToPath(new URL('./killed.ts', import.meta.url)), [url]);
    t.teardown(() => void child.kill('SIGKILL'));
    await once(child, 'message');
    t.same(await rowsOf(pool), before, 'nothing of it is to be seen');
    // It holds the model until it is gone.
    const advancing = one.advance('reviews');
    child.kill('SIGKILL');
    await advancing;
    t.same(await rowsOf(pool), await expectedRows(log));
  }
});
