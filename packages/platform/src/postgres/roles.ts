import { createHmac } from 'node:crypto';
import pg from 'pg';
import { type DatabaseRole, databaseRoles } from '../database/rights.ts';

/** The password of a role of the embedded server follows from the superuser's: there is nothing more to keep. */
export const rolePassword = (superusers: string, role: DatabaseRole): string =>
  createHmac('sha256', superusers).update(databaseRoles[role]).digest('base64url');

/**
 * Gives the embedded database its two roles, as docs/operations.md has them for a PostgreSQL of one's own, and the worker what the superuser made there: before
 * there were roles, everything. `url` is the superuser's; `superusers` its password.
 */
export const makeRoles = async (url: string, database: string, superusers: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const [role, name] of Object.entries(databaseRoles) as [DatabaseRole, string][]) {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
      if (rowCount === 0) await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${rolePassword(superusers, role)}'`);
    }
    const { rows } = await client.query<{ statement: string }>(toDo, [database, databaseRoles.worker, databaseRoles.api]);
    if (rows.length > 0) await client.query(rows.map(({ statement }) => statement).join('; '));
  } finally {
    await client.end();
  }
};

/** The statements that put right what is not as it should be: $1 the database, $2 the worker, $3 the api. If all is well, nothing is written. */
const toDo = `
  WITH mine AS (SELECT oid, format('%I', nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
       own AS (SELECT oid FROM pg_roles WHERE rolname = current_user)
  SELECT format('ALTER DATABASE %I OWNER TO %I; REVOKE ALL ON DATABASE %1$I FROM PUBLIC', $1::text, $2::text) AS statement
    FROM pg_database, own WHERE datname = $1 AND datdba = own.oid
  UNION ALL SELECT format('GRANT CONNECT ON DATABASE %I TO %I', $1, $3::text) WHERE NOT has_database_privilege($3::name, $1::text, 'CONNECT')
     OR has_database_privilege($3::name, $1::text, 'TEMPORARY')
  UNION ALL SELECT format('GRANT pg_checkpoint TO %I', $2) WHERE NOT pg_has_role($2::name, 'pg_checkpoint', 'MEMBER')
  UNION ALL SELECT format('GRANT EXECUTE ON FUNCTION pg_switch_wal() TO %I', $2) WHERE NOT has_function_privilege($2::name, 'pg_switch_wal()', 'EXECUTE')
  UNION ALL SELECT format('ALTER SCHEMA %s OWNER TO %I', mine.name, $2) FROM mine JOIN pg_namespace USING (oid), own WHERE nspowner = own.oid
  UNION ALL SELECT format('ALTER TABLE %s.%I OWNER TO %I', mine.name, relname, $2)
    FROM pg_class c JOIN mine ON mine.oid = relnamespace, own
   WHERE relowner = own.oid AND (relkind IN ('r', 'p', 'v', 'm')
      -- A sequence of a column goes with its table.
      OR relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i')))
  UNION ALL SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, $2) FROM pg_proc p JOIN mine ON mine.oid = pronamespace, own WHERE proowner = own.oid
  UNION ALL SELECT format('ALTER TYPE %s OWNER TO %I', t.oid::regtype, $2)
    FROM pg_type t JOIN mine ON mine.oid = typnamespace, own
   WHERE typowner = own.oid AND (typtype IN ('e', 'd') OR typtype = 'c' AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))`;
