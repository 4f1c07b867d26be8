import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { type BatchOptions, batched, inTurn, kept, shared, together } from '../src/index.ts';

/** Work whose runs end when the test lets them. */
const byHand = <Given, T>() => {
  const runs: { given: Given; succeed: (answer: T) => void; fail: (error: Error) => void }[] = [];
  const work = (given: Given): Promise<T> =>
    new Promise((resolve, reject) => {
      runs.push({ given, succeed: resolve, fail: reject });
    });
  const run = async (index: number) => {
    for (;;) {
      const found = runs[index];
      if (found !== undefined) return found;
      await turn();
    }
  };
  return { work, runs, run };
};

/** Numbers in batches, each of which is answered with its words. */
const numbers = (options?: BatchOptions<number>) => {
  const { work, runs, run } = byHand<readonly number[], readonly string[]>();
  const ask = batched(work, options);
  const succeed = async (index: number) => {
    const { given, succeed } = await run(index);
    succeed(given.map((number) => `${number} done`));
    return given;
  };
  return { ask, runs, run, succeed };
};

t.test('batched', async (t) => {
  t.test('what comes in one turn of the event loop goes together, each has its own answer', async (t) => {
    const { ask, runs, succeed } = numbers();
    const answers = [ask(1), ask(2), ask(1)];
    t.equal(runs.length, 0, 'nothing is begun before the end of the turn');
    t.same(await succeed(0), [1, 2, 1]);
    t.same(await Promise.all(answers), ['1 done', '2 done', '1 done']);
  });

  t.test('nobody joins a run that has begun', async (t) => {
    const { ask, runs, run, succeed } = numbers();
    const first = ask(1);
    await run(0);
    const second = ask(2);
    t.same(await succeed(1), [2]);
    t.equal(await second, '2 done', 'nor waits for it');
    t.equal(runs.length, 2);
    await succeed(0);
    t.equal(await first, '1 done');
  });

  t.test('while as many runs are under way as may be, what comes gathers for the next', async (t) => {
    const { ask, runs, run, succeed } = numbers({ parallel: 2 });
    const first = ask(1);
    await run(0);
    const second = ask(2);
    await run(1);
    const later = [ask(3), ask(4)];
    await turn();
    later.push(ask(5));
    t.equal(runs.length, 2);
    await succeed(1);
    t.equal(await second, '2 done');
    t.same(await succeed(2), [3, 4, 5]);
    await succeed(0);
    t.same(await Promise.all([first, ...later]), ['1 done', '3 done', '4 done', '5 done']);
  });

  t.test(
    'a run takes from the front so many, and so much, but one that is too heavy runs alone; the rest goes at once where there is room',
    async (t) => {
      const weight = { of: (number: number) => number, most: 100 };
      const one = numbers({ parallel: 1, most: 3, weight });
      for (const number of [60, 30, 20, 500, 500, 1, 1, 1, 1]) void one.ask(number);
      const seen: (readonly number[])[] = [];
      for (let index = 0; seen.flat().length < 9; index += 1) seen.push(await one.succeed(index));
      t.same(seen, [[60, 30], [20], [500], [500], [1, 1, 1], [1]]);

      const two = numbers({ parallel: 2, most: 3 });
      for (let number = 1; number <= 7; number += 1) void two.ask(number);
      await turn();
      t.same(
        two.runs.map(({ given }) => given),
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      );
      await two.succeed(0);
      t.same(await two.succeed(2), [7]);
      await two.succeed(1);
    },
  );

  t.test('questions of one key that wait are one; once their run has begun they are asked anew', async (t) => {
    const { ask, run, succeed } = numbers({ keyOf: (number) => number % 10 });
    const first = [ask(1), ask(11), ask(2)];
    t.same((await run(0)).given, [1, 2]);
    const later = ask(21);
    t.same(await succeed(1), [21]);
    await succeed(0);
    t.same(await Promise.all([...first, later]), ['1 done', '1 done', '2 done', '21 done']);
  });

  t.test('a run that fails fails its own callers, and the next goes on', async (t) => {
    const { ask, run, succeed } = numbers({ parallel: 1 });
    const failing = [ask(1), ask(2)];
    const first = await run(0);
    const later = ask(3);
    first.fail(new Error('no'));
    for (const result of await Promise.allSettled(failing)) t.match(result, { status: 'rejected', reason: { message: 'no' } });
    t.same(await succeed(1), [3]);
    t.equal(await later, '3 done');
    const throwing = batched<number, string>(() => {
      throw new Error('at once');
    });
    await t.rejects(throwing(1), { message: 'at once' });
  });
});

t.test('shared', async (t) => {
  t.test('those who ask the same in one turn share an answer that is begun after the last of them asked', async (t) => {
    let now = 0;
    const ask = shared(async (name: string) => `${name} ${now}`);
    const answers = [ask('a'), ask('b')];
    now = 1;
    answers.push(ask('a'));
    t.same(await Promise.all(answers), ['a 1', 'b 1', 'a 1']);
    now = 2;
    t.equal(await ask('a'), 'a 2');
  });

  t.test('who asks while an answer is under way has one of their own, and waits for no other', async (t) => {
    const { work, run } = byHand<void, string>();
    const ask = shared(work);
    const first = ask();
    await run(0);
    const second = ask();
    (await run(1)).succeed('later');
    t.equal(await second, 'later');
    (await run(0)).succeed('sooner');
    t.equal(await first, 'sooner');
  });

  t.test('where runs must not overlap, who comes during one gets the next, though the first fails', async (t) => {
    const { work, runs, run } = byHand<void, number>();
    const ask = shared(work, { parallel: 1 });
    const first = ask();
    await run(0);
    const later = [ask(), ask()];
    await turn();
    later.push(ask());
    t.equal(runs.length, 1);
    (await run(0)).fail(new Error('no'));
    await t.rejects(first, { message: 'no' });
    (await run(1)).succeed(7);
    t.same(await Promise.all(later), [7, 7, 7]);
    t.equal(runs.length, 2);
  });
});

