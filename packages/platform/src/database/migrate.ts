import { readdir } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { grantRights, missingRights, namingRight, type Rights, untilGranted } from './rights.ts';

/**
 * What a package with tables exports: the schema that is its own, the absolute path of its SQL files (`0001_what-it-does.sql`, in order of their names), and
 * what the api does with its tables.
 */
export type Migrations = { schema: string; dir: string; api?: Omit<Rights, 'schema'> };

/** Where it is recorded which files have run. */
const ledger = 'migrations';

/**
 * Brings a schema to the newest version, forward only, in one transaction; files that have run are left out, and must still be there.
 * Any number of processes may do so at once, and wait for each other. The files run with the schema as `search_path`;
 * which ones have run is recorded in the schema's own table `migrations`. Then the api's role, where there is one, is granted what it needs.
 * Rejects with `RightMissing` where this user does not own them.
 */
export const migrate = async (databaseUrl: string, { schema, dir, api }: Migrations): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await runner({
      dbClient: client,
      dir,
      schema,
      createSchema: true,
      migrationsTable: ledger,
      direction: 'up',
      checkOrder: true,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      log: () => undefined,
    });
    if (api !== undefined) await grantRights(client, [rightsOf({ schema, api })]);
  } catch (error) {
    throw namingRight(error, `bring the schema ${schema} forward`);
  } finally {
    await client.end();
  }
};

const rightsOf = ({ schema, api }: Pick<Migrations, 'schema' | 'api'>): Rights => ({
  schema,
  ...api,
  tables: { ...api?.tables, [ledger]: ['SELECT'] },
});

/** Whether this user may make schemas in the database, as its owner may. */
export const mayMigrate = async (databaseUrl: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ may: boolean }>("SELECT has_database_privilege(current_database(), 'CREATE') AS may");
    return rows[0]?.may === true;
  } finally {
    await client.end();
  }
};

/**
 * Waits until others have brought these schemas forward and granted this user what the api needs there, and `rights` besides; rejects with `RightMissing` that
 * names what is not so after `wait` milliseconds.
 */
export const untilMigrated = async (
  databaseUrl: string,
  { migrations, rights, wait }: { migrations: readonly Migrations[]; rights: readonly Rights[]; wait: number },
): Promise<void> => {
  await untilGranted(databaseUrl, wait, async (client) => {
    const lacking = await missingRights(client, [...migrations.map(rightsOf), ...rights]);
    if (lacking.length === 0) for (const each of migrations) lacking.push(...(await notRun(client, each)));
    return lacking;
  });
};

const notRun = async (client: pg.Client, { schema, dir }: Migrations): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM "${schema}"."${ledger}"`);
  const run = new Set(rows.map(({ name }) => name));
  const files = (await readdir(dir)).filter((name) => name.endsWith('.sql')).map((name) => name.slice(0, -'.sql'.length));
  return files.filter((name) => !run.has(name)).map((name) => `the migration ${name} of the schema ${schema}`);
};
