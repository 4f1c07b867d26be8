import { allOfRows, grantRights, namingRight, type Rights, withSettings } from '@averment/platform';
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { type Backend, type BackendOptions, processor, producerOf, queueName, queueOptions, workerOptions } from './backend.ts';

/**
 * BullMQ's statements name no schema, so the sessions do. They need no flush to disk: a hint that is lost in a crash costs nothing, and each job is three
 * commits beside the log's own.
 */
const sessions = { search_path: 'bullmq', synchronous_commit: 'off' };

/** What the api does with the jobs in PostgreSQL, where BullMQ runs with the rights of whoever asks. */
export const rights: Rights = { schema: 'bullmq', tables: { '*': allOfRows } };

/** The jobs in PostgreSQL. Rejects where it cannot be reached. */
export const openOnPostgres = async (databaseUrl: string, { logger, complain, abandoned, migrates }: BackendOptions): Promise<Backend> => {
  if (migrates) await bringForward(databaseUrl);
  const pool = new pg.Pool({
    connectionString: withSettings(databaseUrl, sessions),
    application_name: 'averment jobs',
    max: 5,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  // Without listeners a restart of the server would end the process: for idle connections, and for those in use.
  pool.on('error', complain);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const queue = new Queue(queueName, { ...queueOptions, connection: pool }, createPostgresBackend);
  queue.on('error', complain);
  // A backend that was not ready once never will be: better to fail here, where somebody starts this process again.
  await queue.waitUntilReady();
  return {
    producer: producerOf(queue),
    consumer: (handlers) => {
      const worker = new Worker(
        queueName,
        processor(handlers),
        { ...workerOptions(handlers, abandoned), connection: pool },
        createPostgresBackend,
      );
      worker.on('error', complain);
      worker.on('failed', (job, error) => logger.warn({ job: job?.name, error: error.message }, 'a job failed'));
      return worker;
    },
    close: () => pool.end(),
  };
};

/** Makes BullMQ's own tables, or brings them to the version of the library, and grants the api what it needs there. */
const bringForward = async (databaseUrl: string): Promise<void> => {
  // Flushed, unlike hints: tables that a crash takes back come back only at the next start.
  const client = new pg.Client({ connectionString: withSettings(databaseUrl, { search_path: sessions.search_path }) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await runMigrations(client);
    // BullMQ makes the queue's numbers when it adds the first job, for which the api has no right.
    await client.query('SELECT next_job_id($1) WHERE to_regclass(job_id_seq_name($1)) IS NULL', [queueName]);
    await grantRights(client, [rights]);
  } catch (error) {
    throw namingRight(error, 'bring the tables of the jobs forward');
  } finally {
    await client.end();
  }
};
