import { fileURLToPath } from 'node:url';
import { allOfRows, type Migrations } from '@averment/platform';

export { withAbsorbed } from './absorbed.ts';
export type { Catalogue } from './codec.ts';
export { digestOf, restore, structure } from './disclosure.ts';
export type { Connection, Durable } from './durable.ts';
export { eraseTexts } from './erase.ts';
export { StoreRefused } from './eventstoredb/store.ts';
export { readFeedState, servedAt } from './feed-state.ts';
export { connectLog, type LogSettings, openLog } from './open.ts';
export * from './port.ts';
export { logSessions } from './postgres/log.ts';
export { UnsuitableServer } from './postgres/suitable.ts';
export { decoded, missing, StreamUnreadable } from './unreadable.ts';
export { createErasureList } from './vault/erasure-list.ts';
export { createErasures, eraseToHead } from './vault/erasures.ts';
export { noteRestore } from './vault/own-log.ts';
export { purgeErased } from './vault/purge.ts';
export { sweepAttempts } from './vault/sweep.ts';
export type { Finding } from './verify/verified-log.ts';
export { storedEvents, verifyLog } from './verify/verify.ts';

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
