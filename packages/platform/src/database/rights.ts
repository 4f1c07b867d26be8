import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** The database's roles where it has two: the worker owns everything, migrates and grants; the api has what it is granted. */
export const databaseRoles = { worker: 'averment_worker', api: 'averment_api' } as const;
export type DatabaseRole = keyof typeof databaseRoles;

/** What the api has to be able to do in a schema. */
export type Rights = {
  schema: string;
  /** By table, or with `*` in every table, and then in every sequence too. */
  tables: Readonly<Record<string, readonly ('SELECT' | 'INSERT' | 'UPDATE' | 'DELETE')[]>>;
  functions?: readonly string[];
  /** A schema that may not be there yet: then nothing of it is missing. */
  later?: boolean;
};

/** All that one does with rows. */
export const allOfRows = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

/** What `pg` may stand on: a client, or a connection of a pool. */
type Connection = Pick<pg.Client, 'query'>;

/** The user of the database lacks a right; the message names user, right and what to do. */
export class RightMissing extends Error {
  override readonly name = 'RightMissing';
}

/** The error as `RightMissing` if it is PostgreSQL's refusal of a right; `what` is what was to be done. */
export const namingRight = (error: unknown, what: string): unknown =>
  error instanceof pg.DatabaseError && error.code === '42501'
    ? new RightMissing(
        `the user of DATABASE_URL may not ${what}: ${error.message}. It takes the user who owns the database and all schemas in it: ${databaseRoles.worker}, where there are two (docs/operations.md, "Two users")`,
        { cause: error },
      )
    : error;

/** Grants the api's role what it lacks of these rights; does nothing where there is no such role. Whoever grants owns what they are for. */
export const grantRights = async (connection: Connection, rights: readonly Rights[]): Promise<void> => {
  const { rowCount } = await connection.query('SELECT FROM pg_roles WHERE rolname = $1', [databaseRoles.api]);
  if (rowCount === 0 || (await missingRights(connection, rights, databaseRoles.api)).length === 0) return;
  // In one message, and so in one transaction: two that change one table's rights at once would make each other fail.
  await connection.query(["SELECT pg_advisory_xact_lock(hashtext('averment rights'))", ...rights.flatMap(grants)].join('; '));
};

const grants = ({ schema, tables, functions = [] }: Rights): string[] => {
  const to = `TO ${databaseRoles.api}`;
  const named = (name: string) => `"${schema}"."${name}"`;
  return [
    `GRANT USAGE ON SCHEMA "${schema}" ${to}`,
    ...Object.entries(tables).flatMap(([table, what]) =>
      table === '*'
        ? [`GRANT ${what.join(', ')} ON ALL TABLES IN SCHEMA "${schema}" ${to}`, `GRANT USAGE ON ALL SEQUENCES IN SCHEMA "${schema}" ${to}`]
        : [`GRANT ${what.join(', ')} ON ${named(table)} ${to}`],
    ),
    ...functions.map((name) => `GRANT EXECUTE ON FUNCTION ${named(name)} ${to}`),
  ];
};

/** The rights that the role, or this user, lacks, as `SELECT on log.events`; also those on what is not there. */
export const missingRights = async (connection: Connection, rights: readonly Rights[], role?: string): Promise<string[]> => {
  const wanted = rights.flatMap(({ schema, tables, functions = [], later = false }) => [
    { kind: 'schema', schema, later, name: '', privilege: 'USAGE' },
    ...Object.entries(tables).flatMap(([name, all]) => all.map((privilege) => ({ kind: 'table', schema, later, name, privilege }))),
    ...functions.map((name) => ({ kind: 'function', schema, later, name, privilege: 'EXECUTE' })),
  ]);
  const { rows } = await connection.query<{ lacking: string }>(
    `SELECT DISTINCT CASE WHEN n.oid IS NULL THEN 'the schema ' || w.schema
              ELSE w.privilege || ' on ' || w.schema || coalesce('.' || o.name, '.' || nullif(w.name, ''), '') END AS lacking
       FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::text[]) AS w(kind, schema, later, name, privilege)
       LEFT JOIN pg_namespace n ON n.nspname = w.schema
       LEFT JOIN LATERAL (
         SELECT NULL AS name, has_schema_privilege(u.name, n.oid, 'USAGE') AS has WHERE w.kind = 'schema' AND n.oid IS NOT NULL
         UNION ALL
         SELECT c.relname, CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(u.name, c.oid, 'USAGE') ELSE has_table_privilege(u.name, c.oid, w.privilege) END
           FROM pg_class c
          WHERE w.kind = 'table' AND c.relnamespace = n.oid AND (w.name = '*' AND c.relkind IN ('r', 'p', 'S') OR c.relname = w.name)
         UNION ALL
         SELECT p.proname, has_function_privilege(u.name, p.oid, 'EXECUTE') FROM pg_proc p WHERE w.kind = 'function' AND p.pronamespace = n.oid AND p.proname = w.name
       ) AS o ON true
      WHERE o.has IS NOT TRUE AND NOT (w.later AND n.oid IS NULL)
      ORDER BY 1`.replaceAll('u.name', 'coalesce($6::name, current_user)'),
    [
      wanted.map(({ kind }) => kind),
      wanted.map(({ schema }) => schema),
      wanted.map(({ later }) => later),
      wanted.map(({ name }) => name),
      wanted.map(({ privilege }) => privilege),
      role ?? null,
    ],
  );
  return rows.map(({ lacking }) => lacking);
};

/** Looks again every so often, in milliseconds. */
const lookEvery = 250;

/**
 * Waits until this user lacks no right, as a worker may be about to migrate and grant. After `wait` milliseconds rejects with `RightMissing`, which names
 * what is lacking. `missing` answers what that is.
 */
export const untilGranted = async (databaseUrl: string, wait: number, missing: (client: pg.Client) => Promise<string[]>): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const until = performance.now() + wait; ; await delay(lookEvery)) {
      const lacking = await missing(client);
      if (lacking.length === 0) return;
      if (performance.now() < until) continue;
      const { user } = client;
      throw new RightMissing(
        `the user ${user} of DATABASE_URL lacks ${lacking.slice(0, 10).join(', ')}${lacking.length > 10 ? ` and ${lacking.length - 10} more` : ''}. A worker makes the tables when it starts, and grants these rights to ${databaseRoles.api}: start one of this version, as the user who owns the database, and let the api be ${databaseRoles.api} or a member of it (docs/operations.md, "Two users")`,
      );
    }
  } finally {
    await client.end();
  }
};
