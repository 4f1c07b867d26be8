import t from 'tap';
import { createHints } from '../src/hints.ts';

t.test('a burst is passed on at once, and once more at its end', async (t) => {
  const sent: string[] = [];
  const twice = Promise.withResolvers<void>();
  const hints = createHints({
    interval: 20,
    send: async (name) => {
      sent.push(name);
      if (sent.filter((one) => one === 'a').length === 2) twice.resolve();
    },
    failed: () => t.fail('nothing fails here'),
  });
  const burst = async () => {
    for (let n = 0; n < 500; n += 1) hints.hint('a');
    await new Promise((resolve) => setImmediate(resolve));
  };
  hints.hint('b');
  await burst();
  t.same(sent, ['b', 'a'], 'without waiting for more, and what comes in one turn is one');
  await burst();
  await burst();
  await twice.promise;
  await hints.close();
  t.same(sent, ['b', 'a', 'a']);
});

t.test('one at a time, and what is hinted while one is under way is passed on after it', async (t) => {
  let under = 0;
  let most = 0;
  let count = 0;
  const enough = Promise.withResolvers<void>();
  const hints = createHints({
    interval: 1,
    send: async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      count += 1;
      if (count < 5) hints.hint('a');
      else enough.resolve();
      under -= 1;
    },
    failed: () => t.fail('nothing fails here'),
  });
  hints.hint('a');
  await enough.promise;
  await hints.close();
  t.equal(most, 1);
  t.equal(count, 5);
});

t.test('what fails is told, and the next hint is passed on', async (t) => {
  const failures: unknown[] = [];
  let count = 0;
  const again = Promise.withResolvers<void>();
  const hints = createHints({
    interval: 1,
    send: async () => {
      count += 1;
      if (count === 1) throw new Error('away');
      again.resolve();
    },
    failed: (error) => {
      failures.push(error);
      hints.hint('a');
    },
  });
  hints.hint('a');
  await again.promise;
  await hints.close();
  t.match(failures, [{ message: 'away' }]);
  hints.hint('a');
  t.equal(count, 2, 'nothing is sent after the end');
});
