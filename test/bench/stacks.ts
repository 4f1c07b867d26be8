import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrations as accessMigrations } from '@averment/access';
import { createKey } from '@averment/access/testing';
import { migrations as workMigrations } from '@averment/commands';
import { catalogue, type DomainEvent, standardVocabulary, tagCases } from '@averment/domain';
import { type EventLog, type LogSettings, migrations as logMigrations, logSessions, openLog } from '@averment/event-log';
import { migrations as ledgerMigrations } from '@averment/ledger';
import { createLogger, createPool, migrate, systemClock, systemRandom } from '@averment/platform';
import { testFolder, testRedis, testServer } from '@averment/platform/testing';
import { createProjections, createRunner, type Runner, migrations as runnerMigrations } from '@averment/read-models';
import { loadCast, loadDesk, loadEdits, loadIncidents } from './load.ts';

type Keys = Record<'contributor' | 'reviewer' | 'auditor', string>;
type Pool = ReturnType<typeof createPool>;

/** The API and the worker on one database, as processes of their own. */
export type Served = { url: string; keys: Keys; api: number; worker: number; stop(): Promise<void> };

/** One database with the product's log in it. */
type Stack = {
  url: string;
  pool: Pool;
  log: EventLog<DomainEvent>;
  runner: Runner;
  /** Another runner on the same tables, which takes about so many events at once. */
  runnerOf(batch: number): Runner;
  /** `preload`: arguments of Node for the API. */
  serve(preload?: readonly string[]): Promise<Served>;
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
  /** For the review: 1,000 and 50,000 open edits, beside four times as many that are decided. */
  quietDesk(): Promise<Loaded>;
  busyDesk(): Promise<Loaded>;
  /** A database whose log is in the EventStoreDB that was given. */
  emptyElsewhere(): Promise<Stack>;
  /** As `main`, of a tenth of its size, on each profile: everything in PostgreSQL, and the log in EventStoreDB with the jobs on Redis. */
  embedded(): Promise<Loaded>;
  distributed(): Promise<Loaded>;
  close(): Promise<void>;
};

/** Of the processes that are served. */
export const serverKey = Buffer.alloc(32, 7);
const services = join(import.meta.dirname, '..', '..', 'services');
const quiet = createLogger({ level: 'error', name: 'bench' });

type StacksOptions = { quick: boolean; seed: number; scale: number; eventLogUrl: string | null };

/** Where the log and the jobs lie; null: in PostgreSQL. */
type Places = LogSettings & { redisUrl: string | null };
const inPostgres: Places = { eventLogUrl: null, eventLogName: 'bench', redisUrl: null };

