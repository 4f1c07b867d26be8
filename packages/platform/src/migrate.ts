import { runner } from 'node-pg-migrate';

/** What a package with tables exports: the schema that is its own, and the absolute path of its SQL files (`0001_what-it-does.sql`, in order of their names). */
export type Migrations = { schema: string; dir: string };

/**
 * Brings a schema to the newest version, forward only, in one transaction; files that have run are left out, and must still be there.
 * Any number of processes may do so at once, and wait for each other. The files run with the schema as `search_path`;
 * which ones have run is recorded in the schema's own table `migrations`.
 */
export async function migrate(databaseUrl: string, { schema, dir }: Migrations): Promise<void> {
  await runner({
    databaseUrl,
    dir,
    schema,
    createSchema: true,
    migrationsTable: 'migrations',
    direction: 'up',
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    log: () => undefined,
  });
}
