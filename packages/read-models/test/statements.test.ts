import type { PoolClient } from 'pg';
import t from 'tap';
import { insertRows, writeRows } from '../src/projections/statements.ts';

/** A connection that keeps the lists of rows that it was sent. */
const listening = () => {
  const sent: object[][] = [];
  const query = async (statement: string | { values: string[] }, values?: string[]) => {
    const [list = ''] = values ?? (typeof statement === 'string' ? [] : statement.values);
    sent.push(JSON.parse(list));
  };
  return { sent, tx: { query } as unknown as PoolClient };
};

t.test('rows go in one statement, and in several where no string could hold them', async (t) => {
  const small = [{ id: 'one' }, { id: 'two', at: 1n }];
  const large = Array.from({ length: 5 }, (_, index) => ({ id: String(index), text: 'a'.repeat(7 * 1024 * 1024) }));
  const written = async (rows: object[]) => {
    const { sent, tx } = listening();
    await writeRows(tx, 'UPDATE …', rows);
    await insertRows(tx, 'things', { id: 'text' }, rows);
    t.same(sent.slice(0, sent.length / 2), sent.slice(sent.length / 2), 'both alike');
    return sent.slice(0, sent.length / 2);
  };
  t.same(await written([]), []);
  t.same(await written(small), [[{ id: 'one' }, { id: 'two', at: '1' }]]);
  const lists = await written(large);
  t.same(
    lists.map(({ length }) => length),
    [2, 2, 1],
  );
  t.same(lists.flat(), large);
});
