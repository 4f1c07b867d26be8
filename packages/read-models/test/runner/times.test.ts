import type { DomainEvent } from '@averment/domain';
import { LogUnavailable } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { systemRandom } from '@averment/platform';
import t from 'tap';
import { times } from '../../src/runner/index.ts';
import { toMicroseconds } from '../../src/runner/times.ts';
import { database } from './kit.ts';
import { add, append, catalogue, newerCatalogue } from './tally.ts';

/** Milliseconds that no test takes. */
const long = 600_000;
const start = Date.UTC(2026, 0, 1);
const at = (milliseconds: number) => new Date(start + milliseconds).toISOString();
/** That very microsecond. */
const instant = (milliseconds: number) => ({ begins: toMicroseconds(at(milliseconds)), ends: toMicroseconds(at(milliseconds)) });

const clockedLog = (kinds = catalogue) => {
  let now = start;
  const log = createMemoryLog<DomainEvent>({ catalogue: kinds, clock: { now: () => new Date(now) }, random: systemRandom });
  return { log, set: (milliseconds: number) => void (now = start + milliseconds) };
};

t.test('a time is resolved to the last append that was recorded at or before it', async (t) => {
  const { log, set } = clockedLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [times]);
  await one.ensure();
  const appends: { time: number; position: bigint }[] = [];
  for (const time of [1000, 1001, 1040, 1099, 1100, 1150, 1150, 2500, 2500, 2500, 9000]) {
    set(time);
    appends.push({ time, position: await add(log, 'stream_1', 1, 2, 3) });
  }
  set(10_000);
  await one.advance('times');
  for (const time of [0, 999, 1000, 1001, 1002, 1039, 1040, 1099, 1100, 1149, 1150, 1151, 2499, 2501, 8999, 9000, 10_000]) {
    // Several appends of one millisecond are stamped as microseconds apart: the first of them is at the millisecond itself.
    const wanted =
      appends.filter((one, index) => one.time < time || (one.time === time && appends[index - 1]?.time !== time)).at(-1)?.position ?? 0n;
    t.same(await one.positionAt(instant(time), long), { at: wanted }, `at ${time} ms`);
  }
  t.same(await one.positionAt(instant(10_001), long), { later: new Date(at(10_000)) });
  const { rows } = await pool.query('SELECT position::int FROM times_v2.times ORDER BY stamp');
  t.same(
    rows.map(({ position }) => position),
    [1, 13, 22, 31],
    'one row for each tenth of a second with events',
  );
});

t.test('the rows follow from the log alone, whatever the size of the batches', async (t) => {
  const { log, set } = clockedLog();
  for (let n = 0; n < 60; n += 1) {
    set(n * 37);
    await add(log, 'stream_1', ...Array.from({ length: 1 + (n % 4) }, () => n));
  }
  const seen: unknown[] = [];
  for (const batch of [1, 7, 500]) {
    const { pool, runner } = await database(t);
    const one = runner(log, [times], batch);
    await one.ensure();
    const { rows } = await pool.query('SELECT stamp::text, position::int FROM times_v2.times ORDER BY stamp');
    seen.push(rows);
  }
  t.same(seen[0], seen[1]);
  t.same(seen[1], seen[2]);
});

t.test('a clock that was set back moves no time', async (t) => {
  const { log, set } = clockedLog();
  const { runner } = await database(t);
  const one = runner(log, [times]);
  await one.ensure();
  set(5000);
  const first = await add(log, 'stream_1', 1);
  set(1000);
  await add(log, 'stream_1', 2);
  set(6000);
  await one.advance('times');
  t.same(await one.positionAt(instant(4000), long), { at: 0n });
  t.same(await one.positionAt(instant(5000), long), { at: first });
  t.same(await one.positionAt(instant(5001), long), { at: first + 1n });
});

t.test('an answer waits until the times are as far as the log was when its clock had passed', async (t) => {
  const { log, set } = clockedLog();
  const { runner } = await database(t);
  const one = runner(log, [times]);
  await one.ensure();
  set(1000);
  const position = await add(log, 'stream_1', 1);
  set(2000);
  t.same(await one.positionAt(instant(1500), 1), { behind: true });
  const waits = one.positionAt(instant(1500), long);
  await one.advance('times');
  t.same(await waits, { at: position });
});

t.test('a time after which something was recorded is answered without a word to the log that it would have to keep', async (t) => {
  const { log, set } = clockedLog();
  let asked = 0;
  const full: typeof log = {
    ...log,
    now: async () => {
      asked += 1;
      throw new LogUnavailable('there is no room');
    },
  };
  const { runner } = await database(t);
  const one = runner(full, [times]);
  await one.ensure();
  set(1000);
  const position = await add(log, 'stream_1', 1);
  set(2000);
  await add(log, 'stream_1', 2);
  await one.advance('times');
  // Not yet read by the model: what it has read is enough.
  set(3000);
  await add(log, 'stream_1', 3);
  t.same(await one.positionAt(instant(999), long), { at: 0n });
  t.same(await one.positionAt(instant(1000), long), { at: position });
  t.same(await one.positionAt(instant(1999), long), { at: position });
  t.equal(asked, 0);
  await t.rejects(one.positionAt(instant(2500), long), { name: 'LogUnavailable' });
});

t.test('an event that cannot be decoded has its time like any other', async (t) => {
  const { log, set } = clockedLog(newerCatalogue);
  const older: typeof log = {
    ...log,
    readAll: async (...args) =>
      (await log.readAll(...args)).map((event) =>
        event.type in catalogue ? event : { ...event, undecodable: 'unknown_type' as const, error: '' },
      ),
  };
  const { runner } = await database(t);
  const one = runner(older, [times]);
  await one.ensure();
  set(1000);
  const position = await append(log, 'stream_1', 'Subtracted', { amount: 1 });
  set(2000);
  await one.advance('times');
  t.same(await one.parked(), []);
  t.same(await one.positionAt(instant(1000), long), { at: position });
});

t.test('digits beyond microseconds are cut off', async (t) => {
  t.equal(toMicroseconds('2026-01-01T00:00:00Z'), '2026-01-01T00:00:00.000000Z');
  t.equal(toMicroseconds('2026-01-01T00:00:00.5Z'), '2026-01-01T00:00:00.500000Z');
  t.equal(toMicroseconds('2026-01-01T00:00:00.123456789Z'), '2026-01-01T00:00:00.123456Z');
});
