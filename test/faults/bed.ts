import { fork } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { migrations as accessMigrations } from '@averment/access';
import { createKey } from '@averment/access/testing';
import { catalogue, type DomainEvent } from '@averment/domain';
import { type Catalogue, type EventLog, type LogSettings, migrations as logMigrations, openLog } from '@averment/event-log';
import type { JobsStore } from '@averment/jobs';
import { makeLedgerKey } from '@averment/ledger';
import { createLogger, createPool, makeServerKey, migrate, systemClock, systemRandom } from '@averment/platform';
import { patience, type TestRedis, type TestServer, testFolder, testRedis, testServer } from '@averment/platform/testing';
import { type EventStore, startEventStore } from './event-store.ts';
import { oneDatabase, type Place, type Profile, type Scope } from './experiment.ts';
import { type Kept, type Kind, keepUp, programOf, type Start } from './kept.ts';

type Pool = ReturnType<typeof createPool>;

/** What there is to work with on servers that somebody runs. */
export type Base = {
  profile: Profile;
  databaseUrl: string;
  pool: Pool;
  log: EventLog<DomainEvent>;
  serverKeyFile: string;
  /** Of the key that signs the ledger. */
  ledgerKeyFile: string;
  /** Opens the log once more, with these events; whoever does closes it. */
  openLog(known: Catalogue): Promise<EventLog<DomainEvent>>;
  /** Makes a key for a subject of that role; the same key for the same subject. */
  keyOf(subject: string): Promise<string>;
  /** Runs a command line of the worker to its end. */
  run(program: 'verify' | 'rebuild', ...args: string[]): Promise<{ code: number; out: string }>;
};

/** The whole service: as many processes as the profile has, behind one list of addresses. */
export type Service = { apis: [Kept, ...Kept[]]; workers: [Kept, ...Kept[]]; urls: string[] };

/** Servers with keys for people, and the processes of the service on them, all on loopback. */
export type Bed = Base & {
  server: TestServer;
  /** In the distributed profile. */
  redis: TestRedis | null;
  eventStore: EventStore | null;
  jobsStore: JobsStore;
  start(kind: Kind, how?: Start): Promise<Kept>;
  /** Starts one api and one worker, or two of each in the distributed profile. */
  startService(how?: Start): Promise<Service>;
};

/** Who works in most experiments. */
export const cast = ['contributor0', 'contributor1', 'reviewer0', 'reviewer1', 'auditor0', 'admin0'];
const quiet = createLogger({ level: 'silent', name: 'faults' });
const inPostgres: LogSettings = { eventLogUrl: null, eventLogName: 'averment' };

/** Opens the log, which a test reads, and the ways to make keys and to run command lines. `keyFile`: the server key of a service that is there. */
export const openBase = async (
  scope: Scope,
  databaseUrl: string,
  settings: LogSettings = inPostgres,
  keyFile: string | null = null,
): Promise<Base> => {
  for (const each of [...logMigrations, accessMigrations]) await migrate(databaseUrl, each);
  const pool = createPool({ databaseUrl, name: 'faults', logger: quiet, max: 4, connectTimeout: patience });
  const open = async (known: Catalogue) =>
    (await openLog<DomainEvent>({ settings, pool, catalogue: known, clock: systemClock, random: systemRandom, logger: quiet })).log;
  const log = await open(catalogue);
  const serverKeyFile = keyFile ?? join(await testFolder(scope), 'server.key');
  await makeServerKey(serverKeyFile, systemRandom);
  const ledgerKeyFile = join(await testFolder(scope), 'ledger.key');
  await makeLedgerKey(ledgerKeyFile, 'faults.example/log');
  scope.teardown(async () => {
    await log.close();
    await pool.end();
  });
  const keys = new Map<string, Promise<string>>();
  return {
    profile: settings.eventLogUrl === null ? 'one database' : 'distributed',
    databaseUrl,
    pool,
    log,
    serverKeyFile,
    ledgerKeyFile,
    openLog: open,
    keyOf: (subject) => {
      const known = keys.get(subject) ?? newKey(pool, subject);
      keys.set(subject, known);
      return known;
    },
    run: async (name, ...args) => {
      const env = { ...shared(), ...storesOf(databaseUrl, settings, null), SERVER_KEY_FILE: serverKeyFile };
      const child = fork(programOf('worker', name), args, { env, silent: true });
      const [out, err, code] = await Promise.all([
        child.stdout ? text(child.stdout) : '',
        child.stderr ? text(child.stderr) : '',
        new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1))),
      ]);
      return { code, out: `${out}${err}` };
    },
  };
};

