import t from 'tap';
import { createLogger, createPool, createReading, createRegistry, showGauge } from '../src/index.ts';

const logger = createLogger({ level: 'silent', name: 'test' });

t.test('the use of each pool is shown, under its name', async (t) => {
  const pool = createPool({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nowhere', name: 'test', logger, max: 3 });
  t.teardown(() => pool.end());
  const text = await createRegistry({ models: pool }).metrics();
  t.match(text, 'averment_pool_connections{pool="models",state="busy"} 0');
  t.match(text, 'averment_pool_connections{pool="models",state="idle"} 0');
  t.match(text, 'averment_pool_connections_limit{pool="models"} 3');
  t.match(text, 'averment_pool_waiting{pool="models"} 0');
  t.match(text, /nodejs_eventloop_lag_p99_seconds /);
});

t.test('a gauge shows what there is to see now, and nothing from before', async (t) => {
  const register = createRegistry({});
  let seen: [{ place: string }, number][] = [[{ place: 'here' }, 1]];
  showGauge(register, { name: 'sights', help: 'Seen', labelNames: ['place'], samples: async () => seen });
  t.match(await register.metrics(), 'sights{place="here"} 1');
  seen = [[{ place: 'there' }, 2]];
  const later = await register.metrics();
  t.match(later, 'sights{place="there"} 2');
  t.notMatch(later, 'place="here"');
});

t.test('what is read is kept for a while, then read anew', async (t) => {
  let count = 0;
  let time = 0;
  const reading = createReading(async () => (count += 1), { fresh: 100, now: () => time });
  t.same(await Promise.all([reading(), reading()]), [1, 1]);
  time = 99;
  t.equal(await reading(), 1);
  time = 100;
  t.equal(await reading(), 2);
});

t.test('what fails reads as null, and is read anew later', async (t) => {
  let time = 0;
  let works = false;
  const read = async () => {
    if (!works) throw new Error('away');
    return 'here';
  };
  const reading = createReading(read, { fresh: 1, now: () => time });
  t.equal(await reading(), null);
  works = true;
  time = 1;
  t.equal(await reading(), 'here');
});

t.test('what hangs reads as null, is not begun again, and is read once it answers', async (t) => {
  let begun = 0;
  const hanging = Promise.withResolvers<string>();
  const reading = createReading(
    () => {
      begun += 1;
      return hanging.promise;
    },
    { within: 1 },
  );
  t.equal(await reading(), null);
  t.equal(await reading(), null);
  t.equal(begun, 1);
  hanging.resolve('here');
  await hanging.promise;
  t.equal(await reading(), 'here');
});
