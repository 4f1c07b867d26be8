import { join } from 'node:path';
import {
  migrations as accessMigrations,
  createAuthenticator,
  createReadLog,
  createTokenVerifier,
  isOneOf,
  type Principal,
  writers,
} from '@averment/access';
import {
  type Commands,
  createKeyCommands,
  createPostgresLeases,
  createQuotas,
  createTips,
  createViews,
  createWritten,
  identifying,
  type QuotaOptions,
  migrations as workMigrations,
} from '@averment/commands';
import { serverKey, tagCase, testCommands } from '@averment/commands/testing';
import { catalogue, type DomainEvent, standardVocabulary } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { createExtract } from '@averment/extraction';
import { createLedger, createLedgerFollower, createSigner, migrations as ledgerMigrations, makeLedgerKey } from '@averment/ledger';
import {
  createLogger,
  type Logger,
  loadConfig,
  migrate,
  type Places,
  systemClock,
  systemRandom,
  type TokenSettings,
  userKeyOf,
  type WebhookSettings,
} from '@averment/platform';
import { type TestServer, testFolder, testPools, testServer } from '@averment/platform/testing';
import {
  createProjections,
  createQueries,
  createRunner,
  openSnapshot,
  type Runner,
  migrations as runnerMigrations,
} from '@averment/read-models';
import { createWebhooks, migrations as webhookMigrations } from '@averment/webhooks';
import type { InjectOptions } from 'fastify';
import { type App, createApp } from '../../src/app.ts';
import { createExporting } from '../../src/exporting.ts';
import { modelsOf } from '../../src/models.ts';
import { createOwnWrites } from '../../src/own-writes.ts';
import { createStreams, stillSeesBy } from '../../src/streams.ts';
import { type Answered, createChecker } from './checker.ts';

type Test = { teardown(run: () => Promise<void> | void): void };

/** The subjects that tests speak as; the key is the name. */
const people = {
  contributor: { subject: 'contributor', role: 'contributor' },
  contributor2: { subject: 'contributor2', role: 'contributor' },
  reviewer: { subject: 'reviewer', role: 'reviewer' },
  reviewer2: { subject: 'reviewer2', role: 'reviewer' },
  auditor: { subject: 'auditor', role: 'auditor' },
  app: { subject: 'app', role: 'app' },
  admin: { subject: 'admin', role: 'admin' },
  admin2: { subject: 'admin2', role: 'admin' },
} as const satisfies Record<string, Pick<Principal, 'subject' | 'role'>>;
export type Person = keyof typeof people;
/** Reviewers beside those by name, as many as a test wants. */
export type Further = `reviewer${number}`;

/** A key of nobody in the database. */
const theirs = { kind: 'person', keyId: '0190a5d2-0000-7000-8000-000000000000', expiresAt: null } as const;

/** As the service does, and beside that by the names of `people`, and of further reviewers. */
const authenticatorFor = (pool: ReturnType<typeof testPools>['pool'], tokens: TokenSettings | undefined) => {
  const verify = tokens && createTokenVerifier(tokens, { pool, key: userKeyOf(serverKey), clock: systemClock });
  const own = createAuthenticator(pool, verify);
  return async (key: string): Promise<Principal | null> => {
    if (Object.hasOwn(people, key)) return { ...people[key as keyof typeof people], ...theirs };
    return /^reviewer\d+$/.test(key) ? { subject: key, role: 'reviewer', ...theirs } : own(key);
  };
};

type Asked = {
  key?: Person | Further | `avk_${string}` | `ey${string}` | null;
  headers?: Record<string, string>;
  body?: unknown;
  query?: Record<string, string>;
};
type Ask = (method: string, path: string, asked?: Asked) => Promise<Answered>;

export type Harness = {
  app: App;
  log: EventLog<DomainEvent>;
  runner: Runner;
  pool: ReturnType<typeof testPools>['pool'];
  commands: Commands;
  /** Asks as one of `people` (null: nobody) and holds the answer against the OpenAPI document. */
  ask: Ask;
  /** As `ask` for a read, after the models have taken everything that was written. */
  read: (path: string, asked?: Asked) => Promise<Answered>;
  /** Gives every event a leaf, and signs the ledger. */
  sign: () => Promise<void>;
  /** Another process on the same log and database: its memory is empty. */
  another(): Promise<Harness>;
};

