import { fileURLToPath } from 'node:url';
import { allOfRows, type Migrations } from '@averment/platform';

export type { Catalogue, CatalogueEntry } from './codec.ts';
export type { Random } from './disclosure.ts';
export { type EraseOutcome, type EraseRequest, type ErasureItem, eraseTexts, type TextLocation } from './erase.ts';
export { createEventStoreLog, type EventStoreLogOptions } from './eventstoredb/log.ts';
export type { Skew } from './eventstoredb/skew.ts';
export { StoreRefused } from './eventstoredb/store.ts';
export { readFeedState, servedAt } from './feed-state.ts';
export { createMemoryLog, createMemoryStore, type MemoryLogOptions, type MemoryStore } from './memory.ts';
export { connectLog, type LogSettings, type OpenedLog, type OpenLogOptions, openLog } from './open.ts';
export * from './port.ts';
export { createPostgresLog, logSessions, type PostgresLogOptions } from './postgres/log.ts';
export { UnsuitableServer } from './postgres/suitable.ts';
export { decoded, missing, StreamUnreadable } from './unreadable.ts';
export { advanceErasures, type Erasing, eraseToHead } from './vault/erasures.ts';
export { logName, noteRestore } from './vault/own-log.ts';
export { purgeErased, type Remains } from './vault/purge.ts';
export { sweepAttempts } from './vault/sweep.ts';
export type { Finding } from './verify/source.ts';
export { type Verified, verifyLog } from './verify/verify.ts';

const folderOf = (schema: string) => fileURLToPath(new URL(`../migrations/${schema}`, import.meta.url));
/** The schemas of the vault and of the log on PostgreSQL, with their SQL files; either order will do. The api writes events by functions alone. */
export const migrations: Migrations[] = [
  {
    schema: 'vault',
    dir: folderOf('vault'),
    api: { tables: { texts: allOfRows, erasures: ['SELECT', 'INSERT'], checkpoint: ['SELECT', 'UPDATE'], log: ['SELECT'] } },
  },
  {
    schema: 'log',
    dir: folderOf('log'),
    api: { tables: { events: ['SELECT'], head: ['SELECT'] }, functions: ['append_batch', 'moment', 'require_event'] },
  },
];
