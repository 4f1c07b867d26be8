import type { Logger } from '@averment/platform';
import type { Pool } from 'pg';
import type { Catalogue } from './codec.ts';
import type { Random } from './disclosure.ts';
import { createEventStoreLog } from './eventstoredb/log.ts';
import { checkRights } from './eventstoredb/rights.ts';
import { type EventLog, OtherLog } from './port.ts';
import { createPostgresLog } from './postgres/log.ts';
import { eraseToHead } from './vault/erasures.ts';
import { logName, requireOwnLog } from './vault/own-log.ts';

/** Which log: the one in the EventStoreDB of this connection string, under this name; null is the one in PostgreSQL. */
export type LogSettings = { eventLogUrl: string | null; eventLogName: string };

/** What the streams of a log of this name begin with in EventStoreDB. */
export const prefixOf = ({ eventLogName }: Pick<LogSettings, 'eventLogName'>): string => `${eventLogName}-`;

type OpenLogOptions = {
  settings: LogSettings;
  /** Of the vault, and of the log where that is in PostgreSQL; the migrations must have run. It stays open when the log is closed. */
  pool: Pool;
  catalogue: Catalogue;
  clock: { now(): Date };
  random: Random;
  logger: Logger;
  /** Hears, once, that the log was restored from a backup (`noteRestore`): what this process knows of it may be of another history, so it has to begin anew. */
  onRestored?: () => void;
};

/** The log, what brings the vault's erasures to its head, and what those who follow it call it (`logName`). */
type OpenedLog<E extends object> = { log: EventLog<E>; erase: () => Promise<void>; name: () => Promise<string> };

/** A skew of the clocks is told once in this time, in milliseconds: it shows at each event. */
const skewEvery = 60_000;
/** How often it is checked whether the log is still the same, in milliseconds. */
const lookEvery = 2_000;

/**
 * Opens the log that the settings name, and erases nothing yet: for programs that show none of its texts. Rejects with `LogUnavailable`, with
 * `UnsuitableServer`, with `StoreRefused` that names the right which the user lacks in EventStoreDB, or with `OtherLog` if the vault has followed another
 * log than this one.
 */
export const connectLog = async <E extends object>({
  settings,
  pool,
  logger,
  ...options
}: Omit<OpenLogOptions, 'onRestored'>): Promise<EventLog<E>> => {
  const { eventLogUrl } = settings;
  if (eventLogUrl !== null) await checkRights(eventLogUrl, prefixOf(settings));
  let quietUntil = 0;
  const log =
    eventLogUrl === null
      ? await createPostgresLog<E>({ ...options, pool })
      : await createEventStoreLog<E>({
          ...options,
          pool,
          url: eventLogUrl,
          prefix: prefixOf(settings),
          onSkew: ({ detail, position, recordedAt }) => {
            if (performance.now() < quietUntil) return;
            quietUntil = performance.now() + skewEvery;
            logger.error({ detail, position: String(position), recordedAt }, 'answers about past moments may change: set the clocks');
          },
        });
  return closedOnFailure(log, async () => {
    await requireOwnLog({ pool, log });
    return log;
  });
};

/**
 * As `connectLog`, and applies all erasures of the log, so that a vault from a backup shows nothing that should be gone. Rejects also with
 * `StreamUnreadable` for an erasure that cannot be read.
 */
export const openLog = async <E extends object>({ onRestored, ...options }: OpenLogOptions): Promise<OpenedLog<E>> => {
  const name = () => logName(options.pool);
  // Before anything is read: what is read later is of this log, or of one that was restored since.
  const begun = await name();
  const log = await connectLog<E>(options);
  const erase = async () => void (await eraseToHead({ pool: options.pool, log }));
  return closedOnFailure(log, async () => {
    await erase();
    await log.requireSame();
    const isRestored = async () => (await name()) !== begun;
    return { log: watched(log, options.logger, isRestored, onRestored), erase, name };
  });
};

const closedOnFailure = async <T>(log: Pick<EventLog<object>, 'close'>, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    await log.close();
    throw error;
  }
};

/** Checks now and then whether the log is still the same, until it is closed, and reports when it is not, when it is again, and when it was restored. */
const watched = <E extends object>(
  log: EventLog<E>,
  logger: Logger,
  isRestored: () => Promise<boolean>,
  onRestored: () => void = () => undefined,
): EventLog<E> => {
  let isOther = false;
  const look = async () => {
    if (await isRestored().catch(() => false)) {
      clearInterval(looking);
      logger.warn('the event log was restored from a backup: this process has to begin anew');
      return onRestored();
    }
    const error = await log.requireSame().catch((failure: unknown) => failure);
    // While the log is away nothing is known.
    if (error !== undefined && !(error instanceof OtherLog)) return;
    if (error && !isOther)
      logger.error({ error: error.message }, 'another event log: nothing is read or written until the right one is back');
    if (!error && isOther) logger.warn('the right event log is back');
    isOther = error !== undefined;
  };
  const looking = setInterval(() => void look(), lookEvery).unref();
  return {
    ...log,
    close: async () => {
      clearInterval(looking);
      await log.close();
    },
  };
};
