import { createLogger, createPool, migrate } from '@averment/platform';
import { patience, type TestServer, testServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import type { Test } from 'tap';
import { type Catalogue, type EventLog, migrations } from '../src/index.ts';
import { createPostgresLog, type PostgresLogOptions } from '../src/postgres/log.ts';
import { catalogue, random, type TestEvent } from './events.ts';

const logger = createLogger({ level: 'fatal', name: 'test' });

/** An append is repeated and waited for as long as it takes, but where a test looks at what becomes of it otherwise. */
export const patient = { deadline: patience, answerWithin: patience };

/** An empty log in a database of its own, on a server that the file shares. */
export type TestDatabase = {
  url: string;
  pool: Pool;
  /** Opens the log on it, as another process would; closed after the test. */
  open(options?: Partial<PostgresLogOptions>): Promise<EventLog<TestEvent>>;
};

/** A pool that is closed after the test. */
export const poolOf = (t: Test, databaseUrl: string): Pool => {
  const pool = createPool({ databaseUrl, name: 'test', logger, connectTimeout: patience });
  t.teardown(() => pool.end());
  return pool;
};

export const newDatabase = async (t: Test, server: TestServer): Promise<TestDatabase> => {
  const url = await server.createDatabase();
  for (const each of migrations) await migrate(url, each);
  const pool = poolOf(t, url);
  return {
    url,
    pool,
    open: async (options = {}) => {
      const own = poolOf(t, url);
      const log = await createPostgresLog<TestEvent>({ pool: own, catalogue, random, ...patient, ...options });
      t.teardown(() => log.close());
      return log;
    },
  };
};

/** A server for the file, and databases on it. */
export const databases = async (t: Test) => {
  const server = await testServer(t);
  return { server, newDatabase: (t: Test) => newDatabase(t, server) };
};

export type { Catalogue, TestServer };
