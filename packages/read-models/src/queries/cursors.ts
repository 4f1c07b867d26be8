import { createHash } from 'node:crypto';
import { forEver } from '../versions.ts';
import { BadCursor } from './types.ts';

/** What a value in a cursor must be: anything else would be an error of the database. */
const kinds = {
  position: (value: string) => /^\d{1,19}$/.test(value) && BigInt(value) <= forEver,
  number: (value: string) => /^-?\d{1,10}$/.test(value) && Number(value) === (Number(value) | 0),
  id: (value: string) => /^[a-z0-9_]{1,64}$/.test(value),
  time: (value: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/.test(value) && !Number.isNaN(Date.parse(value)),
  text: (value: string) => value.isWellFormed() && !value.includes('\0'),
} as const;
export type CursorKind = keyof typeof kinds;

/**
 * The name of a list with these filters. Its cursors carry it, so that none is taken for a list with others, of which it would leave items out. It holds
 * a hash of the filters and not what they say.
 */
export const listOf = (name: string, filters: object): string => {
  const said = JSON.stringify(filters);
  return said === '{}' ? name : `${name} ${createHash('sha256').update(said).digest('base64url').slice(0, 16)}`;
};

/** Makes an opaque cursor: base64url of the JSON list of what it continues (the list and its sort) and the values of the last item's sort keys. */
export const encodeCursor = (list: string, values: readonly (string | number | bigint)[]): string =>
  Buffer.from(JSON.stringify([list, ...values.map(String)])).toString('base64url');

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
};

/** The values of a cursor of this list. Throws `BadCursor` for any other text; null stays null. */
export const decodeCursor = (cursor: string | null, list: string, shape: readonly CursorKind[]): string[] | null => {
  if (cursor === null) return null;
  const [name, ...values] = [parse(cursor)].flat();
  const fits =
    name === list &&
    values.length === shape.length &&
    shape.every((kind, index) => typeof values[index] === 'string' && kinds[kind](values[index]));
  if (!fits) throw new BadCursor('the cursor belongs to no page of this list with these filters');
  return values as string[];
};

/** A page ends with the item that fills it: five hundred of the longest fit neither into memory nor into a string. */
export const pageBytes = 4 * 1024 * 1024;

/**
 * The rows of a statement in their order, up to the one with which `column` has filled a page; how many there are in all is in each as `found`. What lies
 * beyond does not leave the database.
 */
export const fillingPage = (statement: string, column: string): string => `
  SELECT * FROM (
    SELECT page.*, count(*) OVER ()::int AS found, sum(octet_length(${column}::text)) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (${statement}) AS page
  ) AS page
  WHERE before IS NULL OR before < ${pageBytes}`;

/** Makes a page of rows of which one more was asked for than wanted: that one only says that there is a next page. `found`: how many there were. */
export const pageOf = <Row, T>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => T,
  cursor: (last: Row) => string,
  found = rows.length,
): { items: T[]; next: string | null } => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), next: found > shown.length && last !== undefined ? cursor(last) : null };
};
