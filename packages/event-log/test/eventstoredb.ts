import { randomUUID } from 'node:crypto';
import { systemClock } from '@averment/platform';
import { patience, type TestServer } from '@averment/platform/testing';
import type { Pool } from 'pg';
import type { Test } from 'tap';
import { createEventStoreLog, type EventStoreLogOptions } from '../src/eventstoredb/log.ts';
import type { EventLog } from '../src/index.ts';
import { catalogue, random, type TestEvent } from './events.ts';
import { type StandIn, startStandIn } from './eventstore-stand-in/server.ts';
import { newDatabase, patient, poolOf } from './postgres.ts';

/** Connection string of a real EventStoreDB that the tests are to run against, or undefined: then a stand-in of the tests' own. */
export const realServer = process.env.TEST_EVENTSTORE_URL;

/** Connection string of the server under test. Others may use it as well, and it keeps what earlier runs wrote. */
export const storeUnderTest = async (t: Test): Promise<string> => realServer ?? (await startStandIn(t)).url;

/** Why a test cannot run against a real server, or false where it can run now. */
export const skipOnReal = (why: string): string | false =>
  realServer === undefined ? false : `skipped: a real server cannot be made to ${why}`;

/** A name that nothing has in the store yet. */
export const newPrefix = (): string => `test-${randomUUID()}-`;

export type TestStore = {
  pool: Pool;
  /** The database of the vault. */
  databaseUrl: string;
  prefix: string;
  /** Opens the log on it, as another process would; closed after the test. */
  open(options?: Partial<EventStoreLogOptions>): Promise<EventLog<TestEvent>>;
};

/** An empty log in the store at `url`, with a vault of its own. */
export const newTestStore = async (t: Test, server: TestServer, url: string): Promise<TestStore> => {
  const { pool, url: databaseUrl } = await newDatabase(t, server);
  const prefix = newPrefix();
  return {
    pool,
    databaseUrl,
    prefix,
    open: async (options = {}) => {
      const own = poolOf(t, databaseUrl);
      const log = await createEventStoreLog<TestEvent>({
        url,
        pool: own,
        catalogue,
        clock: systemClock,
        random,
        prefix,
        onSkew: ({ detail }) => t.fail(detail),
        clockTolerance: 600_000,
        scanWithin: patience,
        ...patient,
        ...options,
      });
      t.teardown(() => log.close());
      return log;
    },
  };
};

export type { StandIn };
