import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { database, expectedRows, memoryLog, rowsOf } from './kit.ts';
import { add, append, catalogue, newerCatalogue, tally } from './tally.ts';

const unknowing =
  <A extends unknown[]>(read: (...args: A) => ReturnType<EventLog<DomainEvent>['readAll']>): typeof read =>
  async (...args) =>
    (await read(...args)).map((event) =>
      event.type in catalogue
        ? event
        : { ...event, undecodable: 'unknown_type' as const, error: `this program knows no ${event.type}`, type: event.type as string },
    );

t.test('a poison event parks its stream and nothing else', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const dislikes = { amounts: new Set([13]) };
  for (const batch of [1, 500]) {
    await pool.query('DROP SCHEMA IF EXISTS reviews_v1 CASCADE; TRUNCATE runner.parked');
    const one = runner(log, [tally({ dislikes })], batch);
    if (batch === 1) {
      await one.ensure();
      await add(log, 'stream_1', 1, 2);
      await add(log, 'stream_2', 10);
      await add(log, 'stream_1', 3, 13, 4);
      await add(log, 'stream_2', 20);
      await add(log, 'stream_1', 5);
      await add(log, 'stream_3', 30);
    } else {
      await one.ensure();
    }
    await one.advance('reviews');
    const waits = (event: { stream: string; revision: number }) => event.stream === 'stream_1' && event.revision >= 2;
    t.same(await rowsOf(pool), await expectedRows(log, waits), `with batches of ${batch}`);
    t.equal(await one.position(['reviews']), await log.head(), 'it counts as passed');
    const status = (await one.status(['reviews'])).get('reviews');
    t.same([...(status?.parked ?? [])], ['stream_1']);
    const [parked, ...others] = await one.parked();
    t.same(others, []);
    t.match(parked, {
      projection: 'reviews',
      stream: 'stream_1',
      revision: 3,
      position: '5',
      type: 'Added',
      error: 'nobody likes 13',
      attempts: 3,
      state: 'parked',
      at: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    });
  }
});

t.test('a retry applies what has waited, with the original positions', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const dislikes = { amounts: new Set([13]) };
  const one = runner(log, [tally({ dislikes })]);
  await one.ensure();
  await add(log, 'stream_1', 1, 13, 2);
  await add(log, 'stream_2', 10);
  await one.advance('reviews');
  await add(log, 'stream_1', 3);
  await one.advance('reviews');
  const [parked] = await one.parked();
  const id = parked?.id ?? '';

  t.same(await one.retry(id, 'admin'), { outcome: 'parked', revision: 1, error: 'nobody likes 13' });
  t.match(await one.parked(), [{ id, attempts: 6 }]);

  // Now two numbers are poison: the retry gets as far as the second.
  dislikes.amounts = new Set([3]);
  t.same(await one.retry(id, 'admin'), { outcome: 'parked', revision: 3, error: 'nobody likes 3' });
  t.same(await rowsOf(pool), await expectedRows(log, ({ stream, revision }) => stream === 'stream_1' && revision >= 3));
  t.match(await one.parked(), [{ id, revision: 3, attempts: 3 }]);

  dislikes.amounts = new Set();
  await add(log, 'stream_1', 4);
  t.same(await one.retry(id, 'admin'), { outcome: 'applied' });
  t.same(await one.parked(), []);
  await one.advance('reviews');
  t.same(await rowsOf(pool), await expectedRows(log));
  t.same(await one.retry(id, 'admin'), { outcome: 'gone' });
  for (const none of ['', '0', 'x', '99999999999999999999']) t.same(await one.retry(none, 'admin'), { outcome: 'gone' });
});

