import t from 'tap';
import { createLogger, createPool, DatabaseAway, inTransaction, isoText, listen, together, withSession } from '../src/index.ts';
import { patience, testPools, testServer } from '../src/testing.ts';

const server = await testServer(t);
const poolOf = async (t: { teardown(run: () => Promise<void>): void }) => {
  const databaseUrl = await server.createDatabase();
  const logger = createLogger({ level: 'silent', name: 'test' });
  const pool = createPool({ databaseUrl, name: 'test', logger, connectTimeout: patience });
  t.teardown(() => pool.end());
  return pool;
};

t.test('a transaction', async (t) => {
  const pool = await poolOf(t);
  await pool.query('CREATE TABLE numbers (number integer UNIQUE)');
  const numbers = async () => (await pool.query('SELECT number FROM numbers ORDER BY number')).rows.map(({ number }) => number);

  await t.test('is committed with what opens and closes it', async (t) => {
    const statements = { opening: ['INSERT INTO numbers VALUES (1)', 'SELECT 7 AS seven'], closing: ['INSERT INTO numbers VALUES (3)'] };
    const run = async (_: unknown, opened: { rows: unknown[] }[]) => opened.map(({ rows }) => rows);
    t.same(await inTransaction(pool, run, statements), [[], [{ seven: 7 }]]);
    t.same(await numbers(), [1, 3]);
  });

  await t.test('waits for the disk unless it need not', async (t) => {
    const setting = async (durable?: boolean) =>
      await inTransaction(
        pool,
        async (tx) => (await tx.query('SHOW synchronous_commit')).rows[0].synchronous_commit,
        durable === undefined ? {} : { durable },
      );
    t.same([await setting(), await setting(false), await setting()], ['on', 'off', 'on']);
  });

  await t.test('leaves nothing behind when it throws, and its connection serves on', async (t) => {
    for (const values of ['(2)', '(1)']) {
      const writing = inTransaction(pool, async (tx) => {
        await tx.query(`INSERT INTO numbers VALUES ${values}`);
        throw new TypeError('mine');
      });
      await t.rejects(writing, values === '(2)' ? { name: 'TypeError', message: 'mine' } : { code: '23505' });
    }
    t.same(await numbers(), [1, 3]);
    t.equal(pool.totalCount, pool.idleCount);
  });

  await t.test('says so when an error in it was lost', async (t) => {
    const writing = inTransaction(pool, async (tx) => {
      await tx.query('INSERT INTO numbers VALUES (2)');
      await tx.query('no statement').catch(() => undefined);
    });
    await t.rejects(writing, { message: /nothing was committed/ });
    t.same(await numbers(), [1, 3]);
  });

  await t.test('whose connection breaks is away, whatever was thrown', async (t) => {
    const writing = inTransaction(pool, async (tx) => {
      await tx.query('INSERT INTO numbers VALUES (2)');
      await tx.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
      throw new TypeError('mine');
    });
    await t.rejects(writing, DatabaseAway);
    t.same(await numbers(), [1, 3]);
  });
});

t.test('a session is closed afterwards with what it holds, and is away when it breaks', async (t) => {
  const pool = await poolOf(t);
  const lock = 'SELECT pg_try_advisory_lock(1) AS taken';
  t.same(await withSession(pool, async (session) => (await session.query(lock)).rows), [{ taken: true }]);
  t.equal(pool.totalCount, 0);
  await t.rejects(
    withSession(pool, async () => Promise.reject(new TypeError('mine'))),
    { name: 'TypeError', message: 'mine' },
  );
  const breaking = withSession(pool, async (session) => {
    await session.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
    await new Promise((resolve) => session.once('end', resolve));
    throw new TypeError('mine');
  });
  await t.rejects(breaking, DatabaseAway);
});

t.test('an instant is told in UTC, as exactly as asked, whatever the session says', async (t) => {
  const pool = await poolOf(t);
  const at = "timestamptz '2026-03-01 23:30:00.123456-05'";
  await inTransaction(pool, async (tx) => {
    await tx.query("SET LOCAL timezone = 'Asia/Tokyo'; SET LOCAL datestyle = 'German'");
    const { rows } = await tx.query(`SELECT ${isoText(at, 'day')} AS day, ${isoText(at, 3)} AS milli, ${isoText(at, 6)} AS micro`);
    t.same(rows, [{ day: '2026-03-02', milli: '2026-03-02T04:30:00.123Z', micro: '2026-03-02T04:30:00.123456Z' }]);
  });
});

t.test('a listener hears what is sent, is told when it hears nothing, and hears again', async (t) => {
  const pool = await poolOf(t);
  const happened: string[] = [];
  let wake = () => {};
  const note = (what: string) => {
    happened.push(what);
    wake();
  };
  const until = async (what: string) => {
    while (happened.at(-1) !== what) await new Promise<void>((resolve) => (wake = resolve));
  };
  const calls = { onBegin: () => note('begin'), onHint: note, onLost: () => note('lost') };
  const listening = listen(pool, 'test_channel', calls, { reconnectAfter: 1 });
  await until('begin');
  await pool.query("SELECT pg_notify('test_channel', 'one'), pg_notify('another', 'no')");
  await until('one');
  await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()");
  await until('begin');
  await pool.query("SELECT pg_notify('test_channel', 'two')");
  await until('two');
  await listening.close();
  await pool.query("SELECT pg_notify('test_channel', 'three')");
  t.same(happened, ['begin', 'one', 'lost', 'begin', 'two']);
});

t.test('a pipelined pool', async (t) => {
  const { pool, applying, end } = testPools(await server.createDatabase());
  t.teardown(end);
  await pool.query('CREATE TABLE numbers (number integer UNIQUE)');
  const numbers = async () => (await pool.query('SELECT number FROM numbers ORDER BY number')).rows.map(({ number }) => number);
  const insert = (number: number) => ({ text: 'INSERT INTO numbers VALUES ($1)', values: [number] });

  await t.test('sends a statement before the one in front of it is answered', async (t) => {
    // The one in front waits for a lock that is let go once the other one is seen to be sent.
    await inTransaction(pool, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(7)');
      const client = await applying.connect();
      const sent: string[] = [];
      const { stream } = (client as unknown as { connection: { stream: { write(...given: unknown[]): boolean } } }).connection;
      const write = stream.write;
      stream.write = function (this: unknown, ...given: unknown[]) {
        sent.push(String(given[0]));
        return write.apply(this, given);
      };
      const both = together([client.query('SELECT pg_advisory_xact_lock(7)'), client.query("SELECT 'the second'")]);
      t.match(sent.join(''), 'the second');
      await tx.query('COMMIT; BEGIN');
      t.equal((await both).length, 2);
      client.release(true);
    });
  });

  await t.test('answers each statement with its own', async (t) => {
    const answers = await inTransaction(applying, (tx) =>
      together([1, 2, 3].map((number) => tx.query('SELECT $1::int AS number', [number]).then(({ rows }) => rows[0].number))),
    );
    t.same(answers, [1, 2, 3]);
  });

  await t.test('commits nothing where one in the middle fails, says which, and serves on', async (t) => {
    await pool.query(insert(2));
    const writing = inTransaction(applying, (tx) => together([1, 2, 3].map((number) => tx.query(insert(number)))));
    await t.rejects(writing, { code: '23505' });
    t.same(await numbers(), [2]);
    await inTransaction(applying, (tx) => together([1, 3].map((number) => tx.query(insert(number)))));
    t.same(await numbers(), [1, 2, 3]);
    t.equal(applying.totalCount, applying.idleCount);
  });
});
