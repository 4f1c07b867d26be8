import type { PoolClient } from 'pg';

/** What is read: columns by their names, of which `body` is the long one, of tables under conditions, in an order that no two rows share. */
export type Select = { columns: Readonly<Record<string, string>> & { body: string }; from: string; order: string };

/** What a batch holds at most in bytes of `body`, unless it is one row, and in rows. */
const batch = { bytes: 512 * 1024, rows: 1000 };
/** How many sizes are read at once. */
const sizes = 2000;

/**
 * Reads rows of any size in batches that take little memory, in a transaction. A cursor is asked for a number of rows and not of bytes: a second one, which
 * runs ahead of it, says how long they are.
 */
export const rowsInBatches = async function* <Row extends object>(
  client: PoolClient,
  { columns, from, order }: Select,
): AsyncGenerator<Row[]> {
  const named = Object.entries(columns).map(([name, column]) => `${column} AS ${name}`);
  await client.query(`CLOSE ALL;
    DECLARE sizes NO SCROLL CURSOR FOR SELECT octet_length(${columns.body}) AS size FROM ${from} ORDER BY ${order};
    DECLARE found NO SCROLL CURSOR FOR SELECT ${named.join(', ')} FROM ${from} ORDER BY ${order}`);
  for (;;) {
    const { rows } = await client.query<{ size: number }>(`FETCH ${sizes} FROM sizes`);
    if (rows.length === 0) return;
    for (const count of countsOf(rows.map(({ size }) => size))) {
      const found = await client.query<Row>(`FETCH ${count} FROM found`);
      yield found.rows;
    }
  }
};

/** How many rows each batch has. */
const countsOf = (lengths: readonly number[]): number[] => {
  const counts: number[] = [];
  let [count, bytes] = [0, 0];
  for (const length of lengths) {
    if (count > 0 && (count === batch.rows || bytes + length > batch.bytes)) {
      counts.push(count);
      [count, bytes] = [0, 0];
    }
    count += 1;
    bytes += length;
  }
  return count > 0 ? [...counts, count] : counts;
};
