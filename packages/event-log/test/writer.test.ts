import { randomUUID } from 'node:crypto';
import pg from 'pg';
import t, { type Test } from 'tap';
import { LogUnavailable } from '../src/index.ts';
import { createPostgresLog } from '../src/postgres/log.ts';
import { takeBatch } from '../src/postgres/writer.ts';
import { follow } from './contract/suite.ts';
import { cutProxy } from './cut-proxy.ts';
import { catalogue, decoded, event, mark, newStream, note, random, type TestEvent } from './events.ts';
import { databases, patient, poolOf } from './postgres.ts';

const { server, newDatabase } = await databases(t);

t.test('a batch has each stream once, keeps the order of each stream, and is bounded', async (t) => {
  const queue = ['a', 'b', 'a', 'c', 'a', 'd'].map((stream, n) => ({ stream, n, size: n === 3 ? 100 : 10 }));
  const limits = { batchAppends: 3, batchLength: 105 };
  const taken = () => takeBatch(queue, limits).map(({ stream, n }) => `${stream}${n}`);
  t.same(taken(), ['a0', 'b1'], 'the third would be too long');
  t.same(taken(), ['a2'], 'the next is too long beside it');
  t.same(taken(), ['c3'], 'what is too long by itself goes alone');
  t.same(taken(), ['a4', 'd5']);
  t.same(taken(), []);
  t.same(queue, []);
});

t.test('an append that the server refuses fails alone', async (t) => {
  const { pool, open } = await newDatabase(t);
  await pool.query("ALTER TABLE log.events ADD CONSTRAINT no_poison CHECK (stream <> 'poison')");
  const log = await open();
  const good = (count: number) => Array.from({ length: count }, () => log.append(newStream(), -1, [note('good'), mark()]));
  const results = await Promise.allSettled([...good(10), log.append('poison', -1, [mark()]), ...good(10)]);
  t.match(results[10], { status: 'rejected', reason: { code: '23514' } });
  t.notMatch(results[10], { reason: { name: 'LogUnavailable' } });
  for (const [index, result] of results.entries()) {
    if (index !== 10) t.match(result, { status: 'fulfilled', value: { outcome: 'written', revision: 1 } });
  }
  t.equal((await follow(log)).length, 40);
  t.match(await log.append(newStream(), -1, [mark()]), { outcome: 'written' }, 'and the writer goes on');
});

t.test('what is told of an append has to be what it holds, whoever calls', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  await log.append('known', -1, [mark()]);
  type Told = { streams: (string | null)[]; expected: (number | null)[]; counts: (number | null)[]; append: number[]; nth: number[] };
  const call = ({ streams, expected, counts, append, nth }: Told, events = append.length) =>
    pool.query('SELECT * FROM log.append_batch($1, $2, $3, $4, $5, $6::uuid[], $7, $8::bytea[], $9, $10)', [
      ...[streams, expected, counts, append, nth, append.map(() => randomUUID()), append.map(() => 'Marked')],
      ...[Array(events).fill(Buffer.alloc(32)), append.map(() => '{}'), append.map(() => '')],
    ]);
  const told: Told = { streams: ['a', 'b'], expected: [-1, -1], counts: [2, 1], append: [1, 1, 2], nth: [1, 2, 1] };
  const wrong: [string, Partial<Told>][] = [
    ['a hole behind the append, which has no end', { counts: [1000, 1] }],
    ['a hole between two', { counts: [3, 1] }],
    ['the head before the last event', { counts: [10, -9] }],
    ['an event beside its append', { counts: [2, 0] }],
    ['how many is not said', { counts: [2, null] }],
    ['an event far away', { nth: [1, 2000, 1] }],
    ['one place twice', { nth: [1, 1, 1] }],
    ['before the append', { nth: [0, 1, 1] }],
    ['in another order', { append: [1, 2, 1], nth: [1, 1, 2] }],
    ['of no append', { append: [1, 1, 3] }],
    ['one stream twice', { streams: ['a', 'a'] }],
    ['of no stream', { streams: ['a', null] }],
    ['after nothing', { expected: [-1] }],
    ['less than was said', { append: [1, 1], nth: [1, 2] }],
  ];
  for (const [what, more] of wrong) await t.rejects(call({ ...told, ...more }), { code: '22023' }, what);
  await t.rejects(call(told, 2), { code: '22023' }, 'an event without a hash');
  const { rows } = await pool.query('SELECT position::int, (SELECT count(*)::int FROM log.events) AS events FROM log.head');
  t.same(rows, [{ position: 1, events: 1 }], 'nothing was written');
  t.match((await call({ ...told, expected: [-1, null] })).rows, [{ outcome: 'written', position: 3n }, { outcome: 'wrong_revision' }]);
  t.match(await log.append('known', 0, [mark()]), { outcome: 'written', position: 4n }, 'and the log goes on');
});

