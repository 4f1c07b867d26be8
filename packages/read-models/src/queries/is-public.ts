import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

/** Whether everybody can read that something is there: a published incident with its claims, and the sources and parties that approved edits use. */
export const createIsPublic = ({ pool, schemas: { record } }: Pick<Reading, 'pool' | 'schemas'>): Queries['isPublic'] => {
  const used = `SELECT FROM ${record}.public WHERE id = $1`;
  const statements = {
    incident: `SELECT FROM ${record}.incidents WHERE id = $1 AND published`,
    claim: `SELECT FROM ${record}.claims AS c JOIN ${record}.incidents AS i ON i.id = c.incident WHERE c.id = $1 AND i.published`,
    source: used,
    party: used,
  };
  return async ({ kind, id }) => (await pool.query(`${statements[kind]} LIMIT 1`, [id])).rows.length > 0;
};
