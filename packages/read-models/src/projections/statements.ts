import type { PoolClient } from 'pg';

/** Columns by name with their SQL type, as `json_to_recordset` reads them. */
export type Columns<Row> = { [K in keyof Row & string]: string };

const listOf = (columns: object): string => Object.keys(columns).join(', ');
const definition = (columns: object): string =>
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
/** Positions are bigints, which JSON has no numbers for. They stand in columns only; a replacer would be called for every value in every document. */
const asJson = (row: object): string =>
  JSON.stringify(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value])));

/** About so many characters go to the server in one statement: what the largest documents make together fits into no string. */
const mostAtOnce = 16 * 1024 * 1024;

/** The rows as JSON lists, mostly one. */
const listsOf = function* (rows: readonly object[]): Generator<string> {
  let list: string[] = [];
  let length = 0;
  for (const row of rows) {
    const json = asJson(row);
    if (length + json.length > mostAtOnce && list.length > 0) {
      yield `[${list.join()}]`;
      list = [];
      length = 0;
    }
    list.push(json);
    length += json.length;
  }
  if (list.length > 0) yield `[${list.join()}]`;
};

/** `json_to_recordset($1)` with its columns: what turns one parameter into rows, the alias is `new`. */
export const recordset = (columns: object): string => `json_to_recordset($1::json) AS new(${definition(columns)})`;

/** Runs a statement over `recordset(columns)`, unless there are no rows. One statement for many rows: speed comes from batches. */
export const writeRows = async (tx: PoolClient, sql: string, rows: readonly object[]): Promise<void> => {
  for (const list of listsOf(rows)) await tx.query(sql, [list]);
};

const prepared = new Map<string, string>();

/** The name under which each connection keeps an insert prepared: to plan one takes longer than to insert a few rows. Its plan does not age, as it scans nothing. */
const preparedName = (sql: string): string => {
  const known = prepared.get(sql) ?? `insert ${prepared.size}`;
  prepared.set(sql, known);
  return known;
};

/** Inserts rows. `then` is what follows, such as `ON CONFLICT …`. */
export const insertRows = async <Row extends object>(
  tx: PoolClient,
  table: string,
  columns: Columns<Row>,
  rows: readonly Row[],
  then = '',
): Promise<void> => {
  const text = `INSERT INTO ${table} (${listOf(columns)}) SELECT ${listOf(columns)} FROM ${recordset(columns)} ${then}`;
  for (const list of listsOf(rows)) await tx.query({ name: preparedName(text), text, values: [list] });
};

/** `SET` list that takes every column but the key from the row that could not be inserted. */
export const setFromNew = (columns: object, key: readonly string[]): string =>
  Object.keys(columns)
    .filter((name) => !key.includes(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');
