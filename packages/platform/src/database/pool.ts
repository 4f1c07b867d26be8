import pg from 'pg';
import type { Logger } from '../logger.ts';

const int8 = 20;

/** Reads PostgreSQL's `bigint` as a bigint instead of a string. Set per client, because a global parser would change other libraries' reads. */
const typesWithBigint: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 && format !== 'binary'
      ? BigInt
      : format === 'binary'
        ? pg.types.getTypeParser(oid, 'binary')
        : pg.types.getTypeParser(oid, 'text')) as typeof pg.types.getTypeParser,
};

/** The address with more settings for its sessions, such as `{search_path: 'bullmq'}`, after those that it names itself. */
export const withSettings = (databaseUrl: string, settings: Readonly<Record<string, string>>): string => {
  const url = new URL(databaseUrl);
  const all = [url.searchParams.get('options'), ...Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)];
  const options = all.filter(Boolean).join(' ');
  if (options !== '') url.searchParams.set('options', options);
  return url.href;
};

/**
 * A pool of connections to PostgreSQL that survives a restart of the server: idle connections that break are logged and replaced.
 * `name` is shown in `pg_stat_activity`. `statementTimeout` (milliseconds) ends statements that run longer; without it there is no limit.
 * `sessions` are settings of each session. A connection that cannot be had within `connectTimeout` (milliseconds, default 5000) is an error.
 *
 * With `pipelined`, a connection sends each statement at once, whether or not those before it are answered. Where one fails in a transaction, those behind it
 * fail too: whoever sends several waits for all (`together`) before the transaction ends. There are no cursors and no `COPY`.
 */
export const createPool = (options: {
  databaseUrl: string;
  name: string;
  logger: Logger;
  max?: number;
  sessions?: Readonly<Record<string, string>>;
  statementTimeout?: number;
  connectTimeout?: number;
  pipelined?: boolean;
}): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: withSettings(options.databaseUrl, options.sessions ?? {}),
    application_name: options.name,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeout ?? 5000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: typesWithBigint,
    pipeline: options.pipelined ?? false,
    ...(options.statementTimeout === undefined ? {} : { statement_timeout: options.statementTimeout }),
  });
  // Without a listener a restart of the server would end the process.
  pool.on('error', (error) => options.logger.warn({ error: error.message }, 'a database connection broke'));
  // Nor does the pool listen to a connection while somebody has it: what runs on it fails, and that is enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};
