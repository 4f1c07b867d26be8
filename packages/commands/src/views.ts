import type { Pool } from 'pg';

/** Filters of the review queue that subjects saved, each for itself alone. They are rows and no part of the record. All reject where the database does not answer. */
export type Views = {
  /** By name. */
  list(subject: string): Promise<View[]>;
  /** Null where the subject has none of that name. */
  read(subject: string, name: string): Promise<View | null>;
  /** Saves or replaces; `full` where the subject has as many as it may. */
  save(subject: string, view: View): Promise<'made' | 'replaced' | 'full'>;
  /** Without such a view nothing happens. */
  remove(subject: string, name: string): Promise<void>;
};
export type View = { name: string; filters: object };

/** How many one subject may have: all are in one answer. */
export const mostViews = 100;

// $1 subject, $2 name, $3 filters. A row that was inserted has no xmax.
const saveSql = `
INSERT INTO work.views AS v (subject, name, filters)
SELECT $1, $2, $3 WHERE (SELECT count(*) FROM work.views WHERE subject = $1 AND name <> $2) < ${mostViews}
ON CONFLICT (subject, name) DO UPDATE SET filters = excluded.filters
RETURNING v.xmax = 0 AS made`;

/** Keeps them in `work.views`. */
export const createViews = (pool: Pool): Views => ({
  list: async (subject) =>
    (await pool.query<View>('SELECT name, filters FROM work.views WHERE subject = $1 ORDER BY name COLLATE "C"', [subject])).rows,
  read: async (subject, name) =>
    (await pool.query<View>('SELECT name, filters FROM work.views WHERE subject = $1 AND name = $2', [subject, name])).rows[0] ?? null,
  save: async (subject, { name, filters }) => {
    const { rows } = await pool.query<{ made: boolean }>(saveSql, [subject, name, JSON.stringify(filters)]);
    return rows[0] === undefined ? 'full' : rows[0].made ? 'made' : 'replaced';
  },
  remove: async (subject, name) => void (await pool.query('DELETE FROM work.views WHERE subject = $1 AND name = $2', [subject, name])),
});
