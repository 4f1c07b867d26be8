import fc from 'fast-check';
import t from 'tap';
import { insertRows } from '../../src/projections/statements.ts';
import { withLanes } from '../../src/runner/lanes.ts';
import type { Model } from '../../src/runner/model.ts';
import { database } from './kit.ts';
import { tally } from './tally.ts';

const columns = {
  t: 'text',
  j: 'json',
  ts: 'text[]',
  i: 'int',
  b: 'bigint',
  f: 'float8',
  o: 'boolean',
  s: 'timestamptz',
};
const text = fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', ''));
const long = fc.tuple(text, fc.integer({ min: 1, max: 2000 })).map(([each, times]) => (each || 'é').repeat(times));
const row = fc.record({
  t: fc.option(fc.oneof({ arbitrary: text, weight: 9 }, long)),
  j: fc.record({ some: fc.oneof(text, fc.integer()), list: fc.array(text, { maxLength: 2 }) }),
  ts: fc.array(text, { maxLength: 4 }),
  i: fc.option(fc.integer({ min: -2_147_483_648, max: 2_147_483_647 })),
  b: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  f: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  o: fc.boolean(),
  s: fc
    .tuple(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), fc.integer({ min: 0, max: 999_999 }))
    .map(([date, fraction]) => `${date.toISOString().slice(0, 19)}.${String(fraction).padStart(6, '0')}Z`),
});

t.test('rows that are copied are those that are inserted', async (t) => {
  const { pool } = await database(t);
  const definition = Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
  await pool.query(`CREATE SCHEMA lanes; CREATE TABLE lanes.inserted (${definition}); CREATE TABLE lanes.copied (${definition});
    CREATE TABLE lanes.made (${definition})`);
  const model: Model = { projection: tally(), schema: 'lanes' };
  const rowsIn = async (table: string) =>
    (await pool.query(`SELECT r::text AS row FROM lanes.${table} AS r`)).rows.map((found) => found.row).sort();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      await pool.query('TRUNCATE lanes.inserted, lanes.copied, lanes.made');
      const client = await pool.connect();
      await insertRows(client, 'lanes.inserted', columns, rows).finally(() => client.release());
      await withLanes(pool, async (lanes) => {
        for (const each of rows) await lanes.write(model, [{ table: 'copied', columns, rows: [each] }]);
        await lanes.write(model, [{ table: 'made', columns, rows, made: { i: 'i + 0' } }]);
        await lanes.run(['SELECT 1']);
      });
      const inserted = await rowsIn('inserted');
      t.same(await rowsIn('copied'), inserted);
      t.same(await rowsIn('made'), inserted, 'and where the database makes a column');
      return t.passing();
    }),
    { numRuns: 15 },
  );
});

t.test('what fails on one connection fails the whole, and both are given up', async (t) => {
  const { pool } = await database(t);
  await pool.query('CREATE SCHEMA lanes; CREATE TABLE lanes.few (n int CHECK (n < 5))');
  const model: Model = { projection: tally(), schema: 'lanes' };
  const given = (n: number) => [{ table: 'few', columns: { n: 'int' }, rows: [{ n }] }];
  await t.rejects(
    withLanes(pool, async (lanes) => {
      for (let n = 0; n < 9; n += 1) await lanes.write(model, given(n));
      await lanes.run([]);
    }),
    { code: '23514' },
  );
  await t.rejects(
    withLanes(pool, async (lanes) => lanes.run(['SELECT 1', 'SELECT pg_terminate_backend(pg_backend_pid())', 'SELECT 1'])),
    { code: '57P01' },
  );
  t.equal(pool.totalCount, 0);
});