t.test('a retry and an advance at the same time lose nothing and count nothing twice', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const dislikes = { amounts: new Set([13]) };
  const one = runner(log, [tally({ dislikes })], 2);
  const other = runner(log, [tally({ dislikes })], 3);
  await one.ensure();
  await add(log, 'stream_1', 13);
  await one.advance('reviews');
  for (let n = 1; n <= 20; n += 1) await add(log, `stream_${n % 3}`, n === 13 ? 0 : n);
  const id = (await one.parked())[0]?.id ?? '';
  dislikes.amounts = new Set();
  await Promise.all([one.advance('reviews'), other.retry(id, 'admin'), one.retry(id, 'admin'), other.advance('reviews')]);
  t.same(await one.parked(), []);
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('a skipped event is left out, now and in every rebuild', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const dislikes = { amounts: new Set([13, 14]) };
  const one = runner(log, [tally({ dislikes })]);
  await one.ensure();
  await add(log, 'stream_1', 1, 2, 13);
  await add(log, 'stream_1', 3);
  await add(log, 'stream_1', 14);
  await add(log, 'stream_1', 4);
  await one.advance('reviews');
  const [first] = await one.parked();
  t.match(first, { revision: 2 });
  t.same(await one.skip(first?.id ?? '', 'admin'), { outcome: 'parked', revision: 4, error: 'nobody likes 14' });
  const second = (await one.parked()).find(({ state }) => state === 'parked');
  t.not(second?.id, first?.id, 'it is another event');
  t.same(await one.skip(second?.id ?? '', 'admin'), { outcome: 'applied' });
  t.match(await one.parked(), [
    { id: first?.id, state: 'skipped', revision: 2, error: 'nobody likes 13' },
    { id: second?.id, state: 'skipped', revision: 4 },
  ]);
  const without = await expectedRows(log, ({ revision }) => revision === 2 || revision === 4);
  t.same(await rowsOf(pool), without);
  t.same((await one.status(['reviews'])).get('reviews')?.parked.size, 0);
  t.same(await one.skip(first?.id ?? '', 'admin'), { outcome: 'gone' });

  const rebuilt = await one.rebuild('reviews');
  t.same(rebuilt.comparison?.differences, []);
  t.same(rebuilt.parked, []);
  t.same(await rowsOf(pool), without);
});

t.test('an event that cannot be decoded is poison, live and in a rebuild, until the program knows it', async (t) => {
  const newer = createMemoryLog<DomainEvent>({ catalogue: newerCatalogue, clock: systemClock, random: systemRandom });
  // The same events, read by a program that does not know all of them.
  const older: EventLog<DomainEvent> = { ...newer, readAll: unknowing(newer.readAll), readStream: unknowing(newer.readStream) };
  const { pool, runner } = await database(t);
  const one = runner(older, [tally()]);
  await one.ensure();
  await add(newer, 'stream_1', 1);
  await append(newer, 'stream_1', 'Subtracted', { amount: 2 });
  await add(newer, 'stream_1', 3);
  await add(newer, 'stream_2', 4);
  await one.advance('reviews');
  const waits = ({ stream, revision }: { stream: string; revision: number }) => stream === 'stream_1' && revision > 0;
  t.same(await rowsOf(pool), await expectedRows(newer, waits));
  const [parked] = await one.parked();
  t.match(parked, { stream: 'stream_1', revision: 1, type: 'Subtracted', error: /cannot be decoded \(unknown_type\)/ });

  const rebuilt = await one.rebuild('reviews');
  t.same(rebuilt.parked, ['stream_1']);
  t.same(rebuilt.comparison?.differences, []);
  t.same(await rowsOf(pool), await expectedRows(newer, waits));
  t.match(await one.parked(), [{ id: parked?.id, revision: 1, state: 'parked' }], 'it keeps the id that admins know');

  const mended = runner(newer, [tally()]);
  t.match((await mended.rebuild('reviews')).parked, []);
  t.same(await rowsOf(pool), await expectedRows(newer));
  t.same(await mended.parked(), []);
});

t.test('when a text is erased in a stream that waits, the model is known to hold it still, and a rebuild removes it', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const dislikes = { amounts: new Set([13]) };
  const one = runner(log, [tally({ dislikes })]);
  await one.ensure();
  await add(log, 'stream_1', { amount: 1, note: 'a canary' });
  await add(log, 'stream_1', 13);
  await one.advance('reviews');
  const [stored] = await log.readStored('stream_1', 0);
  const digest = /"_sd":\["([^"]+)"\]/.exec(stored?.canonical ?? '')?.[1];
  await append(log, 'stream_1', 'TextErased', { items: [{ revision: 0, pointer: '/note', digest }], reasonCode: 'error' });
  await one.advance('reviews');
  t.match(await rowsOf(pool), [{ note: 'a canary' }]);
  t.same(await one.withErasedText(), ['reviews']);
  t.notMatch((await one.parked())[0]?.error, /13/, 'what was recorded of the failure might quote it');
  await one.rebuild('reviews');
  t.match(await rowsOf(pool), [{ note: null }]);
  t.same(await one.withErasedText(), []);
  t.match(await one.parked(), [{ revision: 1, state: 'parked' }]);
});
