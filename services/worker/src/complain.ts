import { LogUnavailable, OtherLog, StoreRefused, StreamUnreadable, UnsuitableServer } from '@averment/event-log';
import { LedgerKeyError } from '@averment/ledger';
import {
  AlreadyRunning,
  ConfigError,
  DatabaseAway,
  EmbeddedError,
  namingRight,
  namingStore,
  RightMissing,
  ServerKeyError,
} from '@averment/platform';

/** Writes what went wrong to standard error: what a person can mend as one message, anything else with its trace. */
export const complain = (program: string, thrown: unknown): void => {
  const error = namingStore(namingRight(thrown, 'do what this takes'));
  const what = error instanceof Error ? (mendable.some((kind) => error instanceof kind) ? error.message : error.stack) : String(error);
  process.stderr.write(`averment ${program}: ${what}\n`);
};

const ofSettings = [ConfigError, ServerKeyError, LedgerKeyError, OtherLog, UnsuitableServer];
const mendable = [...ofSettings, EmbeddedError, AlreadyRunning, DatabaseAway, RightMissing, LogUnavailable, StoreRefused, StreamUnreadable];

/** Whether starting again with the same settings is in vain. */
export const isOfSettings = (error: unknown): boolean => ofSettings.some((kind) => error instanceof kind);
