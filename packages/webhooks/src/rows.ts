import type { Pool } from 'pg';

/** Deletes what was done with before then, and answers how many deliveries those were. */
export const deleteDeliveries = async (pool: Pick<Pool, 'query'>, before: Date): Promise<number> =>
  (await pool.query('DELETE FROM webhooks.deliveries WHERE done_at < $1', [before])).rowCount ?? 0;

export type Counts = { active: number; disabled: number; waiting: number };

/** How many webhooks there are, and deliveries that wait. */
export const readCounts = async (pool: Pick<Pool, 'query'>): Promise<Counts> => {
  const { rows } = await pool.query<Counts>(
    `SELECT count(*) FILTER (WHERE disabled_at IS NULL)::int AS active, count(*) FILTER (WHERE disabled_at IS NOT NULL)::int AS disabled,
            (SELECT count(*)::int FROM webhooks.deliveries WHERE state = 'waiting') AS waiting
       FROM webhooks.webhooks`,
  );
  return rows[0] ?? { active: 0, disabled: 0, waiting: 0 };
};
