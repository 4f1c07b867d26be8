import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';

/**
 * The forms in which a word may lie in a table or a file: as it is, in hex, and in base64 at each of the three places where it may begin in a group of
 * three bytes, without the characters that its neighbours share.
 */
export const tracesOf = (word: string): string[] => [
  word,
  Buffer.from(word).toString('hex'),
  ...[0, 1, 2].flatMap((before) => {
    const inner = Buffer.from(`${'x'.repeat(before)}${word}`)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(4, -4);
    return [...new Set([inner, inner.replaceAll('+', '-').replaceAll('/', '_')])];
  }),
];

/** Tables, of any schema but the server's own, with a row that holds one of the traces. */
export const tablesWith = async (pool: Pool, traces: readonly string[], schemas?: readonly string[]): Promise<string[]> => {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND ($1::text[] IS NULL OR schemaname = ANY($1))`,
    [schemas ?? null],
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `SELECT FROM ${name} AS r WHERE EXISTS (SELECT FROM unnest($1::text[]) AS t WHERE position(t IN r::text) > 0) LIMIT 1`,
      [traces],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
};

/** Files below the folder that hold one of the traces. */
export const filesWith = async (folder: string, traces: readonly string[]): Promise<string[]> => {
  const needles = traces.map((trace) => Buffer.from(trace));
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    // The server removes files while they are looked at.
    const entry = await stat(path).catch(() => undefined);
    if (!entry?.isFile()) continue;
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (needles.some((needle) => bytes.includes(needle))) found.push(name);
  }
  return found;
};
