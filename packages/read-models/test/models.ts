import { policy, standardVocabulary } from '@averment/domain';
import { createLogger, createPool, migrate } from '@averment/platform';
import { patience, testServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import t from 'tap';
import {
  createQueries,
  createRecordProjection,
  createReviewsProjection,
  createRunner,
  migrations,
  type Projection,
  type Queries,
} from '../src/index.ts';
import type { World } from './world.ts';

const logger = createLogger({ level: 'silent', name: 'test' });
/** Nothing here must outlive a crash, so nothing waits for the disk. */
const server = await testServer(t, { extra: ['fsync = off', 'synchronous_commit = off'] });

/** The table of the leases that queries join; its owner is `packages/commands`. */
const leases = `CREATE SCHEMA work; CREATE TABLE work.leases (incident text, edit integer, version integer, holder text, taken timestamptz, until timestamptz, PRIMARY KEY (incident, edit))`;

type Test = { teardown(run: () => Promise<void> | void): void };

/** A database with the models of a world. `wrap` may put something around the projections; `queried` is the log that queries read. */
export const models = async (
  t: Test,
  world: Pick<World, 'log' | 'clock'>,
  wrap: (projection: Projection) => Projection = (one) => one,
  queried: World['log'] = world.log,
  reached: (position: bigint) => Promise<void> = async () => undefined,
) => {
  const url = await server.createDatabase();
  await migrate(url, migrations);
  const pool: Pool = createPool({ databaseUrl: url, name: 'test', logger, connectTimeout: patience });
  await pool.query(leases);
  const names = ['record', 'reviews'] as const;
  /** As a process that has just started: nothing is in memory. */
  const newRunner = (batch?: number) =>
    createRunner({
      pool,
      log: world.log,
      projections: [createRecordProjection({ vocabulary: standardVocabulary }), createReviewsProjection({ policy })].map(wrap),
      logger,
      erase: async () => undefined,
      ...(batch === undefined ? {} : { batch }),
    });
  const runners = [newRunner()];
  await runners[0]?.ensure();
  t.teardown(async () => {
    for (const runner of runners) await runner.close();
    await pool.end();
  });
  const runner = () => runners.at(-1) ?? newRunner();
  const advance = async () => {
    for (const name of names) await runner().advance(name);
  };
  const queries: Queries = createQueries({ pool, log: queried, vocabulary: standardVocabulary, policy, clock: world.clock.now, reached });
  return {
    pool,
    queries,
    advance,
    runner,
    /** Ends the process and starts another one that applies so many events at once. */
    restart: async (batch?: number) => {
      await runner().close();
      runners.push(newRunner(batch));
    },
    rebuild: async () => {
      for (const name of names) await runner().rebuild(name);
    },
  };
};
export type Models = Awaited<ReturnType<typeof models>>;

const tables: Record<string, string[]> = {
  record_v1: ['folded', 'parties', 'sources', 'public', 'incidents', 'incident_rows', 'claims', 'incident_uses', 'merges'],
  reviews_v1: ['folded', 'parties', 'incidents', 'edits', 'votes', 'edit_uses'],
};

/** Every row of every table of the models, in an order that is the same for equal tables. */
export const everyRow = async (pool: Pool): Promise<Record<string, string[]>> => {
  const found: Record<string, string[]> = {};
  for (const [schema, names] of Object.entries(tables)) {
    for (const name of names) {
      const { rows } = await pool.query(`SELECT r::text AS row FROM ${schema}.${name} AS r`);
      found[`${schema}.${name}`] = rows.map(({ row }) => String(row)).sort();
    }
  }
  return found;
};
