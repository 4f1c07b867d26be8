import t from 'tap';
import { database, expectedRows, memoryLog, rowsOf, server } from './kit.ts';
import { add, tally } from './tally.ts';

t.test('a rebuild while events come in equals the live rows, and what is asked meanwhile is never half a model', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  const other = runner(log, [tally()]);
  await one.ensure();
  for (let n = 1; n <= 300; n += 1) await add(log, `stream_${n % 11}`, n, 1);
  await one.advance('reviews');

  let done = false;
  const seen: { events: number; position: number }[] = [];
  const asking = (async () => {
    while (!done) {
      const { rows } = await pool.query(
        'SELECT (SELECT count(*)::int FROM reviews_v1.added) AS events, (SELECT position::int FROM reviews_v1.checkpoint) AS position',
      );
      seen.push(rows[0]);
    }
  })();
  const writing = (async () => {
    for (let n = 1; n <= 100; n += 1) {
      await add(log, `stream_${n % 13}`, n);
      await one.advance('reviews');
    }
  })();
  const [first, second] = await Promise.all([one.rebuild('reviews'), other.rebuild('reviews')]);
  await writing;
  done = true;
  await asking;

  t.same(
    seen.filter(({ events, position }) => events !== position),
    [],
    `${seen.length} reads saw rows and checkpoint of one moment`,
  );
  for (const rebuilt of [first, second]) {
    t.match(rebuilt, { projection: 'reviews', swapped: true, parked: [] });
    t.same(rebuilt.comparison?.differences, []);
    t.match(rebuilt.comparison?.tables, [{ table: 'added', liveRows: Number(rebuilt.position), rebuiltRows: Number(rebuilt.position) }]);
  }
  await one.advance('reviews');
  t.same(await rowsOf(pool), await expectedRows(log));
  t.same(await schemas(pool), ['reviews_v1']);
  const { rows } = await pool.query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'reviews_v1' AND indexdef LIKE '%(\"position\")%'");
  t.equal(rows.length, 1, 'with the indexes that queries need');
});

