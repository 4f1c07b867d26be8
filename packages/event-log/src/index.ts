import { fileURLToPath } from 'node:url';

export type { Catalogue, CatalogueEntry } from './codec.ts';
export type { Random } from './disclosure.ts';
export { createMemoryLog } from './memory.ts';
export * from './port.ts';
export { createPostgresLog, type PostgresLogOptions } from './postgres/log.ts';
export { UnsuitableServer } from './postgres/suitable.ts';

const folderOf = (schema: string) => fileURLToPath(new URL(`../migrations/${schema}`, import.meta.url));
/** The schemas of the log on PostgreSQL and of the vault, with their SQL files. */
export const migrations: { schema: string; dir: string }[] = ['vault', 'log'].map((schema) => ({ schema, dir: folderOf(schema) }));
