import type { DomainEvent } from '@averment/domain';
import type { Durable, EventLog, Logged, ReadAllOptions } from '@averment/event-log';
import type { Pool } from 'pg';
import t from 'tap';
import { readAppends } from '../../src/runner/appends.ts';
import type { Outcome } from '../../src/runner/index.ts';
import { applyLock } from '../../src/runner/transaction.ts';
import { database, expectedRows, memoryLog, rowsOf } from './kit.ts';
import { add, type Dislikes, tally } from './tally.ts';

const other = 'record_v1';

/** A durable follower that keeps the bytes it was given. */
const keeper = async (pool: Pool): Promise<Durable & { refuses: boolean; kept(): Promise<unknown[]> }> => {
  await pool.query(`
    CREATE SCHEMA kept;
    CREATE TABLE kept.checkpoint (position bigint NOT NULL, seen_at bigint, sha256 text);
    INSERT INTO kept.checkpoint VALUES (0);
    CREATE TABLE kept.bytes (position bigint PRIMARY KEY, canonical text NOT NULL, sha256 text NOT NULL)`);
  const own: Awaited<ReturnType<typeof keeper>> = {
    name: 'keeper',
    canonical: true,
    refuses: false,
    current: async (connection) => {
      const { rows } = await connection.query('SELECT position::text, sha256 FROM kept.checkpoint');
      const [{ position, sha256 }] = rows as [{ position: string; sha256: string | null }];
      return { position: BigInt(position), mark: sha256 === null ? null : { position: BigInt(position), sha256 } };
    },
    move: (from, { position, mark }) =>
      `UPDATE kept.checkpoint SET position = ${position}, seen_at = ${mark?.position ?? null}, sha256 = ${mark === null ? null : `'${mark.sha256}'`} WHERE position = ${from}`,
    apply: async (tx, events) => {
      if (own.refuses) throw new Error('nothing is kept today');
      for (const { position, canonical, sha256 } of events as Logged<DomainEvent & { canonical: string }>[])
        await tx.query('INSERT INTO kept.bytes VALUES ($1, $2, $3)', [String(position), canonical, sha256]);
    },
    kept: async () => (await pool.query('SELECT position::int, canonical, sha256 FROM kept.bytes ORDER BY position')).rows,
  };
  return own;
};

const bytesOf = async (log: EventLog<DomainEvent>): Promise<unknown[]> =>
  (await log.readAll(0n, 1000, { canonical: true })).map((event) => ({
    position: Number(event.position),
    canonical: event.canonical,
    sha256: event.sha256,
  }));

/** What the followers of a tail were told, and the log that counts its reads. */
const listening = (log: EventLog<DomainEvent>) => {
  const reads: { after: bigint; options: ReadAllOptions | undefined }[] = [];
  const outcomes = new Map<string, Outcome[]>();
  return {
    reads,
    outcomes,
    told: (name: string, outcome: Outcome) => void outcomes.set(name, [...(outcomes.get(name) ?? []), outcome]),
    failures: (name: string) => (outcomes.get(name) ?? []).filter((outcome) => 'error' in outcome).length,
    log: {
      ...log,
      readAll: (after: bigint, limit: number, options?: ReadAllOptions) => {
        reads.push({ after, options });
        return log.readAll(after, limit, options);
      },
    },
  };
};

t.test('a page is read once for all followers that stand there', async (t) => {
  const heard = listening(memoryLog());
  const { pool, runner } = await database(t);
  const one = runner(heard.log, [tally({ name: 'record' }), tally()], 10);
  await one.ensure();
  const durable = await keeper(pool);
  const follow = one.follow([durable], heard.told);
  for (let n = 1; n <= 25; n += 1) await add(heard.log, `stream_${n % 3}`, { amount: n, note: 'a note' });
  await add(heard.log, 'other_1', 5);
  heard.reads.length = 0;
  await follow();
  const wanted = await expectedRows(heard.log, ({ stream }) => stream === 'other_1');
  t.same(await rowsOf(pool), wanted);
  t.same(await rowsOf(pool, other), wanted);
  t.same(await durable.kept(), await bytesOf(heard.log));
  const pages = heard.reads.slice(0, -2);
  t.same(new Set(pages.map(({ after }) => after)).size, pages.length, 'no page was read twice');
  t.ok(pages.every(({ options }) => options?.canonical === true));
  t.same(pages[0]?.options?.texts, ['stream_'], 'and no text that nobody wants');
});

t.test('a model whose lock is taken waits by itself, and the others go on', async (t) => {
  const heard = listening(memoryLog());
  const { pool, runner } = await database(t);
  const one = runner(heard.log, [tally({ name: 'record' }), tally()]);
  await one.ensure();
  const durable = await keeper(pool);
  const follow = one.follow([durable], heard.told);
  const session = await pool.connect();
  await session.query(`BEGIN; ${applyLock('record')}`);
  for (let n = 1; n <= 3; n += 1) {
    await add(heard.log, 'stream_1', n);
    await follow();
    t.equal(await one.position(['reviews']), BigInt(n));
    t.equal(await one.position(['record']), 0n);
  }
  t.same(await durable.kept(), await bytesOf(heard.log));
  await session.query('COMMIT');
  session.release();
  t.ok(await one.waitFor(['record'], 3n, 60_000));
  await add(heard.log, 'stream_1', 4);
  while ((await one.position(['record'])) !== 4n) await follow();
  t.same(await rowsOf(pool, other), await expectedRows(heard.log));
  t.equal(heard.failures('record'), 0);
});