t.test('what differs is said, without the values, and the rebuilt rows take the place of the wrong ones', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  await add(log, 'stream_1', 1, 2, { amount: 3, note: 'a canary' });
  await add(log, 'stream_2', 4);
  await one.advance('reviews');
  await pool.query(`UPDATE reviews_v1.added SET amount = 7, note = 'a wrong canary' WHERE stream = 'stream_1' AND revision = 2;
    DELETE FROM reviews_v1.added WHERE stream = 'stream_2'; INSERT INTO reviews_v1.added VALUES ('stream_9', 0, 1, 1, 1)`);
  const wrong = await rowsOf(pool);

  const compared = await one.rebuild('reviews', { compareOnly: true });
  const differences = [
    { table: 'added', key: { stream: 'stream_1', revision: 2 }, difference: 'changed', columns: ['note', 'amount'] },
    { table: 'added', key: { stream: 'stream_2', revision: 0 }, difference: 'only_rebuilt', columns: [] },
    { table: 'added', key: { stream: 'stream_9', revision: 0 }, difference: 'only_live', columns: [] },
  ];
  const sorted = (list: typeof compared) =>
    list.comparison?.differences.toSorted((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));
  t.equal(compared.swapped, false);
  t.same(sorted(compared), differences);
  t.notMatch(JSON.stringify(compared.comparison), /canary/);
  t.same(await rowsOf(pool), wrong, 'comparing alone changes nothing');
  t.same(await schemas(pool), ['reviews_v1']);

  const rebuilt = await one.rebuild('reviews');
  t.equal(rebuilt.swapped, true);
  t.same(sorted(rebuilt), differences);
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('a large table is compared by samples, and by the number of its rows', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  for (let n = 0; n < 60; n += 1) await add(log, `stream_${n}`, ...Array.from({ length: 100 }, (_, index) => index));
  await one.advance('reviews');
  await pool.query('UPDATE reviews_v1.added SET sum = sum + 1');
  const { comparison } = await one.rebuild('reviews');
  const [table] = comparison?.tables ?? [];
  t.match(table, { liveRows: 6000, rebuiltRows: 6000 });
  t.ok((table?.compared ?? 0) > 0 && (table?.compared ?? 0) <= 6000);
  t.equal(comparison?.differences.length, 20);
  t.match(comparison?.differences[0], { difference: 'changed', columns: ['sum'] });
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('a new version is built beside the old one, which is then dropped; a newer one is left alone', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const old = runner(log, [tally()]);
  await old.ensure();
  await add(log, 'stream_1', 1, 2);
  await old.advance('reviews');
  await pool.query('CREATE SCHEMA reviews_v3; CREATE SCHEMA reviews_v2_next; CREATE SCHEMA reviews_v1x');
  const fresh = runner(log, [tally({ version: 2 })]);
  await fresh.ensure();
  t.same(await schemas(pool), ['reviews_v1x', 'reviews_v2', 'reviews_v3']);
  t.same(await rowsOf(pool, 'reviews_v2'), await expectedRows(log));
  await t.rejects(old.advance('reviews'), { name: 'ModelMissing' });
});

t.test('a rebuild that was stopped leaves the live model as it was, and the next one starts anew', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  for (let n = 1; n <= 30; n += 1) await add(log, 'stream_1', n);
  let held = false;
  const one = runner(log, [
    tally({
      hold: async () => {
        if (held) await two.close();
      },
    }),
  ]);
  const two = runner(log, one.projections as never);
  await one.ensure();
  held = true;
  await t.rejects(two.rebuild('reviews'), { name: 'RebuildStopped' });
  held = false;
  t.same(await schemas(pool), ['reviews_v1', 'reviews_v1_next']);
  t.match(await one.rebuild('reviews'), { swapped: true, events: 30 });
  t.same(await schemas(pool), ['reviews_v1']);
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('after the log came back from an older backup a model ahead of it is rebuilt to the head', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  await add(log, 'stream_1', 1, 2);
  await one.advance('reviews');
  await pool.query('UPDATE reviews_v1.checkpoint SET position = 99');
  t.match(await one.rebuild('reviews'), { position: 2n, comparison: null, swapped: true });
  await add(log, 'stream_1', 3);
  await one.advance('reviews');
  t.same(await rowsOf(pool), await expectedRows(log));
});

t.test('statements that were prepared before a swap read the new tables after it', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  const one = runner(log, [tally()]);
  await one.ensure();
  await add(log, 'stream_1', 1);
  await one.advance('reviews');
  const client = await pool.connect();
  const count = async () => (await client.query({ name: 'count', text: 'SELECT count(*)::int AS n FROM reviews_v1.added' })).rows[0]?.n;
  t.equal(await count(), 1);
  await one.rebuild('reviews');
  await add(log, 'stream_1', 2);
  await one.advance('reviews');
  t.equal(await count(), 2);
  client.release();
});

t.test('the database goes away in the middle of a rebuild', async (t) => {
  const log = memoryLog();
  const { pool, runner } = await database(t);
  let crash = false;
  const one = runner(log, [
    tally({
      hold: async () => {
        if (!crash) return;
        crash = false;
        await server.crash();
      },
    }),
  ]);
  await one.ensure();
  await add(log, 'stream_1', 1, 2);
  await one.advance('reviews');
  crash = true;
  await t.rejects(one.rebuild('reviews'));
  await server.start();
  t.same(await rowsOf(pool), await expectedRows(log));
  t.match(await one.rebuild('reviews'), { swapped: true });
  t.same(await rowsOf(pool), await expectedRows(log));
});

const schemas = async (pool: { query(sql: string): Promise<{ rows: { nspname: string }[] }> }) =>
  (await pool.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'reviews%' ORDER BY nspname")).rows.map(({ nspname }) => nspname);
