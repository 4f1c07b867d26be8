import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { migrations as accessMigrations, createKey } from '@averment/access';
import { catalogue, type DomainEvent } from '@averment/domain';
import { createPostgresLog, type EventLog, migrations as logMigrations } from '@averment/event-log';
import { createLogger, createPool, makeServerKey, migrate, systemClock, systemRandom } from '@averment/platform';
import { type TestServer, testFolder, testServer } from '@averment/platform/testing';
import type { Scope } from './experiment.ts';

type Kind = 'api' | 'worker';
type Pool = ReturnType<typeof createPool>;
type Start = { execArgv?: string[] };

/** A process of the service that is started again whenever it dies, at the same address, as an operator's supervisor would. */
export type Kept = {
  kind: Kind;
  /** Where it serves; null for a worker. */
  url: string | null;
  /** The process that runs now. */
  process(): ChildProcess;
  /** Ends it as if the power went, and resolves when its successor is ready. */
  crash(): Promise<void>;
  /** How often it was started again. */
  restarts(): number;
};

/** A database with keys for people, and the processes of the service on it, all on loopback. */
export type Bed = {
  server: TestServer;
  databaseUrl: string;
  pool: Pool;
  log: EventLog<DomainEvent>;
  /** Makes a key for a subject of that role; the same key for the same subject. */
  keyOf(subject: string): Promise<string>;
  start(kind: Kind, how?: Start): Promise<Kept>;
  /** Runs a command line of the worker to its end. */
  run(program: 'verify' | 'rebuild', ...args: string[]): Promise<{ code: number; out: string }>;
};

const program = (kind: string, file: string) => fileURLToPath(new URL(`../../services/${kind}/src/${file}.ts`, import.meta.url));
const quiet = createLogger({ level: 'silent', name: 'faults' });

/** What there is to work with on a database that somebody runs. */
export type Base = Pick<Bed, 'databaseUrl' | 'pool' | 'log' | 'keyOf' | 'run'>;

/** Opens the log of a database, which a test reads, and the ways to make keys and to run command lines. */
export const openBase = async (scope: Scope, databaseUrl: string): Promise<Base> => {
  for (const each of [...logMigrations, accessMigrations]) await migrate(databaseUrl, each);
  const pool = createPool({ databaseUrl, name: 'faults', logger: quiet, max: 4 });
  const log = await createPostgresLog<DomainEvent>({ pool, catalogue, random: systemRandom });
  scope.teardown(async () => {
    await log.close();
    await pool.end();
  });
  const keys = new Map<string, Promise<string>>();
  return {
    databaseUrl,
    pool,
    log,
    keyOf: (subject) => {
      const known = keys.get(subject) ?? newKey(pool, subject);
      keys.set(subject, known);
      return known;
    },
    run: async (name, ...args) => {
      const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, LOG_LEVEL: 'fatal' };
      const child = fork(program('worker', name), args, { env, silent: true });
      const [out, err, code] = await Promise.all([
        child.stdout ? text(child.stdout) : '',
        child.stderr ? text(child.stderr) : '',
        new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1))),
      ]);
      return { code, out: `${out}${err}` };
    },
  };
};

/** Starts a PostgreSQL of its own with an empty database. `extra` are further lines of its configuration. */
export const makeBed = async (scope: Scope, extra: readonly string[] = []): Promise<Bed> => {
  const server = await testServer(scope, { extra });
  const databaseUrl = await server.createDatabase();
  const serverKeyFile = join(await testFolder(scope), 'server.key');
  await makeServerKey(serverKeyFile, systemRandom);
  const env = (port: string): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    SERVER_KEY_FILE: serverKeyFile,
    HOST: '127.0.0.1',
    PORT: port,
    LOG_LEVEL: 'fatal',
  });
  return { ...(await openBase(scope, databaseUrl)), server, start: (kind, how = {}) => keepUp(scope, kind, env, how) };
};

/** A subject is named after its role: `reviewer3`. */
const newKey = async (pool: Pool, subject: string): Promise<string> =>
  (await createKey(pool, { subject, role: subject.replace(/\d+$/, '') }, { clock: systemClock, random: systemRandom })).key;

type Running = { child: ChildProcess; url: string | null };

const keepUp = async (scope: Scope, kind: Kind, env: (port: string) => NodeJS.ProcessEnv, { execArgv = [] }: Start): Promise<Kept> => {
  let over = false;
  let restarts = 0;
  let port = '0';
  let died = (_: Promise<void>) => {};

  const begin = async (): Promise<Running> => {
    const child = fork(program(kind, 'main'), [], { env: env(port), execArgv: [...process.execArgv, ...execArgv], silent: true });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        printed = `${printed}${chunk.toString('utf8')}`.slice(-2000);
      });
    }
    const url = await new Promise<string | null>((resolve, reject) => {
      child.once('message', (message: { url?: string }) => resolve(message.url ?? null));
      child.once('exit', (code, signal) => reject(new Error(`the ${kind} ended with ${code ?? signal} before it was ready: ${printed}`)));
    });
    if (url !== null) port = new URL(url).port;
    child.once('exit', () => {
      if (!over) died(again());
    });
    return { child, url };
  };

  /** A supervisor does not give up while the database is away. */
  const again = async (): Promise<void> => {
    for (let left = 60; !over; left -= 1) {
      try {
        running = await begin();
        restarts += 1;
        if (over) running.child.kill('SIGKILL');
        return;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  };

  let running = await begin();
  scope.teardown(async () => {
    over = true;
    const { child } = running;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
  });
  return {
    kind,
    url: running.url,
    process: () => running.child,
    crash: async () => {
      const successor = new Promise<Promise<void>>((resolve) => {
        died = (ready) => resolve(ready);
      });
      running.child.kill('SIGKILL');
      await await successor;
    },
    restarts: () => restarts,
  };
};
