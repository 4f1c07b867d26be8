import t from 'tap';
import { createGroup } from '../src/eventstoredb/group.ts';

/** A group whose runs end when the test lets them. */
const grouping = (options: { items?: number; size?: number; parallel?: number } = {}) => {
  const runs: { items: readonly number[]; succeed: () => void; fail: (error: Error) => void }[] = [];
  let begun = () => {};
  const add = createGroup<number, string>({
    items: 100,
    size: 1000,
    parallel: 1,
    ...options,
    sizeOf: (item) => item,
    run: (items) =>
      new Promise((resolve, reject) => {
        runs.push({ items, succeed: () => resolve(items.map((item) => `${item} done`)), fail: reject });
        begun();
      }),
  });
  const run = async (index: number) => {
    while (!runs[index])
      await new Promise<void>((resolve) => {
        begun = resolve;
      });
    return runs[index];
  };
  return { add, run, runs };
};

t.test('what comes while a run is on its way goes together in the next', async (t) => {
  const { add, run } = grouping();
  const first = [add(1), add(2)];
  t.same((await run(0)).items, [1, 2]);
  const second = [add(3), add(4), add(5)];
  (await run(0)).succeed();
  t.same(await Promise.all(first), ['1 done', '2 done']);
  t.same((await run(1)).items, [3, 4, 5]);
  (await run(1)).succeed();
  t.same(await Promise.all(second), ['3 done', '4 done', '5 done']);
});

t.test('a run has a longest list and a largest size, but for one item that is larger', async (t) => {
  const { add, run } = grouping({ items: 3, size: 100 });
  for (const item of [60, 30, 20, 500, 500, 1, 1, 1, 1]) void add(item);
  const seen: (readonly number[])[] = [];
  for (let index = 0; seen.flat().length < 9; index += 1) {
    const { items, succeed } = await run(index);
    seen.push(items);
    succeed();
  }
  t.same(seen, [[60, 30], [20], [500], [500], [1, 1, 1], [1]]);
});

t.test('a run that fails fails its own callers, and the next goes on', async (t) => {
  const { add, run } = grouping();
  const failing = [add(1), add(2)];
  const first = await run(0);
  const later = add(3);
  first.fail(new Error('no'));
  for (const result of await Promise.allSettled(failing)) t.match(result, { status: 'rejected', reason: { message: 'no' } });
  (await run(1)).succeed();
  t.equal(await later, '3 done');
});

t.test('several runs may be on their way', async (t) => {
  const { add, run, runs } = grouping({ parallel: 2 });
  const first = add(1);
  await run(0);
  const second = add(2);
  await run(1);
  const third = add(3);
  t.equal(runs.length, 2);
  (await run(1)).succeed();
  t.equal(await second, '2 done');
  t.same((await run(2)).items, [3]);
  (await run(0)).succeed();
  (await run(2)).succeed();
  t.same(await Promise.all([first, third]), ['1 done', '3 done']);
});
