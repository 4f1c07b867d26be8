import t from 'tap';
import { database, expectedRows, memoryLog, rowsOf } from './kit.ts';
import { add, tally } from './tally.ts';

t.test('a model has what the log has, whatever the size of the batches', async (t) => {
  const log = memoryLog();
  for (let n = 1; n <= 40; n += 1) await add(log, `stream_${n % 7}`, n, n + 1, n + 2);
  await add(log, 'other_1', 5);
  const wanted = await expectedRows(log, ({ stream }) => stream === 'other_1');

  for (const batch of [1, 2, 50, 500]) {
    const { pool, runner } = await database(t);
    const one = runner(log, [tally()], batch);
    await one.ensure();
    await one.advance('reviews');
    t.same(await rowsOf(pool), wanted);
    t.equal(await one.position(['reviews']), await log.head());
    t.same((await one.advance('reviews')).passed, 0);
  }
});

t.test('a model that is not there is said to be missing, and made with what the log has by then', async (t) => {
  const log = memoryLog();
  await add(log, 'stream_1', 1, 2);
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  t.equal(await one.position(['reviews']), null);
  t.equal(await one.lag('reviews', new Date()), null);
  await t.rejects(one.advance('reviews'), { name: 'ModelMissing' });
  await one.ensure();
  t.same(await rowsOf(pool), await expectedRows(log));
  t.equal(await one.lag('reviews', new Date()), 0);
});

t.test('several runners on one model count every event once', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const runners = [1, 2, 3].map((batch) => runner(log, [tally()], batch));
  await Promise.all(runners.map((one) => one.ensure()));

  const writing = (async () => {
    for (let n = 1; n <= 60; n += 1) await add(log, `stream_${n % 5}`, n, -n + 1);
  })();
  const advancing = runners.map(async (one) => {
    while ((await one.advance('reviews')).position < (await log.head()) || (await log.head()) < 120n)
      await new Promise((resolve) => setImmediate(resolve));
  });
  await Promise.all([writing, ...advancing]);
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('a zombie that wakes up late changes nothing', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  let wake: () => void = () => undefined;
  const asleep = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let sleeps: () => void = () => undefined;
  const sleeping = new Promise<void>((resolve) => {
    sleeps = resolve;
  });
  // It has read the log, and then goes to sleep before it writes.
  const late: typeof log = {
    ...log,
    readAll: async (after, limit, options) => {
      const events = await log.readAll(after, limit, options);
      if (events.length > 0) {
        sleeps();
        await asleep;
      }
      return events;
    },
  };
  const zombie = runner(late, [tally()]);
  const other = runner(log, [tally()]);
  await other.ensure();
  await add(log, 'stream_1', 1, 2);
  const advancing = zombie.advance('reviews');
  await sleeping;
  await other.advance('reviews');
  await add(log, 'stream_1', 3);
  await other.advance('reviews');
  const before = await rowsOf(pool);
  wake();
  await advancing;
  t.same(await rowsOf(pool), before);
  t.same(before, await expectedRows(log));
});

t.test('a batch is whole or not at all', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  let fail = true;
  const one = runner(log, [
    tally({
      hold: async () => {
        if (fail) throw Object.assign(new Error('the disk is full'), { code: '53100' });
      },
    }),
  ]);
  await add(log, 'stream_1', 1, 2);
  fail = false;
  await one.ensure();
  fail = true;
  await add(log, 'stream_1', 3);
  await t.rejects(one.advance('reviews'), { message: 'the disk is full' }, 'what is no fault of the event is not parked');
  t.equal((await rowsOf(pool)).length, 2);
  t.equal(await one.position(['reviews']), 2n);
  t.same(await one.parked(), []);
  fail = false;
  await one.advance('reviews');
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('calls at the same time are one, and none is lost', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  for (let n = 1; n <= 30; n += 1) {
    const first = one.advance('reviews');
    await add(log, 'stream_1', n);
    const reached = await one.advance('reviews');
    await first;
    t.equal(reached.position, await log.head());
  }
  t.same(await rowsOf(pool), await expectedRows(log));
});
