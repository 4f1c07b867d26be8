import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, createPool, type DatabaseRole, databaseRoles } from '@averment/platform';
import { patience, type TestServer } from '@averment/platform/testing';

export type Connection = Pick<ReturnType<typeof createPool>, 'query'>;

/** The statements of docs/operations.md that make the two users. */
const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
const documented = /^### Two users$[\s\S]*?^```sql\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';

/** Runs something as a user, in a connection of its own. */
export const as = async <T>(url: string, run: (connection: Connection) => Promise<T>): Promise<T> => {
  const logger = createLogger({ level: 'silent', name: 'test' });
  const pool = createPool({ databaseUrl: url, name: 'test', logger, max: 1, connectTimeout: patience });
  const connection = await pool.connect();
  try {
    return await run(connection);
  } finally {
    connection.release();
    await pool.end();
  }
};

/** An empty database with two users, made as the documentation says; once on each server. `superuser` is that of the server. */
export const databaseUsers = async (server: TestServer): Promise<Record<DatabaseRole | 'superuser', string>> => {
  const superuser = await server.createDatabase();
  const name = new URL(superuser).pathname.slice(1);
  const passwords = { worker: 'PASSWORD-OF-THE-WORKER', api: 'PASSWORD-OF-THE-API' };
  if (!documented.includes(passwords.worker) || !documented.includes(passwords.api))
    throw new Error('docs/operations.md does not say how users are made');
  await as(superuser, (connection) => connection.query(documented.replaceAll('DATABASE averment ', `DATABASE ${name} `)));
  const urlOf = (role: DatabaseRole) =>
    Object.assign(new URL(superuser), { username: databaseRoles[role], password: passwords[role] }).href;
  return { superuser, worker: urlOf('worker'), api: urlOf('api') };
};
