/** For the tests of other packages: logs that no settings open. */
export { createEventStoreLog } from '../src/eventstoredb/log.ts';
export { createMemoryLog, createMemoryStore, eraseInMemory, type MemoryStore } from '../src/memory.ts';
export { createPostgresLog } from '../src/postgres/log.ts';
export * from './eventstore-stand-in/server.ts';
