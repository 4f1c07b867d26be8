import t from 'tap';
import { database, expectedRows, memoryLog, rowsOf } from './kit.ts';
import { add, tally } from './tally.ts';

/** A small generator of numbers from 0 to below 1, the same for the same seed (mulberry32). */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

for (const seed of [1, 2, 3, 4]) {
  t.test(`hints that are dropped, doubled, late and out of order end in the same rows (seed ${seed})`, async (t) => {
    const random = randomFrom(seed);
    const log = memoryLog();
    const { pool, runner } = await database(t);
    const runners = [1, 3, 500].map((batch) => runner(log, [tally()], batch));
    await runners[0]?.ensure();
    const late: (() => Promise<unknown>)[] = [];
    const underWay: Promise<unknown>[] = [];
    for (let n = 1; n <= 60; n += 1) {
      await add(log, `stream_${n % 4}`, ...Array.from({ length: 1 + Math.floor(random() * 3) }, () => n));
      const hint = () => runners[Math.floor(random() * runners.length)]?.advance('reviews') ?? Promise.resolve();
      const fate = random();
      if (fate < 0.3) continue;
      if (fate < 0.5) late.unshift(hint);
      else underWay.push(...Array.from({ length: fate < 0.7 ? 3 : 1 }, hint));
      if (random() < 0.2) await late.pop()?.();
    }
    await Promise.all([...underWay, ...late.map((hint) => hint())]);
    // What no hint told of is found by the sweeper.
    await runners[1]?.advance('reviews');
    t.same(await rowsOf(pool), await expectedRows(log));
  });
}