t.test('what one follower cannot take holds nobody else up', async (t) => {
  const heard = listening(memoryLog());
  const { pool, runner } = await database(t);
  const dislikes: Dislikes = { amounts: new Set([13]) };
  let full = false;
  const hold = async () => {
    if (full) throw Object.assign(new Error('the disk is full'), { code: '53100' });
  };
  const one = runner(heard.log, [tally({ name: 'record', dislikes }), tally({ hold })]);
  await one.ensure();
  const durable = await keeper(pool);
  const follow = one.follow([durable], heard.told);

  await add(heard.log, 'stream_1', 13);
  await add(heard.log, 'stream_2', 1);
  await follow();
  t.match(await one.parked(), [{ projection: 'record', stream: 'stream_1' }], 'it is parked in the model that dislikes it');
  t.same(await rowsOf(pool), await expectedRows(heard.log));
  t.same(await rowsOf(pool, other), await expectedRows(heard.log, ({ stream }) => stream === 'stream_1'));

  durable.refuses = true;
  await add(heard.log, 'stream_2', 2);
  await follow();
  t.equal(heard.failures('keeper'), 1);
  t.equal((await durable.kept()).length, 2);
  full = true;
  await add(heard.log, 'stream_2', 3);
  await follow();
  t.equal(heard.failures('reviews'), 1, 'what is no fault of the event is not parked');
  t.equal(await one.position(['record']), 4n);
  t.equal(await one.position(['reviews']), 3n);

  full = false;
  durable.refuses = false;
  await follow();
  while ((await one.position(['reviews'])) !== 4n || (await durable.kept()).length < 4) await follow();
  t.same(await rowsOf(pool), await expectedRows(heard.log));
  t.same(await durable.kept(), await bytesOf(heard.log));
  t.equal((await one.parked()).length, 1);
});

t.test('several tails at once count every event once, and each ends at the head', async (t) => {
  const heard = listening(memoryLog());
  const { pool, runner } = await database(t);
  const projections = () => [tally({ name: 'record' }), tally()];
  const first = runner(heard.log, projections());
  await first.ensure();
  const durable = await keeper(pool);
  const tails = [1, 3, 50].map((batch) => runner(heard.log, projections(), batch).follow([durable], heard.told));
  const writing = (async () => {
    for (let n = 1; n <= 60; n += 1) await add(heard.log, `stream_${n % 5}`, n, -n + 1);
  })();
  const following = tails.map(async (follow) => {
    while (((await first.position(['record', 'reviews'])) ?? 0n) < 120n) {
      await follow();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  await Promise.all([writing, ...following]);
  for (const follow of tails) await follow();
  while ((await durable.kept()).length < 120) await tails[0]?.();
  t.same(await rowsOf(pool), await expectedRows(heard.log));
  t.same(await rowsOf(pool, other), await expectedRows(heard.log));
  t.same(await durable.kept(), await bytesOf(heard.log));
  for (const name of ['record', 'reviews', 'keeper']) t.equal(heard.failures(name), 0);
});

t.test('a tail over a log that was exchanged writes nothing, and says so of each follower', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  let holds = true;
  const heard = listening({ ...log, holds: async (mark) => holds && (await log.holds(mark)) });
  const one = runner(heard.log, [tally({ name: 'record' }), tally()]);
  await one.ensure();
  const follow = one.follow([], heard.told);
  await add(log, 'stream_1', 1);
  await follow();
  holds = false;
  await add(log, 'stream_1', 2);
  await follow();
  t.equal(await one.position(['record', 'reviews']), 1n);
  t.match(
    ['record', 'reviews'].map((name) => heard.outcomes.get(name)?.at(-1)),
    [{ error: { name: 'ModelOff' } }, { error: { name: 'ModelOff' } }],
  );
  t.equal((await rowsOf(pool)).length, 1);
  holds = true;
  await follow();
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('reading ends where it is told to, and reads nothing beyond', async (t) => {
  const heard = listening(memoryLog());
  for (let n = 1; n <= 30; n += 1) await add(heard.log, 'stream_1', n);
  const read = { texts: [], canonical: false, limit: 10 };
  t.match(await readAppends(heard.log, { ...read, after: 5n, until: 5n }), { appends: [], position: 5n, full: false });
  t.equal(heard.reads.length, 0);
  const page = await readAppends(heard.log, { ...read, after: 0n, until: 4n });
  t.match(page, { position: 4n, full: false });
  t.equal(page.appends.length, 4);
  t.equal(heard.reads.length, 1);
});