type HarnessOptions = {
  publicRead?: boolean;
  corsOrigins?: Parameters<typeof createApp>[0]['corsOrigins'] & {};
  trustProxy?: number;
  maxUnderWay?: number;
  maxBodyBytes?: number;
  maxAnswerBytes?: number;
  log?: EventLog<DomainEvent>;
  reviewLease?: number;
  keysTwoAdmins?: boolean;
  auditReads?: boolean;
  /** The clock by which tips end. */
  tipClock?: typeof systemClock;
  /** Whose tokens are taken; nobody's unless it is said. */
  tokens?: TokenSettings;
  /** How long a request waits for the models, in milliseconds: a minute, but where a test looks at who waits in vain. */
  wait?: number;
  waiting?: Places;
  /** How long a read waits for models that lack what its subject wrote, in milliseconds: not at all, as here nothing follows the log by itself. */
  waitForOwn?: number;
  waitingForOwn?: Places;
  /** Of the event streams. */
  streams?: Partial<Parameters<typeof createStreams>[0]>;
  exports?: Partial<Parameters<typeof createExporting>[0]>;
  limits?: NonNullable<Parameters<typeof createApp>[0]['limits']>;
  requestLog?: NonNullable<Parameters<typeof createApp>[0]['requestLog']>;
  logger?: Logger;
  webhooks?: Partial<WebhookSettings>;
  quotas?: Omit<QuotaOptions, 'countOpenEdits'>;
};

const quiet = createLogger({ level: 'silent', name: 'test' });

/** One PostgreSQL for a test file (`server`); make a harness with a database of its own for each test from it. */
export const harnessFor = async (t: Test) => {
  const server: TestServer = await testServer(t, { extra: ['fsync = off'] });
  const make = async (test: Test, options: HarnessOptions = {}): Promise<Harness> => {
    const databaseUrl = await server.createDatabase();
    for (const each of [workMigrations, accessMigrations, ledgerMigrations, runnerMigrations, webhookMigrations])
      await migrate(databaseUrl, each);
    const log = options.log ?? createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom });
    return harness(test, databaseUrl, log, options);
  };
  return Object.assign(make, { server });
};

const installed = { vocabulary: standardVocabulary, tagCase };