/** Holds the log's lock, so that appends stand still until it is given back. */
const holdLog = async (t: Test, url: string) => {
  // Inside the holder's transaction the activity would be seen as it was at first.
  const watcher = poolOf(t, url);
  const holder = new pg.Client(url);
  await holder.connect();
  t.teardown(() => holder.end());
  await holder.query('BEGIN');
  await holder.query('SELECT log.lock()');
  const waiting = async (): Promise<number[]> => {
    const { rows } = await watcher.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%append_batch%' AND datname = current_database()",
    );
    return rows.length > 0 ? rows.map(({ pid }) => pid) : waiting();
  };
  return {
    /** The processes of the server that wait for the log. */
    waiting,
    terminate: (pid: number | undefined) => watcher.query('SELECT pg_terminate_backend($1)', [pid]),
    release: () => holder.query('COMMIT'),
  };
};

t.test('appends gather while one transaction is on its way, and share the next', async (t) => {
  const { url, pool, open } = await newDatabase(t);
  const log = await open();
  const hold = await holdLog(t, url);
  const first = log.append(newStream(), -1, [mark()]);
  await hold.waiting();
  const rest = Array.from({ length: 14 }, () => log.append(newStream(), -1, [mark()]));
  await hold.release();
  await Promise.all([first, ...rest]);
  const { rows } = await pool.query<{ count: string }>('SELECT count(DISTINCT xmin::text) FROM log.events');
  t.equal(Number(rows[0]?.count), 2, 'two transactions for 15 appends');
});

t.test('after a lost connection the same bytes are sent again', async (t) => {
  const { url, open } = await newDatabase(t);
  const log = await open();
  const hold = await holdLog(t, url);
  const streams = Array.from({ length: 5 }, newStream);
  const appends = streams.map((stream) => log.append(stream, -1, [note('once'), mark()]));
  const [pid] = await hold.waiting();
  await hold.terminate(pid);
  await hold.release();
  for (const outcome of await Promise.all(appends)) t.match(outcome, { outcome: 'written', revision: 1 });
  t.equal((await follow(log)).length, 10);
});

t.test('where many come, two transactions are on their way, and a stream is in one of them alone', async (t) => {
  const { url, open } = await newDatabase(t);
  const log = await open({ halve: 4 });
  const hold = await holdLog(t, url);
  // Fewer than two appends a stream: half of all that come must leave streams to the other half.
  const streams = Array.from({ length: 20 }, newStream);
  const longer = streams.slice(0, 9);
  const appends = [streams, longer].flatMap((some, nth) =>
    some.map((stream) => log.append(stream, 2 * nth - 1, [note(`part ${nth}`), mark()])),
  );
  const both = async (): Promise<number[]> => {
    const pids = await hold.waiting();
    return pids.length === 2 ? pids : both();
  };
  const [pid] = await both();
  await hold.terminate(pid);
  await hold.release();
  for (const outcome of await Promise.all(appends)) t.match(outcome, { outcome: 'written' });
  const all = await follow(log);
  t.equal(all.length, 58);
  for (const stream of streams) {
    const own = all.filter((each) => each.stream === stream).map(({ revision }) => revision);
    t.strictSame(own, longer.includes(stream) ? [0, 1, 2, 3] : [0, 1]);
  }
});

