import { spawn } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createPool } from './database/pool.ts';
import { createLogger } from './logger.ts';
import { type Account, postgresAccount } from './postgres/account.ts';
import { postgresBinaries } from './postgres/binaries.ts';
import { clusterFolder, clusterPassword, makeCluster, superuser } from './postgres/cluster.ts';
import { runningServer, startServer, stopServer } from './postgres/server.ts';
import { keptPort } from './testing-port.ts';
import { startRedis, type TestRedis } from './testing-redis.ts';

export { keptPort } from './testing-port.ts';
export { programOnPath } from './testing-program.ts';
export { redisMissing, type TestRedis } from './testing-redis.ts';

/** A private PostgreSQL for the tests of one file, with the same settings as the embedded one. */
export type TestServer = {
  /** Makes an empty database and answers its address. */
  createDatabase(): Promise<string>;
  /** Where the server's files lie, for tests that look for what must not be in them. */
  folder: string;
  port: number;
  /** As if the power went. */
  crash(): Promise<void>;
  stop(): Promise<void>;
  /** Starts a server that was stopped or crashed, at the same port. */
  start(): Promise<void>;
};

/** Milliseconds that no test takes. What the product gives up after seconds, as it should, a test waits for: a busy machine is no fault. */
export const patience = 3_600_000;

/** What a runner of models needs of a database: a pool, and a pipelined one. */
export const testPools = (databaseUrl: string): { pool: pg.Pool; applying: pg.Pool; end(): Promise<void> } => {
  const common = { databaseUrl, name: 'test', logger: createLogger({ level: 'silent', name: 'test' }), connectTimeout: patience };
  const [pool, applying] = [createPool(common), createPool({ ...common, pipelined: true })];
  return {
    pool,
    applying,
    end: async () => {
      await pool.end();
      await applying.end();
    },
  };
};

/** What is needed of a tap test. */
type Test = { teardown(run: () => Promise<void> | void): void };

/** A folder that is removed after the test, and that the embedded PostgreSQL can reach whoever runs the test. */
export const testFolder = async (t: Test): Promise<string> => {
  // Root's own temporary folder may be closed to the account that root runs PostgreSQL as.
  const folder = await mkdtemp(join((await postgresAccount()) === null ? tmpdir() : '/var/tmp', 'averment-test-'));
  await chmod(folder, 0o755);
  const janitor = spawn(process.execPath, [fileURLToPath(new URL('./testing-janitor.ts', import.meta.url)), folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => janitor.once('exit', () => resolve()));
  janitor.unref();
  janitor.channel?.unref();
  t.teardown(async () => {
    janitor.ref();
    janitor.disconnect();
    await gone;
  });
  return folder;
};

/**
 * Starts a PostgreSQL that is stopped and removed after the test, also when the test's process is killed. Takes about a second:
 * start one per file and make a database per test. `extra` are further lines of configuration, such as `fsync = off`, `locale` arguments of
 * `initdb` in place of the embedded server's.
 */
export const testServer = async (t: Test, options: { extra?: readonly string[]; locale?: readonly string[] } = {}): Promise<TestServer> => {
  const folder = clusterFolder(await testFolder(t));
  const account: Account | null = await postgresAccount();
  const binaries = await postgresBinaries(account);
  await makeCluster(folder, binaries, account, { ...options, sync: false });
  const password = await clusterPassword(folder);
  const port = await startServer(folder, binaries, account, await keptPort());
  const urlOf = (name: string) => `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}`;
  let databases = 0;

  return {
    folder,
    port,
    createDatabase: async () => {
      databases += 1;
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      try {
        await client.query(`CREATE DATABASE test${databases}`);
      } finally {
        await client.end();
      }
      return urlOf(`test${databases}`);
    },
    crash: () => stopServer(folder, binaries, account, 'immediate'),
    stop: () => stopServer(folder, binaries, account),
    start: async () => {
      if ((await runningServer(folder)) === null) await startServer(folder, binaries, account, port);
    },
  };
};

/** Starts a Redis that is stopped and removed after the test, also when the test's process is killed. Only where there is one: see `redisMissing`. */
export const testRedis = async (t: Test): Promise<TestRedis> => await startRedis(await testFolder(t));