/** What every process is given, wherever its stores are. */
const shared = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  LOG_LEVEL: 'fatal',
  RATE_LIMIT: 'off',
  SOURCE_QUOTA: 'off',
  OPEN_EDIT_QUOTA: 'off',
  WRONG_KEY_LIMIT: 'off',
  TIP_LIMIT: 'off',
  // Receivers are on this machine; the lease of a worker that was killed lasts as long as this and some seconds.
  WEBHOOK_PRIVATE_ADDRESSES: 'on',
  WEBHOOK_TIMEOUT: '2s',
  ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
});

const storesOf = (databaseUrl: string, { eventLogUrl, eventLogName }: LogSettings, redisUrl: string | null): NodeJS.ProcessEnv => ({
  DATABASE_URL: databaseUrl,
  ...(eventLogUrl !== null && { EVENT_LOG_URL: eventLogUrl, EVENT_LOG_NAME: eventLogName }),
  ...(redisUrl !== null && { REDIS_URL: redisUrl }),
});

/** Starts the servers of the place, empty: a PostgreSQL always. `extra` are further lines of its configuration. */
export const makeBed = async (scope: Scope, place: Place = oneDatabase, extra: readonly string[] = []): Promise<Bed> => {
  const isDistributed = place.profile === 'distributed';
  const server = await testServer(scope, { extra });
  const databaseUrl = await server.createDatabase();
  const redis = isDistributed ? await testRedis(scope) : null;
  const eventStore = isDistributed ? await startEventStore(scope, place.eventLog) : null;
  const settingsAt = (eventLogUrl: string): LogSettings => (eventStore ? { eventLogUrl, eventLogName: eventStore.name } : inPostgres);
  const env = (port: string): NodeJS.ProcessEnv => ({
    ...shared(),
    ...storesOf(databaseUrl, settingsAt(eventStore?.url ?? ''), redis?.url ?? null),
    SERVER_KEY_FILE: base.serverKeyFile,
    LEDGER_KEY_FILE: base.ledgerKeyFile,
    HOST: '127.0.0.1',
    PORT: port,
  });
  const start = (kind: Kind, how: Start = {}) => keepUp(scope, kind, env, how);
  // What the harness itself reads, it reads past the wire that is cut.
  const base = await openBase(scope, databaseUrl, settingsAt(eventStore?.directUrl ?? ''));
  // Before anything fails: the database may be away when somebody is first needed.
  await Promise.all(cast.map(base.keyOf));
  return {
    ...base,
    server,
    redis,
    eventStore,
    jobsStore: redis ? { redisUrl: redis.url } : { databaseUrl },
    start,
    startService: async (how) => {
      const [api, worker, ...more] = await Promise.all([
        start('api', how),
        start('worker', how),
        ...(isDistributed ? [start('api', how), start('worker', how)] : []),
      ]);
      const apis: Service['apis'] = [api, ...more.filter(({ kind }) => kind === 'api')];
      return { apis, workers: [worker, ...more.filter(({ kind }) => kind === 'worker')], urls: apis.map(({ url }) => url ?? '') };
    },
  };
};

/** A subject is named after its role: `reviewer3`. */
const newKey = async (pool: Pool, subject: string): Promise<string> =>
  (await createKey(pool, { subject, role: subject.replace(/\d+$/, '') }, { clock: systemClock, random: systemRandom })).key;