t.test('an answer that is lost after the commit makes no second event', async (t) => {
  const { url, open } = await newDatabase(t);
  const proxy = await cutProxy(t, url);
  const direct = await open();
  const log = await createPostgresLog<TestEvent>({ pool: poolOf(t, proxy.url), catalogue, random, ...patient });
  t.teardown(() => log.close());
  await log.append(newStream(), -1, [mark()]);

  const stream = newStream();
  const lost = proxy.loseNextAnswer();
  const outcome = await log.append(stream, -1, [note('once'), mark()]);
  await lost;
  const read = (await direct.readStream(stream, 0)).map(decoded);
  t.same(outcome, { outcome: 'repeated', revision: 1, position: read[1]?.position });
  t.equal(read.length, 2);
  t.equal(read[0]?.data.title, 'once');
});

t.test('an outage is told after the deadline, and survived', async (t) => {
  const { open } = await newDatabase(t);
  const log = await open({ deadline: 100 });
  const stream = newStream();
  const sent = [note('kept')];
  await log.append(newStream(), -1, [mark()]);
  await server.stop();
  await t.rejects(log.append(stream, -1, sent), LogUnavailable);
  await t.rejects(log.readStream(stream, 0), LogUnavailable);
  await t.rejects(log.readAll(0n, 1), LogUnavailable);
  await t.rejects(log.head(), LogUnavailable);
  await t.rejects(log.now(), LogUnavailable);
  await server.start();
  t.match(await log.append(stream, -1, sent), { outcome: 'written', revision: 0 });
});

t.test('a server that does not answer is told after the deadline, and the append found when it is repeated', async (t) => {
  const { url, open } = await newDatabase(t);
  const log = await open({ deadline: 50, answerWithin: 50 });
  const hold = await holdLog(t, url);
  const stream = newStream();
  const sent = [note('kept')];
  await t.rejects(log.append(stream, -1, sent), LogUnavailable);
  await hold.release();
  const patient = await open();
  const outcome = await patient.append(stream, -1, sent);
  t.match(outcome, { revision: 0 });
  t.not(outcome.outcome, 'wrong_revision');
  t.equal((await log.readStream(stream, 0)).length, 1);
});

t.test('too many waiting appends are refused at once', async (t) => {
  const { url, open } = await newDatabase(t);
  const log = await open({ waiting: 3 });
  const hold = await holdLog(t, url);
  const first = log.append(newStream(), -1, [mark()]);
  await hold.waiting();
  const queued = [1, 2, 3].map(() => log.append(newStream(), -1, [mark()]));
  await t.rejects(log.append(newStream(), -1, [mark()]), LogUnavailable);
  await hold.release();
  t.equal((await Promise.all([first, ...queued])).length, 4);
});

t.test('closing waits for what is in flight', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  const appends = Array.from({ length: 20 }, () => log.append(newStream(), -1, [mark()]));
  await log.close();
  t.equal((await Promise.all(appends)).length, 20);
  await t.rejects(log.append(newStream(), -1, [mark()]), LogUnavailable);
  const { rows } = await pool.query('SELECT FROM log.events');
  t.equal(rows.length, 20);
});

t.test('a server that would lose what it acknowledged is refused', async (t) => {
  const { pool, url, open } = await newDatabase(t);
  const name = new URL(url).pathname.slice(1);
  await pool.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  await t.rejects(open(), { name: 'UnsuitableServer', message: /synchronous_commit = off/ });
  await pool.query(`ALTER DATABASE ${name} RESET synchronous_commit`);
  await open();

  const shown = async (setting: string, value: string): Promise<void> => {
    const { rows } = await pool.query<{ setting: string }>('SELECT setting FROM pg_settings WHERE name = $1', [setting]);
    if (rows[0]?.setting !== value) await shown(setting, value);
  };
  for (const setting of ['fsync', 'full_page_writes']) {
    await pool.query(`ALTER SYSTEM SET ${setting} = off`);
    await pool.query('SELECT pg_reload_conf()');
    await shown(setting, 'off');
    await t.rejects(open(), { name: 'UnsuitableServer', message: new RegExp(`${setting} = off`) });
    await pool.query(`ALTER SYSTEM RESET ${setting}`);
    await pool.query('SELECT pg_reload_conf()');
    await shown(setting, 'on');
  }
});

