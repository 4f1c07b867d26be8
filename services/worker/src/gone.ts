import type { Carried } from '@averment/commands';
import { passagesOf, stringsIn } from '@averment/domain';
import { projectionNames } from '@averment/read-models';
import type pg from 'pg';
import type { Stores } from './open.ts';

/** How long the models and the vault may take to follow an erasure before it is looked for again, in milliseconds. */
const patience = 60_000;
const rowsAtOnce = 500;

/**
 * Makes the check that nothing is left of what was erased: the vault holds no text that an event of these streams erases, every model has followed, and no row
 * of a model has one of the words. Rejects with what is left, without saying what it says.
 */
export const createRequireGone =
  ({ pool, logPool, runner, erase }: Pick<Stores, 'pool' | 'logPool' | 'runner' | 'erase'>) =>
  async ({ decision, streams, position, values }: Carried): Promise<void> => {
    await erase();
    const { rows } = await logPool.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM vault.erasures AS e JOIN vault.texts AS t USING (stream, revision),
         string_to_table(t.disclosures, '~') AS d(disclosure)
       WHERE e.stream = ANY($1) AND d.disclosure <> ''
         AND translate(encode(sha256(convert_to(d.disclosure, 'UTF8')), 'base64'), '+/=', '-_') = e.digest`,
      [streams],
    );
    if ((rows[0]?.left ?? 0) > 0) throw new Error(`${rows[0]?.left} texts that ${decision} erased are still in the vault`);
    if (!(await runner.waitFor(projectionNames, position, patience))) throw new Error(`the models have not followed ${decision} yet`);
    for (const value of values) {
      const left = await rowsWith(pool, value);
      if (left.length > 0) throw new Error(`words that ${decision} erased are still in ${left.join(', ')}`);
    }
  };

/** The tables of models in which words stand. Rows are looked at roughly by the database, and exactly here. */
const rowsWith = async (pool: pg.Pool, value: string): Promise<string[]> => {
  const find = passagesOf(value);
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname ~ $1 ORDER BY 1`,
    [`^(?:${projectionNames.join('|')})_v\\d+`],
  );
  const found: string[] = [];
  for (const { name } of tables) {
    if (await holds(pool, name, find)) found.push(name);
  }
  return found;
};

const holds = async (pool: pg.Pool, table: string, find: ReturnType<typeof passagesOf>): Promise<boolean> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN READ ONLY');
    await client.query(`DECLARE looked NO SCROLL CURSOR FOR SELECT to_json(t) AS row FROM ${table} AS t`);
    for (;;) {
      const { rows } = await client.query<{ row: unknown }>(`FETCH ${rowsAtOnce} FROM looked`);
      if (rows.some(({ row }) => stringsIn(row).some((text) => find(text).length > 0))) return true;
      if (rows.length < rowsAtOnce) return false;
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
};
