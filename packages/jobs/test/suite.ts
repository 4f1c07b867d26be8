import { createLogger } from '@averment/platform';
import type { TAP, Test } from 'tap';
import { createJobs, type Jobs, type JobsStore } from '../src/index.ts';

export const logger = createLogger({ level: 'silent', name: 'test' });

/** Counts the runs of a handler, and lets a test wait for one that began after it asked. */
export const counter = (): { handler: () => Promise<void>; runs: () => number; most: () => number; next: () => Promise<void> } => {
  let runs = 0;
  let under = 0;
  let most = 0;
  let waiting: (() => void)[] = [];
  return {
    handler: async () => {
      runs += 1;
      under += 1;
      most = Math.max(most, under);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    },
    runs: () => runs,
    most: () => most,
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
};

/** Hints until the handler runs: any hint may be lost, but not all of them. */
export const arrives = async (jobs: Pick<Jobs, 'hint'>, count: ReturnType<typeof counter>): Promise<void> => {
  const ran = count.next();
  jobs.hint('a');
  const hinting = setInterval(() => jobs.hint('a'), 20);
  await ran;
  clearInterval(hinting);
};

/** What jobs promise, on whatever store. */
export const jobsSuite = (t: TAP | Test, storeOf: () => Promise<JobsStore>): void => {
  const open = async (t: Test, store: JobsStore): Promise<Jobs> => {
    const jobs = await createJobs({ store, logger });
    t.teardown(() => jobs.close());
    return jobs;
  };

  t.test('a hint from another process runs the handler of its name', async (t) => {
    const store = await storeOf();
    const [producer, consumer] = [await open(t, store), await open(t, store)];
    const [one, other] = [counter(), counter()];
    await consumer.work({ one: one.handler, other: other.handler });
    for (const { count, name } of [
      { count: one, name: 'one' },
      { count: other, name: 'other' },
      { count: one, name: 'one' },
    ]) {
      const ran = count.next();
      producer.hint(name);
      await ran;
    }
    producer.hint('unknown');
    const ran = one.next();
    producer.hint('one');
    await ran;
    t.equal(other.runs(), 1);
    await t.rejects(consumer.work({}), { name: 'TypeError' });
  });

  t.test('a hint for later comes at its time, keeps none of now back, and many for one time are one', async (t) => {
    const store = await storeOf();
    const [producer, consumer] = [await open(t, store), await open(t, store)];
    const [later, now] = [counter(), counter()];
    const time = new Date(Date.now() + 3000);
    for (let n = 0; n < 5; n += 1) producer.hintAt('later', time);
    let counts = await producer.counts();
    while (counts.averment?.delayed === 0) counts = await producer.counts();
    t.equal(counts.averment?.delayed, 1);
    await consumer.work({ later: later.handler, now: now.handler });
    for (const hint of [() => producer.hint('later'), () => producer.hintAt('later', new Date(0))]) {
      const ran = later.next();
      hint();
      await ran;
    }
    t.ok(Date.now() < time.getTime() || later.runs() > 2);
    while (Date.now() < time.getTime()) await new Promise((resolve) => setTimeout(resolve, 10));
    while (later.runs() < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    t.equal(now.runs(), 0);
  });

  t.test('what waits and what runs is counted, whoever put it there', async (t) => {
    const store = await storeOf();
    const [producer, consumer] = [await open(t, store), await open(t, store)];
    const [running, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await consumer.work({
      a: async () => {
        running.resolve();
        await release.promise;
      },
    });
    producer.hint('a');
    await running.promise;
    producer.hint('b');
    const settled = async (waiting: number, active: number) => {
      let counts = await consumer.counts();
      while (counts.averment?.waiting !== waiting || counts.averment?.active !== active) counts = await consumer.counts();
      return counts;
    };
    t.same(await settled(1, 1), { averment: { waiting: 1, active: 1, delayed: 0 } });
    release.resolve();
    t.same(await settled(0, 0), { averment: { waiting: 0, active: 0, delayed: 0 } });
  });

  t.test('after the last hint of a burst the handler runs once more, and never twice at a time', async (t) => {
    const store = await storeOf();
    const [producer, one, two] = [await open(t, store), await open(t, store), await open(t, store)];
    const count = counter();
    await one.work({ a: count.handler });
    await two.work({ a: count.handler });
    let last = Promise.resolve();
    for (let n = 0; n < 300; n += 1) {
      last = count.next();
      producer.hint('a');
      if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await last;
    t.equal(count.most(), 1);
    t.ok(count.runs() < 300, `${count.runs()} runs for 300 hints`);
  });

  t.test('a handler that throws is run again at the next hint', async (t) => {
    const jobs = await open(t, await storeOf());
    const count = counter();
    await jobs.work({
      a: async () => {
        await count.handler();
        throw new Error('not now');
      },
    });
    for (let n = 1; n <= 3; n += 1) {
      const ran = count.next();
      jobs.hint('a');
      await ran;
      t.equal(count.runs(), n);
    }
  });
};
