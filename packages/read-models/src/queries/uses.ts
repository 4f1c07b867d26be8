import type { Projection } from '../projection.ts';
import type { Connection } from '../runner/model.ts';
import { schemasOf } from './schemas.ts';

/** The incidents of which any edit ever used the source or party, by their ids. Those that an incident absorbed count as its own. */
export const incidentsUsing = async (connection: Connection, projections: readonly Projection[], used: string): Promise<string[]> => {
  const { reviews } = schemasOf(projections);
  const { rows } = await connection.query<{ incident: string }>(
    `SELECT DISTINCT incident FROM ${reviews}.edit_uses WHERE used = $1 ORDER BY incident`,
    [used],
  );
  return rows.map(({ incident }) => incident);
};
