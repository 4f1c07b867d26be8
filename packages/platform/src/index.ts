export { isCode, syncFolder, writeWhole, writeWholeOnce } from './atomic-file.ts';
export { type Clock, type Random, systemClock, systemRandom } from './clock.ts';
export { commandLine } from './command-line.ts';
export { type Config, ConfigError, configExit, loadConfig, providerOf, settings, settingsHelp } from './config.ts';
export { DatabaseAway, isAway, namingStore } from './database/away.ts';
export { isoText } from './database/instants.ts';
export { type Listening, listen } from './database/listen.ts';
export { type Migrations, mayMigrate, migrate, untilMigrated } from './database/migrate.ts';
export { createPool, withSettings } from './database/pool.ts';
export {
  allOfRows,
  type DatabaseRole,
  databaseRoles,
  grantRights,
  namingRight,
  RightMissing,
  type Rights,
} from './database/rights.ts';
export { withSession } from './database/session.ts';
export { inTransaction } from './database/transaction.ts';
export type { DeskClient, DeskSettings } from './desk-settings.ts';
export type { ExportSettings } from './export-settings.ts';
export type { LedgerSettings } from './ledger-settings.ts';
export { createLogger, type Logger, type LogLevel } from './logger.ts';
export { createRegistry, type Samples, showGauge } from './metrics.ts';
export { createPlaces, type Places } from './places.ts';
export { tryPort } from './port.ts';
export { clusterExists, clusterFolder, makeDataDir } from './postgres/cluster.ts';
export { type Embedded, embeddedHolder, findEmbedded, openEmbedded, stopLeft } from './postgres/embedded.ts';
export { AlreadyRunning, EmbeddedError } from './postgres/errors.ts';
export { withDatabase } from './postgres/with-database.ts';
export { alive } from './process.ts';
export { createReading } from './reading.ts';
export { type Server, serve } from './serve.ts';
export {
  caseKeyOf,
  fingerprintOf,
  makeServerKey,
  personKeyOf,
  readServerKey,
  reservationKeyOf,
  ServerKeyError,
  userKeyOf,
} from './server-key.ts';
export { type TrustProxy, trusting } from './setting-shapes.ts';
export { type BatchOptions, batched, shared } from './sharing/batched.ts';
export { type InTurn, inTurn } from './sharing/in-turn.ts';
export { kept } from './sharing/kept.ts';
export { together } from './sharing/together.ts';
export { createShutdown, type ProcessLike, type Shutdown } from './shutdown.ts';
export type { TokenSettings } from './token-settings.ts';
export type { WebhookSettings } from './webhook-settings.ts';
