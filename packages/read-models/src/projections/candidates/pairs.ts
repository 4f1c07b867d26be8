import { likelySame, mostOfKey, type Profile } from '@averment/domain';
import type { PoolClient } from 'pg';
import { insertRows } from '../statements.ts';
import { isTelling } from './keys.ts';

type Stored = { incident: string; published: boolean; retracted: boolean; profile: Profile };

const columns = {
  smaller: 'text',
  larger: 'text',
  retracted: 'boolean',
  score: 'int',
  reasons: 'json',
  open_score: 'int',
  open_reasons: 'json',
};

const rowOf = (one: Stored, other: Stored) => {
  const { whole, open } = likelySame(one.profile, other.profile);
  const told = one.published && other.published ? open : null;
  if (whole === null && told === null) return [];
  return [
    {
      smaller: one.incident,
      larger: other.incident,
      retracted: one.retracted || other.retracted,
      score: whole?.score ?? null,
      reasons: whole?.reasons ?? null,
      open_score: told?.score ?? null,
      open_reasons: told?.reasons ?? null,
    },
  ];
};

/** Those of these incidents that meet another, with it. */
const meetings = async (tx: PoolClient, schema: string, incidents: readonly string[]): Promise<[string, string][]> => {
  const { rows } = await tx.query<{ one: string; other: string }>(
    `WITH own AS MATERIALIZED (SELECT k.key, k.incident FROM ${schema}.meeting_keys AS k WHERE k.incident = ANY($1)),
       telling AS MATERIALIZED (SELECT key FROM (SELECT DISTINCT key FROM own) AS each WHERE ${isTelling(schema, 'each.key')})
     SELECT DISTINCT own.incident AS one, met.incident AS other
     FROM telling JOIN own USING (key) CROSS JOIN LATERAL (SELECT k.incident FROM ${schema}.meeting_keys AS k WHERE k.key = telling.key) AS met
     WHERE met.incident <> own.incident`,
    [incidents],
  );
  return rows.map(({ one, other }) => (one < other ? [one, other] : [other, one]));
};

const profilesOf = async (tx: PoolClient, schema: string, incidents: readonly string[]): Promise<Map<string, Stored>> => {
  const { rows } = await tx.query<Stored>(
    `SELECT incident, published, retracted, profile FROM ${schema}.profiles WHERE incident = ANY($1)`,
    [incidents],
  );
  return new Map(rows.map((row) => [row.incident, row]));
};

/** Compares incidents that meet, each with the other, and writes those that may be one. */
const writePairs = async (tx: PoolClient, schema: string, met: readonly (readonly [string, string])[]): Promise<void> => {
  const profiles = await profilesOf(tx, schema, [...new Set(met.flat())]);
  const rows = met.flatMap(([one, other]) => {
    const [first, second] = [profiles.get(one), profiles.get(other)];
    return first && second ? rowOf(first, second) : [];
  });
  await insertRows(tx, `${schema}.candidate_pairs`, columns, rows);
};

/** Compares these incidents anew with all that they meet. */
export const renewPairs = async (tx: PoolClient, schema: string, incidents: readonly string[]): Promise<void> => {
  if (incidents.length === 0) return;
  await tx.query(`DELETE FROM ${schema}.candidate_pairs WHERE smaller = ANY($1) OR larger = ANY($1)`, [incidents]);
  const met = new Map((await meetings(tx, schema, incidents)).map((pair) => [pair.join(' '), pair]));
  await writePairs(tx, schema, [...met.values()]);
};

/** How many pairs are compared at once. */
const chunk = 5000;

/** Compares all incidents, where none was before. */
export const pairAll = async (session: PoolClient, schema: string): Promise<void> => {
  await session.query(`ANALYZE ${schema}.meeting_keys`);
  await session.query(
    `DECLARE met NO SCROLL CURSOR WITH HOLD FOR
       WITH telling AS MATERIALIZED (SELECT key FROM ${schema}.meeting_keys GROUP BY key HAVING count(*) BETWEEN 2 AND ${mostOfKey})
       SELECT DISTINCT one.incident AS smaller, other.incident AS larger
       FROM telling JOIN ${schema}.meeting_keys AS one USING (key) JOIN ${schema}.meeting_keys AS other USING (key)
       WHERE one.incident < other.incident ORDER BY smaller, larger`,
  );
  try {
    const next = async () => (await session.query<{ smaller: string; larger: string }>(`FETCH ${chunk} FROM met`)).rows;
    for (let rows = await next(); rows.length > 0; rows = await next()) {
      const met = rows.map(({ smaller, larger }) => [smaller, larger] as const);
      await writePairs(session, schema, met);
    }
  } finally {
    await session.query('CLOSE met');
  }
};

/**
 * The incidents of those keys that were telling before `changed` many incidents more had them and are no longer, or the other way round: some of them met by such a
 * key alone.
 */
export const turned = async (tx: PoolClient, schema: string, changed: ReadonlyMap<bigint, number>): Promise<string[]> => {
  const asked = [...changed].filter(([, by]) => by !== 0);
  if (asked.length === 0) return [];
  const beyond = mostOfKey + 1 + Math.max(...asked.map(([, by]) => Math.abs(by)));
  const { rows } = await tx.query<{ incident: string }>(
    `WITH asked AS (SELECT key, by FROM unnest($1::bigint[], $2::int[]) AS asked(key, by)),
       now AS (SELECT key, by, (SELECT count(*) FROM (SELECT FROM ${schema}.meeting_keys AS counted WHERE counted.key = asked.key LIMIT ${beyond}) AS few) AS have FROM asked)
     SELECT DISTINCT k.incident FROM now JOIN ${schema}.meeting_keys AS k USING (key) WHERE (have <= ${mostOfKey}) <> (have - by <= ${mostOfKey})`,
    [asked.map(([key]) => String(key)), asked.map(([, by]) => by)],
  );
  return rows.map(({ incident }) => incident);
};
