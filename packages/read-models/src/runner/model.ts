import { allOfRows, grantRights, type Rights } from '@averment/platform';
import { escapeLiteral, type PoolClient } from 'pg';
import type { Projection } from '../projection.ts';

/** One build of a projection: the schema that holds its tables and its checkpoint. */
export type Model = { projection: Projection; schema: string };

/** The name of a projection and version that is safe to stand in SQL, as `record_v21`. */
const schemaName = ({ name, version }: Projection): string => `${name}_v${version}`;

/** The build that queries read. */
export const liveModel = (projection: Projection): Model => ({ projection, schema: schemaName(projection) });
/** The build that a rebuild fills, and then puts in the live one's place. */
export const nextModel = (projection: Projection): Model => ({ projection, schema: `${schemaName(projection)}_next` });

export const quoted = (schema: string): string => `"${schema}"`;

/** What `pg` may stand on: a pool, or one connection inside a transaction. */
export type Connection = Pick<PoolClient, 'query'>;

/** Makes the model's empty tables, its checkpoint before the first event of the log of this name. */
export const createModel = async (connection: Connection, { projection, schema }: Model, log: string): Promise<void> => {
  const tables = quoted(schema);
  // Several statements in one query are one transaction.
  await connection.query(`
    CREATE SCHEMA ${tables};
    CREATE TABLE ${tables}.checkpoint (position bigint NOT NULL, log text NOT NULL, seen_at bigint, sha256 text);
    INSERT INTO ${tables}.checkpoint VALUES (0, ${escapeLiteral(log)});
    ${projection.ddl(tables)}`);
  await grantRights(connection, [rightsIn({ projection, schema })]);
};

/** The api reads models, and where an admin retries or skips what is parked it writes them too. */
export const rightsIn = ({ schema }: Model): Rights => ({ schema, tables: { '*': allOfRows }, later: true });

/**
 * Takes the keys and indexes off the model's tables, which are empty, and answers the statements that make them again: all at once when there are rows takes
 * less than row by row.
 */
export const withoutKeys = async (connection: Connection, { schema }: Model): Promise<string[]> => {
  const { rows } = await connection.query<{ takes: string; makes: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', r.oid::regclass, c.conname) AS takes,
            format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.oid::regclass, c.conname, pg_get_constraintdef(c.oid)) AS makes
       FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
      WHERE r.relnamespace = to_regnamespace($1) AND c.contype IN ('p', 'u') AND c.conparentid = 0
     UNION ALL
     SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
       FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid
      WHERE r.relnamespace = to_regnamespace($1) AND r.relkind = 'r' AND NOT r.relispartition
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
    [quoted(schema)],
  );
  await connection.query(rows.map(({ takes }) => takes).join('; '));
  return rows.map(({ makes }) => makes);
};

/** Position of the last event that the model has passed; null where there is no such model (yet, or any more). */
export const checkpointOf = async (connection: Connection, model: Model): Promise<bigint | null> => {
  try {
    const { rows } = await connection.query(`SELECT position::text FROM ${quoted(model.schema)}.checkpoint`);
    return rows[0] === undefined ? null : BigInt(rows[0].position);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** Whether an error says that a table or a schema is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '42P01' || error.code === '3F000');

/** Drops a model, finished or not, with what is parked in it. */
export const dropModel = async (connection: Connection, schema: string): Promise<void> => {
  await connection.query(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
  await connection.query('DELETE FROM runner.parked WHERE model = $1', [schema]);
};

/** The schemas of older versions of the projection, and of builds that were never finished. Newer versions belong to newer programs. */
export const leftovers = async (connection: Connection, { name, version }: Projection): Promise<string[]> => {
  const { rows } = await connection.query('SELECT nspname FROM pg_namespace WHERE nspname ~ $1 ORDER BY nspname', [
    `^${name}_v[0-9]+(_next)?$`,
  ]);
  const versionOf = (schema: string) => Number(schema.slice(name.length + 2).replace('_next', ''));
  return rows
    .map(({ nspname }) => nspname)
    .filter((schema) => versionOf(schema) < version || (versionOf(schema) === version && schema.endsWith('_next')));
};
