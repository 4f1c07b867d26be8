import type { Profile } from '@averment/domain';
import {
  createCandidateQueries,
  insertRows,
  pairAll,
  profileRows,
  recordIndexes,
  recordTables,
  writeCandidates,
} from '@averment/read-models/testing';
import type { PoolClient } from 'pg';
import type { Row } from '../bench.ts';
import { quantile } from '../measure.ts';
import { profileAt } from '../profiles.ts';
import { randomFrom } from '../random.ts';
import { alone } from '../report.ts';

const schema = 'record_v1';
const asRow = (profile: Profile) => ({ incident: profile.id, published: true, retracted: false, authors: ['somebody'], profile });

/** Fills the tables as a rebuild does; answers how long the pairs took, in milliseconds. */
const fill = async (client: PoolClient, profiles: readonly Profile[]): Promise<number> => {
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(recordTables(schema));
  for (let from = 0; from < profiles.length; from += 5000) {
    for (const { table, columns, rows } of profileRows(profiles.slice(from, from + 5000).map(asRow)))
      await insertRows(client, `${schema}.${table}`, columns, rows);
  }
  await client.query(recordIndexes(schema));
  await client.query('ANALYZE');
  const begun = performance.now();
  await pairAll(client, schema);
  const milliseconds = performance.now() - begun;
  await client.query('ANALYZE');
  return milliseconds;
};

const timed = async (count: number, run: (index: number) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const begun = performance.now();
    await run(index);
    times.push(performance.now() - begun);
  }
  return times.sort((one, other) => one - other);
};

/** Candidates by themselves: what a proposal may be the same as, a changed incident, and all pairs, without log and HTTP. */
export const lookup: Row = async ({ stacks, seed, quick, scale, rounds }) => {
  const { pool } = await stacks.empty();
  const count = Math.round((quick ? 1000 : 100_000) * scale);
  const random = randomFrom(seed);
  const profiles = Array.from({ length: count }, (_, index) => profileAt(index, random));
  const at = (index: number): Profile => profiles[index % count] as Profile;
  const client = await pool.connect();
  try {
    const paired = await fill(client, profiles);
    // Of the queries' surroundings these need the tables alone.
    const queries = createCandidateQueries({ pool, schemas: { record: schema } } as Parameters<typeof createCandidateQueries>[0]);
    const viewer = { subject: 'somebody', role: 'reviewer' } as const;
    const asked: number[][] = [];
    const changed: number[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      asked.push(
        await timed(quick ? 20 : 300, (index) => queries.candidatesFor({ ...at(index * 331 + round), id: 'incident_new' }, viewer, 10)),
      );
      changed.push(
        await timed(quick ? 5 : 50, async (index) => {
          const profile = { ...at(index * 977 + round), distinct: [`incident_other${index}`] };
          await client.query('BEGIN');
          await writeCandidates(client, schema, new Map([[profile.id, asRow(profile)]]));
          await client.query('COMMIT');
        }),
      );
    }
    const parts = (times: readonly number[][], part: number) => times.map((each) => quantile(each, part));
    const among = `among ${count} incidents`;
    return [
      alone(`what a proposal may be the same as, ${among}, p50`, parts(asked, 0.5), { unit: 'ms' }),
      alone('what a proposal may be the same as, p99', parts(asked, 0.99), { unit: 'ms', most: 1000 }),
      alone(`a changed incident, its keys and pairs anew, ${among}, p50`, parts(changed, 0.5), { unit: 'ms' }),
      alone('a changed incident, p99', parts(changed, 0.99), { unit: 'ms' }),
      alone(`all pairs of ${count} incidents, in a rebuild`, [paired], { unit: 'ms' }),
    ];
  } finally {
    client.release();
  }
};
