import t from 'tap';
import { database, memoryLog, server } from './kit.ts';
import { add, tally } from './tally.ts';

const long = 600_000;

t.test('who waits is woken by the commit, in whatever process it happens', async (t) => {
  const log = memoryLog();
  const { runner } = await database(t);
  const [one, other] = [runner(log, [tally()]), runner(log, [tally()])];
  await one.ensure();
  for (let n = 1; n <= 50; n += 1) {
    const position = await add(log, 'stream_1', n);
    const waits = [other.waitFor(['reviews'], position, long), one.waitFor(['reviews'], position, long)];
    if (n % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    await one.advance('reviews');
    t.same(await Promise.all(waits), [true, true]);
  }
  t.equal(await other.waitFor(['reviews'], 1n, long), true, 'what is long reached is answered too');
  t.equal(await other.waitFor([], 99n, long), true);
});

t.test('who waits in vain is told so', async (t) => {
  const log = memoryLog();
  const { runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  t.equal(await one.waitFor(['reviews'], 1n, 1), false);
  const abort = new AbortController();
  const waits = one.waitFor(['reviews'], 1n, long, abort.signal);
  abort.abort();
  t.equal(await waits, false);
  t.equal(await one.waitFor(['reviews'], 1n, long, abort.signal), false);
  const last = one.waitFor(['reviews'], 1n, long);
  await one.close();
  t.equal(await last, false);
});

t.test('no hint is needed: a checkpoint that moves in silence is found too', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  const waits = one.waitFor(['reviews'], 5n, long);
  await pool.query('UPDATE reviews_v1.checkpoint SET position = 5');
  t.equal(await waits, true);
});

t.test('waiting survives a crash of the database', async (t) => {
  const log = memoryLog();
  const { runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  const position = await add(log, 'stream_1', 1);
  const waits = one.waitFor(['reviews'], position, long);
  await server.crash();
  await t.rejects(one.advance('reviews'));
  await server.start();
  await one.advance('reviews');
  t.equal(await waits, true);
  const next = await add(log, 'stream_1', 2);
  const again = one.waitFor(['reviews'], next, long);
  await one.advance('reviews');
  t.equal(await again, true);
});
