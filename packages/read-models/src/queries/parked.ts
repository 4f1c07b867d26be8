import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

/** How many parked streams an incident rests on. A merge that is itself parked is in no table of the model: the runner notes it. */
export const createParkedQueries = ({
  pool,
  schemas: { record, reviews },
}: Pick<Reading, 'pool' | 'schemas'>): Pick<Queries, 'parkedUnder'> => ({
  parkedUnder: async (incident, waiting, edits) => {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM unnest($2::text[]) AS waits(stream)
        WHERE EXISTS (SELECT FROM ${record}.incident_uses WHERE incident = $1 AND used = waits.stream)
           OR EXISTS (SELECT FROM ${record}.merges AS m WHERE m.incident = waits.stream AND m.target = $1)
           OR EXISTS (SELECT FROM runner.parked AS p WHERE p.stream = waits.stream AND $1 = ANY(p.merges_into))
           OR ($3 AND EXISTS (SELECT FROM ${reviews}.edit_uses WHERE incident = $1 AND used = waits.stream))`,
      [incident, [...waiting], edits],
    );
    return rows[0]?.count ?? 0;
  },
});
