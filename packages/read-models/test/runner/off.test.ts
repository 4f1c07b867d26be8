import { createMemoryStore } from '@averment/event-log/testing';
import t, { type Test } from 'tap';
import { backupOf, database, expectedRows, memoryLog, rowsOf } from './kit.ts';
import { add, type Dislikes, tally } from './tally.ts';

const off = (position: string, what: RegExp) => ({
  name: 'ModelOff',
  message: new RegExp(`the read model reviews is at position ${position}, ${what.source}.*npm run rebuild -- reviews`),
});

/** A model that has followed a log of eleven events, and the log as it comes back from a backup of the first seven. */
const cutBack = async (t: Test) => {
  const store = createMemoryStore();
  const log = memoryLog(store);
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  for (let n = 1; n <= 11; n += 1) await add(log, `stream_${n % 3}`, n);
  await one.advance('reviews');
  t.same(await one.off(), new Map());
  return { pool, runner, log: memoryLog(backupOf(store, 7)), rows: await rowsOf(pool) };
};

t.test('a model ahead of the log stops, says so, takes nothing when the log has grown past it, and a rebuild mends it', async (t) => {
  const { pool, runner, log, rows } = await cutBack(t);
  const one = runner(log, [tally()]);
  const ahead = off('11', /and the event log ends at 7/);
  await t.rejects(one.advance('reviews'), ahead);
  t.match([...(await one.off())], [['reviews', ahead.message]]);
  for (let n = 1; n <= 9; n += 1) {
    await add(log, `stream_${n % 2}`, 100 + n);
    await t.rejects(one.advance('reviews'), { name: 'ModelOff' }, `also with ${7 + n} events`);
  }
  const other = off('11', /where the event log has another event/);
  await t.rejects(one.advance('reviews'), other);
  t.match([...(await one.off())], [['reviews', other.message]]);
  t.same(await rowsOf(pool), rows, 'nothing was written');

  t.match(await one.rebuild('reviews', { compareOnly: true }), { comparison: null, swapped: false });
  t.same(await rowsOf(pool), rows);
  t.match(await one.rebuild('reviews'), { comparison: null, swapped: true, position: 16n });
  t.same(await one.off(), new Map());
  t.same(await rowsOf(pool), await expectedRows(log));
  await add(log, 'stream_1', 1000);
  await one.advance('reviews');
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('a process that had followed on in memory stops as well, and goes on once another one has mended the model', async (t) => {
  const store = createMemoryStore();
  const log = memoryLog(store);
  const { pool, runner } = await database(t);
  const events = () => inPlace.readAll(0n, 1000);
  let now = log;
  // The same process, under whom the log is exchanged, and whose log has not noticed.
  const inPlace: typeof log = {
    ...log,
    readAll: (...given) => now.readAll(...given),
    readStream: (...given) => now.readStream(...given),
    head: () => now.head(),
    holds: (mark) => now.holds(mark),
    requireSame: () => now.requireSame(),
  };
  const one = runner(inPlace, [tally()]);
  await one.ensure();
  for (let n = 1; n <= 11; n += 1) await add(log, `stream_${n % 3}`, n);
  await one.advance('reviews');
  const rows = await rowsOf(pool);
  now = memoryLog(backupOf(store, 7));
  for (let n = 1; n <= 9; n += 1) await add(now, `stream_${n % 2}`, 100 + n);
  await t.rejects(one.advance('reviews'), off('11', /where the event log has another event/), 'though there is more to read');
  t.same(await rowsOf(pool), rows);
  t.equal((await events()).length, 16);
  await runner(now, [tally()]).rebuild('reviews');
  await add(now, 'stream_1', 1000);
  await one.advance('reviews');
  t.same(await rowsOf(pool), await expectedRows(now));
});

t.test('a model of another log is off wherever it stands, and one that has heard of fewer restores is not', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  await runner(log, [tally()]).ensure();
  const other = runner(log, [tally()], 500, 'other.0');
  await t.rejects(other.advance('reviews'), {
    name: 'ModelOff',
    message: /built from another event log: `npm run rebuild -- reviews`/,
  });
  await add(log, 'stream_1', 1, 2);
  const restored = runner(log, [tally()], 500, 'test.4');
  await restored.advance('reviews');
  t.same(await rowsOf(pool), await expectedRows(log));
  t.same((await pool.query('SELECT log, position::int, seen_at::int FROM reviews_v1.checkpoint')).rows, [
    { log: 'test.4', position: 2, seen_at: 2 },
  ]);
  t.match(await other.rebuild('reviews'), { swapped: true, comparison: null });
  t.same(await other.off(), new Map());
});

t.test('a model whose checkpoint is gone is built anew, by a rebuild and at a start', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  await add(log, 'stream_1', 1, 2);
  for (const mend of [() => one.rebuild('reviews'), () => one.ensure()]) {
    await pool.query('DELETE FROM reviews_v1.checkpoint');
    await t.rejects(one.advance('reviews'), { name: 'ModelMissing' });
    await mend();
    t.same(await rowsOf(pool), await expectedRows(log));
  }
});

t.test('what waits in a model that is off is neither retried nor skipped, and what was skipped there is asked again', async (t) => {
  const store = createMemoryStore();
  const log = memoryLog(store);
  const dislikes: Dislikes = { amounts: new Set([13, 14]) };
  const { pool, runner } = await database(t);
  const one = runner(log, [tally({ dislikes })]);
  await one.ensure();
  await add(log, 'stream_1', 1);
  await add(log, 'stream_2', 2);
  await add(log, 'stream_1', 13);
  await add(log, 'stream_2', 14);
  await one.advance('reviews');
  const [skipped, parked] = await one.parked();
  await one.skip(skipped?.id ?? '', 'admin');

  const cut = memoryLog(backupOf(store, 2));
  const two = runner(cut, [tally({ dislikes })]);
  // In the place of what was skipped.
  await add(cut, 'stream_1', 3);
  await t.rejects(two.retry(parked?.id ?? '', 'admin'), { name: 'ModelOff' });
  await t.rejects(two.skip(parked?.id ?? '', 'admin'), { name: 'ModelOff' });
  await two.rebuild('reviews');
  t.same(await two.parked(), []);
  t.same(await rowsOf(pool), await expectedRows(cut), 'another event is not left out');
});

t.test('the model is not off because another log lies there for a while', async (t) => {
  const { log, runner } = await cutBack(t);
  const seen = { ...log, requireSame: async () => Promise.reject(new Error('another log')) };
  await t.rejects(runner(seen, [tally()]).off(), /another log/);
});
