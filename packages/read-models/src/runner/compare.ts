import { type Connection, type Model, quoted } from './model.ts';

/** A row in which two builds of a model differ. The values stay out: they may be texts that are to be erased. */
export type Difference = {
  table: string;
  key: Record<string, unknown>;
  difference: 'only_live' | 'only_rebuilt' | 'changed';
  columns: string[];
};
export type Comparison = {
  tables: { table: string; liveRows: number; rebuiltRows: number; compared: number; differing: number }[];
  /** At most `shown` of each table. */
  differences: Difference[];
};

/** Tables up to this size are compared whole, larger ones by about this many rows of each build. */
const sampled = 2000;
const shown = 20;

/**
 * Compares two builds that stand at the same position: how many rows each table has, and the rows themselves, by sampled keys or (`whole`) all of them. The
 * database does that, in as much memory as `work_mem` gives a statement and beyond that on disk.
 */
export const compareModels = async (connection: Connection, live: Model, rebuilt: Model, whole: boolean): Promise<Comparison> => {
  const comparison: Comparison = { tables: [], differences: [] };
  for (const { table, key, ignore = [] } of live.projection.compared) {
    const [one, other] = [`${quoted(live.schema)}.${quoted(table)}`, `${quoted(rebuilt.schema)}.${quoted(table)}`];
    const counts = (
      await connection.query(`SELECT (SELECT count(*) FROM ${one})::int AS live, (SELECT count(*) FROM ${other})::int AS rebuilt`)
    ).rows[0];
    const columns = key.map(quoted).join(', ');
    const keysOf = (name: string, rows: number) =>
      `SELECT ${columns} FROM ${name} ${whole || rows <= sampled ? '' : `TABLESAMPLE SYSTEM (${(100 * sampled) / rows})`}`;
    const { rows } = await connection.query(
      `WITH keys AS MATERIALIZED (${keysOf(one, counts.live)} UNION ${keysOf(other, counts.rebuilt)}),
            pairs AS (SELECT to_jsonb(keys) AS key, to_jsonb(one) - $1::text[] AS live, to_jsonb(other) - $1::text[] AS rebuilt
                        FROM keys LEFT JOIN ${one} AS one USING (${columns}) LEFT JOIN ${other} AS other USING (${columns})),
            differing AS MATERIALIZED (SELECT * FROM pairs WHERE live IS DISTINCT FROM rebuilt)
       SELECT (SELECT count(*) FROM keys)::int AS compared, (SELECT count(*) FROM differing)::int AS differing, found.*
         FROM (VALUES (1)) AS always LEFT JOIN (SELECT * FROM differing LIMIT ${shown}) AS found ON true`,
      [ignore],
    );
    const { compared = 0, differing = 0 } = rows[0] ?? {};
    comparison.tables.push({ table, liveRows: counts.live, rebuiltRows: counts.rebuilt, compared, differing });
    for (const { key: found, live: left, rebuilt: right } of rows)
      if (found !== null) comparison.differences.push({ table, key: found, ...differenceOf(left, right) });
  }
  return comparison;
};

type Row = Record<string, unknown> | null;

const differenceOf = (live: Row, rebuilt: Row): Pick<Difference, 'difference' | 'columns'> => {
  if (live === null) return { difference: 'only_rebuilt', columns: [] };
  if (rebuilt === null) return { difference: 'only_live', columns: [] };
  const columns = Object.keys(live).filter((column) => JSON.stringify(live[column]) !== JSON.stringify(rebuilt[column]));
  return { difference: 'changed', columns };
};
