import { migrations as accessMigrations, requireServerKey } from '@averment/access';
import { createFeedOperations, type FeedOperations, migrations as workMigrations } from '@averment/commands';
import { catalogue, type DomainEvent, policyOf, tagCases, type Vocabulary } from '@averment/domain';
import { type EventLog, type LogSettings, migrations as logMigrations, logSessions, openLog } from '@averment/event-log';
import { caseKeyOf, createPool, type Logger, migrate, systemClock, systemRandom } from '@averment/platform';
import { createProjections, createRunner, type Runner, migrations as runnerMigrations } from '@averment/read-models';

type Pool = ReturnType<typeof createPool>;

/** What every program of this service works with. */
export type Stores = {
  /** Of the models. */
  pool: Pool;
  /** On which they are applied. */
  applying: Pool;
  /** Of the vault, and of the log where that is in PostgreSQL. */
  logPool: Pool;
  log: EventLog<DomainEvent>;
  runner: Runner;
  feed: FeedOperations;
  /** Brings the vault's erasures to the head of the log. */
  erase: () => Promise<void>;
  close(): Promise<void>;
};

const migrations = [...logMigrations, workMigrations, accessMigrations, runnerMigrations];

type OpenOptions = {
  databaseUrl: string;
  settings: LogSettings;
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
  const applying = createPool({ databaseUrl, name: 'averment worker, applying', logger, max: 5, pipelined: true });
  const endPools = async () => {
    for (const each of [pool, applying, logPool]) await each.end();
  };
  try {
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
    const projections = createProjections({ vocabulary, tagCase: tagCases(caseKeyOf(serverKey)), policy: policyOf(vocabulary) });
    const runner = createRunner({ pool, applying, log, logName: name, logger, erase, projections });
    return {
      pool,
      applying,
      logPool,
      log,
      runner,
      feed: createFeedOperations({ log, clock: systemClock, random: systemRandom }),
      erase,
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