/** Starts a PostgreSQL as the embedded one is set, fsync on. The data sets are made when a row first asks for them. */
export const openStacks = async ({ quick, seed, scale, eventLogUrl }: StacksOptions): Promise<Stacks> => {
  const closers: (() => Promise<void> | void)[] = [];
  const owner = { teardown: (run: () => Promise<void> | void) => void closers.push(run) };
  const close = async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    const server = await testServer(owner);
    const keyFile = join(await testFolder(owner), 'server.key');
    await writeFile(keyFile, serverKey.toString('hex'), { mode: 0o600 });
    const open = async (places: Places) => openStack(await server.createDatabase(), places, keyFile, closers);
    const empty = () => open(inPostgres);
    // What others wrote into the same store, and earlier runs, is not read.
    const elsewhere = (redisUrl: string | null): Places => ({ eventLogUrl, eventLogName: `bench_${randomUUID().slice(0, 8)}`, redisUrl });
    const sized = (incidents: number, claims: number, from = empty, made = loadIncidents) =>
      once(() => load(from, { seed, incidents, claims }, made));
    const fewer = quick ? 100 : Math.round(2860 * scale);
    return {
      folder: server.folder,
      postmaster: Number((await readFile(join(server.folder, 'postmaster.pid'), 'utf8')).split('\n')[0]),
      empty,
      main: sized(quick ? 300 : Math.round(28_600 * scale), 3),
      small: sized(quick ? 200 : 1000, 1),
      large: sized(quick ? 1000 : Math.round(100_000 * scale), 1),
      quietDesk: sized(quick ? 100 : 1000, 1, empty, loadDesk),
      busyDesk: sized(quick ? 200 : Math.round(50_000 * scale), 1, empty, loadDesk),
      emptyElsewhere: () => open(elsewhere(null)),
      embedded: sized(fewer, 3),
      distributed: sized(fewer, 3, async () => open(elsewhere((await testRedis(owner)).url))),
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

const openStack = async (url: string, places: Places, keyFile: string, closers: (() => Promise<void> | void)[]): Promise<Stack> => {
  for (const each of [...logMigrations, workMigrations, accessMigrations, ledgerMigrations, runnerMigrations]) await migrate(url, each);
  const poolOf = (options: { name: string; max: number; sessions?: Record<string, string>; pipelined?: true }) => {
    const pool = createPool({ databaseUrl: url, logger: quiet, ...options });
    closers.push(() => pool.end());
    return pool;
  };
  const pool = poolOf({ name: 'bench', max: 12 });
  const applying = poolOf({ name: 'bench, applying', max: 5, pipelined: true });
  const { log, name } = await openLog<DomainEvent>({
    settings: places,
    pool: poolOf({ name: 'bench, log', max: 6, sessions: logSessions }),
    catalogue,
    clock: systemClock,
    random: systemRandom,
    logger: quiet,
  });
  closers.push(() => log.close());
  const runnerOf = (batch?: number): Runner => {
    const projections = createProjections({ vocabulary: standardVocabulary, tagCase: tagCases(Buffer.alloc(32)) });
    const runner = createRunner({
      pool,
      applying,
      log,
      logger: quiet,
      projections,
      erase: async () => undefined,
      logName: name,
      ...(batch !== undefined && { batch }),
    });
    closers.push(() => runner.close());
    return runner;
  };
  const keys = once(async (): Promise<Keys> => {
    const tools = { clock: systemClock, random: systemRandom };
    const keyOf = async (role: string) => (await createKey(pool, { subject: role, role }, tools)).key;
    return { contributor: await keyOf('contributor'), reviewer: await keyOf('reviewer'), auditor: await keyOf('auditor') };
  });
  return {
    url,
    pool,
    log,
    runner: runnerOf(),
    runnerOf,
    serve: async (preload) => serve({ databaseUrl: url, places, keyFile, keys: await keys(), closers, preload }),
  };
};

const load = async (
  empty: () => Promise<Stack>,
  size: { seed: number; incidents: number; claims: number },
  made: typeof loadIncidents,
): Promise<Loaded> => {
  const stack = await empty();
  let events = await loadCast(stack.log);
  events += await made(stack.log, size);
  const { now: past } = await stack.log.now();
  if (made === loadIncidents) events += await loadEdits(stack.log, size);
  await stack.runner.ensure();
  await stack.pool.query('VACUUM ANALYZE');
  return { ...stack, ...size, events, past };
};

type ServeOptions = {
  databaseUrl: string;
  places: Places;
  keyFile: string;
  keys: Keys;
  closers: (() => Promise<void> | void)[];
  preload: readonly string[] | undefined;
};

const serve = async ({ databaseUrl, places, keyFile, keys, closers, preload }: ServeOptions): Promise<Served> => {
  const { eventLogUrl, eventLogName, redisUrl } = places;
  const settings = {
    DATABASE_URL: databaseUrl,
    SERVER_KEY_FILE: keyFile,
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'error',
    RATE_LIMIT: 'off',
    SOURCE_QUOTA: 'off',
    OPEN_EDIT_QUOTA: 'off',
    EVENT_LOG_URL: eventLogUrl ?? '',
    EVENT_LOG_NAME: eventLogName,
    REDIS_URL: redisUrl ?? '',
  };
  const worker = await start('worker', settings);
  const api = await start('api', settings, preload);
  const stop = once(async () => {
    await api.stop();
    await worker.stop();
  });
  closers.push(stop);
  return { url: api.url, keys, api: api.pid, worker: worker.pid, stop };
};

const start = async (service: 'api' | 'worker', settings: Record<string, string>, preload: readonly string[] = []) => {
  const child = fork(join(services, service, 'src', 'main.ts'), {
    env: { ...process.env, ...settings },
    execArgv: [...process.execArgv, ...preload, '--disable-warning=ExperimentalWarning'],
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