t.test('transactions of a stricter isolation, which would not see the lock at work, are refused', async (t) => {
  const { pool, url, open } = await newDatabase(t);
  await pool.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_isolation = 'repeatable read'`);
  const log = await open();
  await t.rejects(log.append(newStream(), -1, [mark()]), /read committed/);
  t.equal(await log.head(), 0n);
});

t.test('a clock that is set back changes no order, and no moment that was told', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  await log.append(newStream(), -1, [mark()]);
  await pool.query("UPDATE log.head SET recorded_at = now() + interval '2 days'");
  const { head, now } = await log.now();
  await log.append(newStream(), -1, [mark()]);
  await log.append(newStream(), -1, [mark()]);
  const later = (await log.readAll(head, 10)).map(decoded);
  t.equal(later.length, 2);
  const [first = '', second = ''] = later.map(({ recordedAt }) => recordedAt);
  t.ok(first > now.toISOString().replace('Z', '000Z') && second > first);
});

t.test('a listener whose connection is lost hears again', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open({ reconnectAfter: 1 });
  let wake = () => {};
  const hint = () => new Promise<void>((resolve) => (wake = resolve));
  const connected = hint();
  log.subscribe(() => wake());
  await connected;
  const again = hint();
  await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()");
  await again;
  const appended = hint();
  await log.append(newStream(), -1, [mark()]);
  await appended;
  t.pass('it was told when it was connected again, and of the next append');
});

t.test('the head is looked at, in case a notification is lost', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open({ lookEvery: 5 });
  let heard = 0;
  let wake = () => {};
  const first = new Promise<void>((resolve) => (wake = resolve));
  log.subscribe(() => {
    heard += 1;
    wake();
  });
  await first;
  const next = new Promise<void>((resolve) => (wake = resolve));
  // Moves the head as an append does, but tells nobody.
  const moving = async (): Promise<void> => {
    await pool.query('UPDATE log.head SET position = position + 1');
    if (heard < 2) await moving();
  };
  await Promise.all([next, moving()]);
  t.ok(heard >= 2);
});

t.test('texts of any size and any characters go through', async (t) => {
  const { open } = await newDatabase(t);
  const log = await open();
  const stream = newStream();
  const long = '\u0000 "\\~ü😀\u2028'.repeat(80_000);
  await log.append(stream, -1, [note(long), event('MarkSet', { odd: '\u0000\u0001 "\\ü😀\u2028', n: 1e-7, big: 1e21 })]);
  const read = (await log.readStream(stream, 0)).map(decoded);
  t.equal(read[0]?.data.title, long);
  t.same(read[1]?.data, { odd: '\u0000\u0001 "\\ü😀\u2028', n: 1e-7, big: 1e21 });
});

t.test('a page that long texts fill ends at the end of an append, and the next goes on', async (t) => {
  const { open } = await newDatabase(t);
  const log = await open();
  const long = 'x'.repeat(3_000_000);
  for (let n = 0; n < 4; n += 1) await log.append(newStream(), -1, [note(long), note(long), mark()]);
  const page = (await log.readAll(0n, 100)).map(decoded);
  t.ok(page.length < 12 && page.length > 0);
  t.equal(page.at(-1)?.revision, 2);
  t.equal((await follow(log, 0n, 100)).length, 12);
  t.equal((await log.readAll(0n, 100, { texts: false })).length, 12);

  const source = newStream().replace('incident', 'source');
  await log.append(source, -1, [note('kept')]);
  const others = (await log.readAll(0n, 100, { texts: ['source_'] })).map(decoded);
  t.equal(others.length, 13, 'texts that are not wanted fill no page');
  t.equal(others.at(-1)?.data.title, 'kept');
});
