import type { PoolClient } from 'pg';

/** Columns by name with their SQL type, as `json_to_recordset` reads them. */
export type Columns<Row> = { [K in keyof Row & string]: string };

const listOf = (columns: object): string => Object.keys(columns).join(', ');
const definition = (columns: object): string =>
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
/** Positions are bigints, which JSON has no numbers for. They stand in columns only; a replacer would be called for every value in every document. */
const asJson = (rows: readonly object[]): string =>
  JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value])),
    ),
  );

/** `json_to_recordset($1)` with its columns: what turns one parameter into rows, the alias is `new`. */
export const recordset = (columns: object): string => `json_to_recordset($1::json) AS new(${definition(columns)})`;

/** Runs a statement over `recordset(columns)`, unless there are no rows. One statement for all rows: speed comes from batches. */
export const writeRows = async (tx: PoolClient, sql: string, rows: readonly object[]): Promise<void> => {
  if (rows.length > 0) await tx.query(sql, [asJson(rows)]);
};

/** Inserts rows. `then` is what follows, such as `ON CONFLICT …`. */
export const insertRows = <Row extends object>(
  tx: PoolClient,
  table: string,
  columns: Columns<Row>,
  rows: readonly Row[],
  then = '',
): Promise<void> =>
  writeRows(tx, `INSERT INTO ${table} (${listOf(columns)}) SELECT ${listOf(columns)} FROM ${recordset(columns)} ${then}`, rows);

/** `SET` list that takes every column but the key from the row that could not be inserted. */
export const setFromNew = (columns: object, key: readonly string[]): string =>
  Object.keys(columns)
    .filter((name) => !key.includes(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');
