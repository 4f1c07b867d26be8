import { fork } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrations as accessMigrations, createKey } from '@averment/access';
import { migrations as workMigrations } from '@averment/commands';
import { catalogue, type DomainEvent, policy, standardVocabulary } from '@averment/domain';
import { createPostgresLog, type EventLog, migrations as logMigrations } from '@averment/event-log';
import { createLogger, createPool, migrate, systemClock, systemRandom } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import { createProjections, createRunner, type Runner, migrations as runnerMigrations } from '@averment/read-models';
import { loadCast, loadEdits, loadIncidents } from './load.ts';

type Keys = Record<'contributor' | 'reviewer', string>;
type Pool = ReturnType<typeof createPool>;

/** The API and the worker on one database, as processes of their own. */
export type Served = { url: string; keys: Keys; api: number; worker: number; stop(): Promise<void> };

/** One database with the product's log in it. */
export type Stack = {
  url: string;
  pool: Pool;
  log: EventLog<DomainEvent>;
  runner: Runner;
  /** Another runner on the same tables, which takes about so many events at once. */
  runnerOf(batch: number): Runner;
  serve(): Promise<Served>;
};
export type Loaded = Stack & {
  seed: number;
  incidents: number;
  claims: number;
  events: number;
  /** A moment after the incidents were published and before the edits that came later. */
  past: Date;
};

export type Stacks = {
  /** Where the databases lie. */
  folder: string;
  /** The server's first process. */
  postmaster: number;
  empty(): Promise<Stack>;
  /** About 200,000 events, with the models built. */
  main(): Promise<Loaded>;
  /** For lists: 1,000 and 100,000 incidents. */
  small(): Promise<Loaded>;
  large(): Promise<Loaded>;
  close(): Promise<void>;
};

const services = join(import.meta.dirname, '..', '..', 'services');
const quiet = createLogger({ level: 'error', name: 'bench' });

/** Starts a PostgreSQL as the embedded one is set, fsync on. The data sets are made when a row first asks for them. */
export const openStacks = async ({ quick, seed, scale }: { quick: boolean; seed: number; scale: number }): Promise<Stacks> => {
  const closers: (() => Promise<void> | void)[] = [];
  const owner = { teardown: (run: () => Promise<void> | void) => void closers.push(run) };
  const close = async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    const server = await testServer(owner);
    const keyFile = join(await testFolder(owner), 'server.key');
    await writeFile(keyFile, '07'.repeat(32), { mode: 0o600 });
    const empty = async () => openStack(await server.createDatabase(), keyFile, closers);
    const sized = (incidents: number, claims: number) => once(() => load(empty, { seed, incidents, claims }));
    return {
      folder: server.folder,
      postmaster: Number((await readFile(join(server.folder, 'postmaster.pid'), 'utf8')).split('\n')[0]),
      empty,
      main: sized(quick ? 300 : Math.round(28_600 * scale), 3),
      small: sized(quick ? 200 : 1000, 1),
      large: sized(quick ? 1000 : Math.round(100_000 * scale), 1),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const openStack = async (url: string, keyFile: string, closers: (() => Promise<void> | void)[]): Promise<Stack> => {
  for (const each of [...logMigrations, workMigrations, accessMigrations, runnerMigrations]) await migrate(url, each);
  const pool = createPool({ databaseUrl: url, name: 'bench', logger: quiet, max: 12 });
  closers.push(() => pool.end());
  const log = await createPostgresLog<DomainEvent>({ pool, catalogue, random: systemRandom });
  closers.push(() => log.close());
  const runnerOf = (batch?: number): Runner => {
    const projections = createProjections({ vocabulary: standardVocabulary, policy });
    const runner = createRunner({
      pool,
      log,
      logger: quiet,
      projections,
      erase: async () => undefined,
      ...(batch !== undefined && { batch }),
    });
    closers.push(() => runner.close());
    return runner;
  };
  const keys = once(async (): Promise<Keys> => {
    const tools = { clock: systemClock, random: systemRandom };
    const keyOf = async (role: string) => (await createKey(pool, { subject: role, role }, tools)).key;
    return { contributor: await keyOf('contributor'), reviewer: await keyOf('reviewer') };
  });
  return { url, pool, log, runner: runnerOf(), runnerOf, serve: async () => serve(url, keyFile, await keys(), closers) };
};

const load = async (empty: () => Promise<Stack>, size: { seed: number; incidents: number; claims: number }): Promise<Loaded> => {
  const stack = await empty();
  let events = await loadCast(stack.log);
  events += await loadIncidents(stack.log, size);
  const { now: past } = await stack.log.moment();
  events += await loadEdits(stack.log, size);
  await stack.runner.ensure();
  await stack.pool.query('VACUUM ANALYZE');
  return { ...stack, ...size, events, past };
};

const serve = async (databaseUrl: string, keyFile: string, keys: Keys, closers: (() => Promise<void> | void)[]): Promise<Served> => {
  const worker = await start('worker', databaseUrl, keyFile);
  const api = await start('api', databaseUrl, keyFile);
  const stop = once(async () => {
    await api.stop();
    await worker.stop();
  });
  closers.push(stop);
  return { url: api.url, keys, api: api.pid, worker: worker.pid, stop };
};

const start = async (service: 'api' | 'worker', databaseUrl: string, keyFile: string) => {
  const env = { ...process.env, DATABASE_URL: databaseUrl, SERVER_KEY_FILE: keyFile, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error' };
  const child = fork(join(services, service, 'src', 'main.ts'), {
    env,
    execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { url } = await new Promise<{ url?: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url?: string }));
    void gone.then(() => reject(new Error(`the ${service} ended before it was ready`)));
  });
  const stop = async () => {
    if (child.connected) child.disconnect();
    await gone;
  };
  return { url: url ?? '', pid: child.pid ?? 0, stop };
};