t.test('kept', async (t) => {
  t.test('it is asked at once, and whoever asks meanwhile joins, however long it takes', async (t) => {
    let now = 0;
    const { work, runs, run } = byHand<string, string>();
    const ask = kept(work, { fresh: 0, now: () => now });
    const first = ask('a');
    t.equal(runs.length, 1);
    now = 1_000_000;
    const answers = [first, ask('a')];
    const other = ask('b');
    (await run(0)).succeed('A');
    (await run(1)).succeed('B');
    t.same(await Promise.all([...answers, other]), ['A', 'A', 'B']);
  });

  t.test('an answer is good for its time, from when it was asked for', async (t) => {
    let [now, asked] = [0, 0];
    const ask = kept(
      async () => {
        now += 10;
        return (asked += 1);
      },
      { fresh: 100, now: () => now },
    );
    t.equal(await ask(), 1);
    now = 99;
    t.equal(await ask(), 1);
    now = 100;
    t.equal(await ask(), 2);
  });

  t.test('an error is told to those who wait, and not kept; nor are answers that are not to be', async (t) => {
    const { work, run } = byHand<string, number>();
    const ask = kept(work, { fresh: Number.POSITIVE_INFINITY, isKept: (number) => number > 0 });
    const failing = [ask('a'), ask('a')];
    (await run(0)).fail(new Error('no'));
    for (const result of await Promise.allSettled(failing)) t.match(result, { status: 'rejected', reason: { message: 'no' } });
    const none = ask('a');
    (await run(1)).succeed(0);
    t.equal(await none, 0);
    const some = ask('a');
    (await run(2)).succeed(1);
    t.equal(await some, 1);
    t.equal(await ask('a'), 1);
  });

  t.test('memory is bounded, the least recently used going first', async (t) => {
    const asked: string[] = [];
    const ask = kept(async (name: string) => void asked.push(name), { fresh: Number.POSITIVE_INFINITY, most: 2 });
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(name);
    t.same(asked, ['a', 'b', 'c', 'b']);
  });
});

t.test('in turn', async (t) => {
  t.test('tasks of one name run one after another, those of others beside them', async (t) => {
    const serial = inTurn();
    const said: string[] = [];
    const gate = Promise.withResolvers<void>();
    const task = (name: string, wait?: Promise<void>) => async () => {
      said.push(`${name} begins`);
      await wait;
      said.push(`${name} ends`);
      return name;
    };
    const all = [serial('a', task('a1', gate.promise)), serial('a', task('a2')), serial('b', task('b1'))];
    await all[2];
    t.strictSame(said, ['a1 begins', 'b1 begins', 'b1 ends']);
    gate.resolve();
    t.strictSame(await Promise.all(all), ['a1', 'a2', 'b1']);
    t.strictSame(said.slice(3), ['a1 ends', 'a2 begins', 'a2 ends']);
  });

  t.test('a task that fails tells its caller and holds nobody up', async (t) => {
    const serial = inTurn();
    const failing = serial('a', () => Promise.reject(new Error('broken')));
    const next = serial('a', async () => 'done');
    await t.rejects(failing, { message: 'broken' });
    t.equal(await next, 'done');
    t.equal(await serial('a', async () => 'again'), 'again');
  });

  t.test('as many may run at once as was said, the others in the order of their calls', async (t) => {
    const { work, runs, run } = byHand<string, void>();
    const some = inTurn(2);
    const all = ['1', '2', '3', '4'].map((name) => some('a', () => work(name)));
    await turn();
    t.same(
      runs.map(({ given }) => given),
      ['1', '2'],
    );
    (await run(1)).succeed();
    await all[1];
    const last = some('a', () => work('5'));
    for (const index of [2, 0, 3, 4]) (await run(index)).succeed();
    await Promise.all([...all, last]);
    t.same(
      runs.map(({ given }) => given),
      ['1', '2', '3', '4', '5'],
    );
  });
});

t.test('together', async (t) => {
  const { work, run } = byHand<number, string>();

  await t.test('answers all in their order, whichever is done first', async (t) => {
    const both = together([work(1), work(2)]);
    (await run(1)).succeed('two');
    (await run(0)).succeed('one');
    t.same(await both, ['one', 'two']);
  });

  await t.test('rejects with what failed first, once nothing is under way', async (t) => {
    let settled = false;
    const three = together([work(3), work(4), work(5)]).finally(() => {
      settled = true;
    });
    three.catch(() => undefined);
    (await run(3)).fail(new Error('first in time'));
    (await run(2)).fail(new Error('first in the list'));
    await turn();
    t.notOk(settled, 'one is under way');
    (await run(4)).succeed('late');
    await t.rejects(three, { message: 'first in time' });
  });
});
