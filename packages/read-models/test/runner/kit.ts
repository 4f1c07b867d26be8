import type { DomainEvent } from '@averment/domain';
import { type EventLog, isUndecodable } from '@averment/event-log';
import { createMemoryLog, createMemoryStore, type MemoryStore } from '@averment/event-log/testing';
import { createLogger, migrate, systemClock, systemRandom } from '@averment/platform';
import { testPools, testServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import t from 'tap';
import type { Projection } from '../../src/projection.ts';
import { createRunner, migrations, type Runner } from '../../src/runner/index.ts';
import { catalogue } from './tally.ts';

const logger = createLogger({ level: 'silent', name: 'test' });
export const server = await testServer(t);

type Test = { teardown(run: () => Promise<void> | void): void };

export const memoryLog = (store = createMemoryStore()): EventLog<DomainEvent> =>
  createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });

/** The first `count` events of a log, as in a backup of then. */
export const backupOf = ({ all, vault, lastStamp }: MemoryStore, count: number): MemoryStore => {
  const events = all.slice(0, count);
  const streams = Map.groupBy(events, ({ stream }) => stream);
  return { ...createMemoryStore(), all: events, streams, vault: new Map(vault), lastStamp };
};

/** An empty database with the runner's own schema, a pool on it, and runners as wanted. */
export const database = async (
  t: Test,
): Promise<{
  url: string;
  pool: Pool;
  runner: (log: EventLog<DomainEvent>, projections: Projection[], batch?: number, logName?: string) => Runner;
}> => {
  const url = await server.createDatabase();
  await migrate(url, migrations);
  const { pool, applying, end } = testPools(url);
  const runners: Runner[] = [];
  t.teardown(async () => {
    for (const runner of runners) await runner.close();
    await end();
  });
  return {
    url,
    pool,
    runner: (log, projections, batch, logName = 'test.0') => {
      const runner = createRunner({
        pool,
        applying,
        log,
        projections,
        logger,
        erase: async () => undefined,
        logName: async () => logName,
        ...(batch === undefined ? {} : { batch }),
      });
      runners.push(runner);
      return runner;
    },
  };
};

export const rowsOf = async (pool: Pool, schema = 'reviews_v1'): Promise<unknown[]> =>
  (await pool.query(`SELECT stream, revision, position::int, amount, sum, note FROM ${schema}.added ORDER BY stream, revision`)).rows;

/** What the rows have to be: computed from the log alone, without the runner. */
export const expectedRows = async (
  log: EventLog<DomainEvent>,
  without: (event: { stream: string; revision: number }) => boolean = () => false,
): Promise<unknown[]> => {
  const sums = new Map<string, number>();
  const rows = (await log.readAll(0n, 100_000)).flatMap((event) => {
    if (without(event) || isUndecodable(event)) return [];
    const { amount, note = null } = event.data as unknown as { amount: number; note?: string | null };
    const sum = (sums.get(event.stream) ?? 0) + amount;
    sums.set(event.stream, sum);
    return [{ stream: event.stream, revision: event.revision, position: Number(event.position), amount, sum, note }];
  });
  return rows.sort((one, other) => (one.stream === other.stream ? one.revision - other.revision : one.stream < other.stream ? -1 : 1));
};
