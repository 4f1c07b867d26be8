import { migrations as accessMigrations, requireServerKey } from '@averment/access';
import {
  type Commands,
  createCommands,
  createFeedOperations,
  createPostgresLeases,
  type FeedOperations,
  migrations as workMigrations,
} from '@averment/commands';
import { catalogue, type DomainEvent, tagCases, type Vocabulary } from '@averment/domain';
import { createErasureList, type EventLog, type LogSettings, migrations as logMigrations, logSessions, openLog } from '@averment/event-log';
import { migrations as ledgerMigrations } from '@averment/ledger';
import { caseKeyOf, createPool, type Logger, migrate, systemClock, systemRandom } from '@averment/platform';
import { createProjections, createRunner, incidentsUsing, type Runner, migrations as runnerMigrations } from '@averment/read-models';
import { migrations as webhookMigrations } from '@averment/webhooks';

type Pool = ReturnType<typeof createPool>;

/** What every program of this service works with. */
export type Stores = {
  /** Of the models. */
  pool: Pool;
  /** On which they are applied. */
  applying: Pool;
  /** For what is sent to webhooks, apart: whatever goes on there keeps nobody from the models. */
  webhookPool: Pool;
  /** Of the vault, and of the log where that is in PostgreSQL. */
  logPool: Pool;
  log: EventLog<DomainEvent>;
  runner: Runner;
  feed: FeedOperations;
  /** For edits that this service proposes itself. */
  commands: Pick<Commands, 'submitEdit'>;
  /** The incidents of which an edit up to this position of the log uses the source. Rejects while the model has not followed to there. */
  incidentsUsing: (source: string, position: bigint) => Promise<readonly string[]>;
  /** Brings the vault's erasures to the head of the log, and lists them in the file for that, if there is one. */
  erase: () => Promise<void>;
  close(): Promise<void>;
};

/** How long a model may take to follow before it is asked again later, in milliseconds. */
const patience = 10_000;

const migrations = [...logMigrations, workMigrations, accessMigrations, ledgerMigrations, runnerMigrations, webhookMigrations];

type OpenOptions = {
  databaseUrl: string;
  settings: LogSettings & { erasureListFile: string | null };
  serverKey: Buffer;
  vocabulary: Vocabulary;
  logger: Logger;
  /** See `OpenLogOptions`. */
  onRestored?: () => void;
};

/**
 * Brings all tables forward but those of the jobs, grants the api what it needs, connects, and erases whatever the log says is erased. Rejects where the
 * database or the log cannot be had, with `RightMissing`, and with `ServerKeyError` where the database is used with another server key.
 */
export const openStores = async ({ databaseUrl, settings, serverKey, vocabulary, logger, ...restored }: OpenOptions): Promise<Stores> => {
  for (const each of migrations) await migrate(databaseUrl, each);
  // Apart, so that a transaction that reads the log while it is open never waits for a connection that another such transaction holds.
  const logPool = createPool({ databaseUrl, name: 'averment worker, log', logger, max: 6, sessions: logSessions });
  const pool = createPool({ databaseUrl, name: 'averment worker, models', logger, max: 5 });
  const webhookPool = createPool({ databaseUrl, name: 'averment worker, webhooks', logger, max: 4 });
  const applying = createPool({ databaseUrl, name: 'averment worker, applying', logger, max: 5, pipelined: true });
  const endPools = async () => {
    for (const each of [pool, applying, webhookPool, logPool]) await each.end();
  };
  try {
    await requireServerKey(pool, serverKey, systemClock);
    const {
      log,
      erase: followErasures,
      name,
    } = await openLog<DomainEvent>({
      settings,
      pool: logPool,
      catalogue,
      clock: systemClock,
      random: systemRandom,
      logger,
      ...restored,
    });
    const list = settings.erasureListFile && createErasureList({ path: settings.erasureListFile, pool: logPool, log, clock: systemClock });
    const erase = async () => {
      await followErasures();
      if (list) await list.note();
    };
    const again = list ? await list.makeGood() : 0;
    if (again > 0) logger.warn({ texts: again }, 'what was erased and the log had forgotten is erased again');
    await erase();
    const installed = { vocabulary, tagCase: tagCases(caseKeyOf(serverKey)) };
    const projections = createProjections(installed);
    const runner = createRunner({ pool, applying, log, logName: name, logger, erase, projections });
    return {
      pool,
      applying,
      webhookPool,
      logPool,
      log,
      runner,
      feed: createFeedOperations({ log, clock: systemClock, random: systemRandom }),
      erase,
      commands: createCommands({
        log,
        leases: createPostgresLeases(pool),
        clock: systemClock,
        random: systemRandom,
        serverKey,
        ...installed,
        // Nothing is registered or decided here.
        findSource: async () => null,
        findLookAlikes: async () => [],
        findCandidates: async () => [],
        findPrivate: async () => [],
        findReviewed: async () => new Map(),
        findQuotes: async () => new Map(),
        findTally: async () => ({ applied: 0, rejected: 0 }),
        reviewLease: 0,
        logger,
        onAppended: () => undefined,
      }),
      incidentsUsing: async (source, position) => {
        if (!(await runner.waitFor(['reviews'], position, patience)))
          throw new Error(`the model reviews has not followed to ${position} yet`);
        return incidentsUsing(pool, projections, source);
      },
      close: async () => {
        await runner.close();
        await log.close();
        await endPools();
      },
    };
  } catch (error) {
    await endPools();
    throw error;
  }
};