const harness = async (t: Test, databaseUrl: string, log: EventLog<DomainEvent>, options: HarnessOptions): Promise<Harness> => {
  const { pool, applying, end } = testPools(databaseUrl);
  const runner = createRunner({
    pool,
    applying,
    log,
    logger: quiet,
    erase: async () => undefined,
    logName: async () => 'test.0',
    projections: createProjections(installed),
  });
  await runner.ensure();
  const names = runner.projections.map(({ name }) => name);
  const advance = () => Promise.all(names.map((name) => runner.advance(name)));
  const models = modelsOf({ runner, log, wait: options.wait ?? 60_000, ...(options.waiting && { waiting: options.waiting }) });
  const queries = createQueries({
    pool,
    log,
    ...installed,
    clock: () => systemClock.now(),
    projections: runner.projections,
    models,
  });
  const countOpenEdits = async (subject: string, caughtUp: boolean) => {
    if (caughtUp) await advance();
    return queries.openEdits(subject);
  };
  const commands = testCommands({
    log,
    leases: createPostgresLeases(pool),
    findSource: queries.sourceWith,
    findLookAlikes: queries.lookAlikes,
    findReviewed: queries.reviewedAt,
    mayWrite: async (subject) => Object.values(people).some((person) => person.subject === subject && isOneOf(writers, person)),
    findPrivate: queries.privateNamed,
    findQuotes: queries.quotesFrom,
    findTally: queries.tallyOf,
    findCandidates: (profile, by) => queries.candidatesFor(profile, by, 10),
    findFold: queries.storedFold,
    ...(options.reviewLease === undefined ? {} : { reviewLease: options.reviewLease }),
    ...(options.quotas === undefined ? {} : { quotas: createQuotas(pool, { ...options.quotas, countOpenEdits }) }),
  });
  const authenticate = authenticatorFor(pool, options.tokens);
  const streams = createStreams({
    feed: queries.feed,
    subscribe: log.subscribe,
    stillSees: stillSeesBy(authenticate),
    limit: 100,
    logger: quiet,
    ...options.streams,
  });
  const app = await createApp({
    services: {
      commands,
      keys: createKeyCommands({
        log,
        pool,
        clock: systemClock,
        random: systemRandom,
        identify: identifying({ random: systemRandom, serverKey }),
        twoAdmins: options.keysTwoAdmins ?? false,
      }),
      queries,
      exporting: createExporting({
        open: () => openSnapshot({ pool, projections: runner.projections, log }),
        atOnce: 4,
        longest: 600_000,
        ...options.exports,
      }),
      models,
      ledger: createLedger(pool),
      streams,
      views: createViews(pool),
      tips: createTips({
        log,
        pool,
        clock: options.tipClock ?? systemClock,
        random: systemRandom,
        identify: identifying({ random: systemRandom, serverKey }),
        retention: 90 * 86_400_000,
      }),
      webhooks: createWebhooks({
        pool,
        clock: systemClock,
        random: systemRandom,
        serverKey,
        identify: identifying({ random: systemRandom, serverKey }),
        head: log.head,
        ...loadConfig({}).webhooks,
        ...options.webhooks,
        onWork: () => undefined,
      }),
      ownWrites: createOwnWrites({
        written: createWritten(pool),
        runner,
        log,
        logger: options.logger ?? quiet,
        waits: { read: 600_000, models: options.waitForOwn ?? 0, write: 600_000 },
        ...(options.waitingForOwn && { waiting: options.waitingForOwn }),
      }),
      parked: { ...runner, list: runner.parked },
      noteRead: options.auditReads ? createReadLog(pool) : null,
      logName: async () => 'test.0',
      extract: createExtract(),
      vocabulary: standardVocabulary,
    },
    securityContacts: ['mailto:security@example.org', 'https://example.org/security'],
    authenticate,
    publicRead: options.publicRead ?? true,
    ...(options.corsOrigins === undefined ? {} : { corsOrigins: options.corsOrigins }),
    health: async () => ({ reasons: [], warnings: [] }),
    logger: options.logger ?? quiet,
    random: systemRandom,
    version: 'test',
    ...(options.trustProxy === undefined ? {} : { trustProxy: options.trustProxy }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.requestLog === undefined ? {} : { requestLog: options.requestLog }),
    ...(options.maxUnderWay === undefined ? {} : { maxUnderWay: options.maxUnderWay }),
    ...(options.maxBodyBytes === undefined ? {} : { maxBodyBytes: options.maxBodyBytes }),
    ...(options.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: options.maxAnswerBytes }),
  });
  t.teardown(async () => {
    await app.app.close();
    await runner.close();
    await end();
  });

  const follow = runner.follow([createLedgerFollower(log)], (_, outcome) => {
    if ('error' in outcome) throw outcome.error;
  });
  const sign = async () => {
    const keyFile = join(await testFolder(t), 'ledger.key');
    const signer = createSigner({ pool, keys: await makeLedgerKey(keyFile, 'record.example/log'), keyFile, clock: systemClock });
    await signer.announce();
    await follow();
    await signer.sign();
  };

  const checker = createChecker(app);
  const ask: Ask = async (method, path, { key = null, headers = {}, body, query } = {}) => {
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const request: InjectOptions = {
      method: method as NonNullable<InjectOptions['method']>,
      url: path,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { payload: raw ? (body as string | Buffer) : JSON.stringify(body) }),
    };
    // A stream never ends: of one its headers are all that is asked for, and of a refusal the rest too.
    const isStream = method === 'GET' && path.startsWith('/v1/events/stream');
    const begun = isStream ? await app.app.inject({ ...request, method: 'HEAD' }) : null;
    const answer = begun !== null && begun.statusCode < 400 ? begun : await app.app.inject(request);
    return checker(answer === begun ? 'HEAD' : method, path, answer);
  };
  return {
    app,
    log,
    runner,
    pool,
    commands,
    ask,
    read: async (path, asked) => {
      await advance();
      return ask('GET', path, asked);
    },
    sign,
    another: () => harness(t, databaseUrl, log, options),
  };
};
