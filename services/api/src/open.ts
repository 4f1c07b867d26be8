import {
  migrations as accessMigrations,
  createAuthenticator,
  createReadLog,
  createTokenVerifier,
  mayWrite,
  requireServerKey,
} from '@averment/access';
import {
  createCommands,
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
import { catalogue, type DomainEvent, type PublicShare, tagCases, type Vocabulary } from '@averment/domain';
import { type LogSettings, migrations as logMigrations, logSessions, openLog } from '@averment/event-log';
import { createExtract } from '@averment/extraction';
import { createJobs, type JobsStore, rights as rightsInJobs } from '@averment/jobs';
import { createLedger, migrations as ledgerMigrations } from '@averment/ledger';
import {
  caseKeyOf,
  createPool,
  createRegistry,
  type ExportSettings,
  type Logger,
  mayMigrate,
  migrate,
  systemClock,
  systemRandom,
  type TokenSettings,
  untilMigrated,
  userKeyOf,
  type WebhookSettings,
} from '@averment/platform';
import {
  createProjections,
  createQueries,
  createRunner,
  openSnapshot,
  rightsInModels,
  migrations as runnerMigrations,
} from '@averment/read-models';
import { createWebhooks, webhookHint, migrations as webhookMigrations } from '@averment/webhooks';
import { createExporting } from './exporting.ts';
import { watchFollowing } from './following.ts';
import { type Health, healthOf } from './health.ts';
import { createHinting } from './hinting.ts';
import { modelsOf } from './models.ts';
import { createOwnWrites } from './own-writes.ts';
import type { Services } from './services.ts';
import { createStreams, stillSeesBy } from './streams.ts';
import { timedAppends, watchStores, watchStreams } from './watched.ts';

/** All that the server stands on, and how to close it. */
type Opened = {
  services: Services;
  authenticate: ReturnType<typeof createAuthenticator>;
  health: () => Promise<Health>;
  /** The numbers of the process, its pools and its stores. */
  register: ReturnType<typeof createRegistry>;
  close(): Promise<void>;
};

type OpenOptions = {
  databaseUrl: string;
  settings: LogSettings;
  jobsStore: JobsStore;
  serverKey: Buffer;
  reviewLease: number;
  /** Whether another admin has to confirm keys with which the record can be changed. */
  keysTwoAdmins: boolean;
  /** Whose tokens are taken in place of keys; null for nobody's. */
  tokens: TokenSettings | null;
  /** Whether it is noted what reviewers and auditors read that the public may not see. */
  auditReads: boolean;
  /** For how long tips are kept, in milliseconds. */
  tipRetention: number;
  webhooks: WebhookSettings;
  exports: ExportSettings;
  /** Event streams at once. */
  streamLimit: number;
  quotas: Omit<QuotaOptions, 'countOpenEdits'>;
  share: PublicShare;
  vocabulary: Vocabulary;
  logger: Logger;
  /** For how long a worker is waited for that migrates and grants, in milliseconds. */
  wait?: number;
  /** See `OpenLogOptions`. */
  onRestored?: () => void;
};

const migrations = [...logMigrations, workMigrations, accessMigrations, ledgerMigrations, runnerMigrations, webhookMigrations];

/**
 * Brings the tables forward where its user owns the database, else waits until a worker has; connects, and erases whatever the log says is erased before
 * anything can be read, so that a database from a backup shows nothing that should be gone. Rejects where the database or the log cannot be had, with
 * `RightMissing`, and with `ServerKeyError` where the database is used with another server key.
 */
export const open = async ({
  databaseUrl,
  settings,
  jobsStore,
  serverKey,
  reviewLease,
  keysTwoAdmins,
  tokens,
  auditReads,
  tipRetention,
  webhooks,
  exports,
  streamLimit,
  quotas,
  share,
  vocabulary,
  logger,
  wait = 60_000,
  ...restored
}: OpenOptions): Promise<Opened> => {
  const installed = { vocabulary, tagCase: tagCases(caseKeyOf(serverKey)) };
  const projections = createProjections(installed);
  const migrates = await mayMigrate(databaseUrl);
  if (migrates) for (const each of migrations) await migrate(databaseUrl, each);
  const rights = [...rightsInModels(projections), ...('databaseUrl' in jobsStore ? [rightsInJobs] : [])];
  if (!migrates) await untilMigrated(databaseUrl, { migrations, rights, wait });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  const poolOf = (name: string, max: number, more: { sessions?: Record<string, string>; pipelined?: true } = {}) => {
    const pool = createPool({ databaseUrl, name: `averment api, ${name}`, logger, max, statementTimeout: 20_000, ...more });
    closers.push(() => pool.end());
    return pool;
  };

  try {
    // Apart, so that a burst of queries never keeps commands from the log, or keys from being looked at.
    const [logPool, pool, accessPool] = [poolOf('log', 8, { sessions: logSessions }), poolOf('models', 10), poolOf('access', 2)];
    const exportPool = poolOf('exports', exports.atOnce);
    const applying = poolOf('repairs', 1, { pipelined: true });
    const register = createRegistry({ log: logPool, models: pool, access: accessPool, exports: exportPool, repairs: applying });
    await requireServerKey(pool, serverKey, systemClock);
    const { log, erase, name } = await openLog<DomainEvent>({
      settings,
      pool: logPool,
      catalogue,
      clock: systemClock,
      random: systemRandom,
      logger,
      ...restored,
    });
    closers.push(() => log.close());
    const runner = createRunner({ pool, applying, log, logName: name, logger, erase, projections });
    closers.push(() => runner.close());
    const jobs = await createJobs({ store: jobsStore, logger, migrates });
    closers.push(() => jobs.close());
    const hinting = createHinting({ runner, jobs });
    closers.push(hinting.close);
    watchStores(register, { pool, log, runner, jobs });

    const following = await watchFollowing(runner);
    closers.push(following.close);
    const models = modelsOf({ runner, log, off: following.off });
    const queries = createQueries({
      pool,
      log,
      ...installed,
      clock: () => systemClock.now(),
      projections,
      models,
    });
    // A source, a name or a proposal that is sent twice in a row is found; without a worker the model is asked as it is.
    const caughtUp = async (most = 1000) => runner.waitFor(['record'], await log.head(), most);
    const timed = timedAppends(log, register);
    const commands = createCommands({
      log: timed,
      leases: createPostgresLeases(pool),
      clock: systemClock,
      random: systemRandom,
      serverKey,
      ...installed,
      findSource: async (url, textSha256) => {
        await caughtUp();
        return queries.sourceWith(url, textSha256);
      },
      findLookAlikes: async (names) => {
        await caughtUp();
        return queries.lookAlikes(names);
      },
      findReviewed: queries.reviewedAt,
      mayWrite: (subject) => mayWrite(pool, subject),
      findPrivate: async (keys) => {
        await caughtUp(250);
        return queries.privateNamed(keys);
      },
      findQuotes: queries.quotesFrom,
      findTally: queries.tallyOf,
      findCandidates: async (profile, by) => {
        await caughtUp(250);
        return queries.candidatesFor(profile, by, 10);
      },
      findFold: queries.storedFold,
      reviewLease,
      share,
      logger,
      onAppended: hinting.appended,
      quotas: createQuotas(pool, {
        ...quotas,
        countOpenEdits: async (subject, caughtUp) => {
          if (caughtUp) await runner.waitFor(['reviews'], await log.head(), 1000);
          return queries.openEdits(subject);
        },
      }),
    });
    const ownWrites = createOwnWrites({ written: createWritten(pool), runner, log, logger });
    const authenticate = createAuthenticator(
      accessPool,
      tokens && createTokenVerifier(tokens, { pool: accessPool, key: userKeyOf(serverKey), clock: systemClock }),
    );
    const streams = createStreams({
      feed: queries.feed,
      subscribe: log.subscribe,
      stillSees: stillSeesBy(authenticate),
      limit: streamLimit,
      logger,
    });
    closers.push(async () => streams.close());
    watchStreams(register, streams);
    return {
      services: {
        commands,
        keys: createKeyCommands({
          log: timed,
          pool,
          clock: systemClock,
          random: systemRandom,
          identify: identifying({ random: systemRandom, serverKey }),
          twoAdmins: keysTwoAdmins,
          onAppended: hinting.appended,
        }),
        queries,
        exporting: createExporting({
          open: () => openSnapshot({ pool: exportPool, projections, log }),
          atOnce: exports.atOnce,
          longest: exports.time,
        }),
        models,
        ledger: createLedger(pool),
        streams,
        views: createViews(pool),
        tips: createTips({
          log: timed,
          pool,
          clock: systemClock,
          random: systemRandom,
          identify: identifying({ random: systemRandom, serverKey }),
          retention: tipRetention,
          onAppended: hinting.appended,
        }),
        webhooks: createWebhooks({
          pool,
          clock: systemClock,
          random: systemRandom,
          serverKey,
          identify: identifying({ random: systemRandom, serverKey }),
          head: log.head,
          ...webhooks,
          onWork: () => jobs.hint(webhookHint),
        }),
        ownWrites,
        parked: { ...runner, list: runner.parked },
        noteRead: auditReads ? createReadLog(accessPool) : null,
        logName: name,
        extract: createExtract(),
        vocabulary,
      },
      authenticate,
      health: healthOf({ runner, log, jobs, off: following.off }),
      register,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
