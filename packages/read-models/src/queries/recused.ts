import type { Pool } from 'pg';
import { forEver } from '../versions.ts';

/** The parties and incidents from which somebody is recused. */
export type RecusedFrom = { parties: readonly string[]; incidents: readonly string[] };
export const fromNothing: RecusedFrom = { parties: [], incidents: [] };

/** With whom they are merged into, and with all that is below these. */
const withBelow = (record: string) => `
WITH RECURSIVE own AS (
  SELECT unnest($1::text[]) COLLATE "C" AS id
  UNION SELECT p.merged_into FROM ${record}.parties AS p JOIN own ON p.id = own.id WHERE p.to_position = ${forEver} AND p.merged_into IS NOT NULL),
below AS (
  SELECT id FROM own
  UNION SELECT p.id FROM ${record}.parties AS p JOIN below ON p.parent = below.id OR p.merged_into = below.id WHERE p.to_position = ${forEver})
SELECT id FROM below`;

/** With what they are merged into, and with what is merged into that. */
const withMerged = (record: string) => `
SELECT unnest($1::text[]) AS id UNION SELECT id FROM ${record}.incidents WHERE absorbed && $1::text[]
UNION SELECT unnest(absorbed) FROM ${record}.incidents WHERE id = ANY($1) OR absorbed && $1::text[]`;

/** A condition on edits \`e\`, with its values. */
type Condition = { sql: string; values: unknown[] };

/** Makes the condition that an edit is none from which somebody is recused, as far as the models know: leases and decisions are asked of the log. */
export const createNotRecused = (pool: Pool, record: string): ((from: RecusedFrom) => Promise<Condition>) => {
  const read = async (sql: string, ids: readonly string[]): Promise<string[]> =>
    ids.length === 0 ? [] : (await pool.query<{ id: string }>(sql, [ids])).rows.map(({ id }) => id);
  return async ({ parties, incidents }) => {
    const [used, about] = await Promise.all([read(withBelow(record), parties), read(withMerged(record), incidents)]);
    if (used.length + about.length === 0) return { sql: 'true', values: [] };
    return {
      sql: `NOT (e.stream = ANY(?::text[]) OR e.uses && ?::text[]
        OR EXISTS (SELECT FROM ${record}.incident_uses AS u WHERE u.incident = e.stream AND u.used = ANY(?::text[])))`,
      values: [[...used, ...about], used, used],
    };
  };
};
