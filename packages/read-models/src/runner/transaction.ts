import type { Pool, PoolClient, QueryResult } from 'pg';

/**
 * The two locks that keep the processes of a projection apart: PostgreSQL advisory locks of this class and the hash of the projection's name.
 * `apply` is held by a transaction that changes a live model, and by the swap of a rebuild; `build` by whoever builds a model.
 */
export const lockClass = { apply: 0x41564d31, build: 0x41564d32 } as const;

/** The statement that waits for the `apply` lock, which the transaction's end gives back. */
export const applyLock = (projection: string): string => `SELECT pg_advisory_xact_lock(${lockClass.apply}, hashtext('${projection}'))`;

/** Runs `work` while the live model of the projection stands still. A process that is stopped in the middle loses its connection, and with it the lock. */
export const whileStill = async <T>(session: PoolClient, projection: string, work: () => Promise<T>): Promise<T> => {
  const lock = `(${lockClass.apply}, hashtext('${projection}'))`;
  await session.query(`SET idle_session_timeout = '60s'; SELECT pg_advisory_lock${lock}`);
  try {
    return await work();
  } finally {
    await session.query(`SELECT pg_advisory_unlock${lock}; SET idle_session_timeout = 0`);
  }
};

/** The connection to the database broke, or none could be had. Nothing of the transaction counts. */
export class ModelsUnavailable extends Error {
  override readonly name = 'ModelsUnavailable';
}

/**
 * Runs the `opening` statements, `work` with their results, and the `closing` statements in one transaction and commits it; rolls back when something throws,
 * and throws that. Opening and closing go to the server in one message each, which is what the time from an append to its rows mostly consists of.
 * It is not flushed at once: models follow from the log, and after a crash they come back with rows and checkpoint of one and the same moment.
 * A process that is stopped in the middle loses its connection after a minute, and with it the transaction and its locks.
 */
export const transaction = async <T>(
  pool: Pool,
  { opening, closing = [] }: { opening: readonly string[]; closing?: readonly string[] },
  work: (tx: PoolClient, opened: QueryResult[]) => Promise<T>,
): Promise<T> => {
  const tx = await connect(pool);
  let broken: Error | undefined;
  // A connection that breaks while no statement runs says so by an event, which would end the process if nobody listened.
  const onError = (error: Error) => {
    broken = error;
  };
  tx.on('error', onError);
  try {
    const results = await together(tx, [...begin, ...opening]);
    const result = await work(tx, results.slice(begin.length));
    // A transaction in which a statement failed answers COMMIT with ROLLBACK, and without an error.
    const [committed] = (await together(tx, [...closing, 'COMMIT'])).slice(-1);
    if (committed?.command !== 'COMMIT') throw new Error('a statement failed and its error was lost: nothing was committed');
    return result;
  } catch (error) {
    await tx.query('ROLLBACK').catch((failure: Error) => {
      broken ??= failure;
    });
    throw broken === undefined ? error : new ModelsUnavailable(`the connection broke: ${broken.message}`, { cause: error });
  } finally {
    tx.off('error', onError);
    tx.release(broken);
  }
};

const begin = ['BEGIN', 'SET LOCAL synchronous_commit = off', "SET LOCAL idle_in_transaction_session_timeout = '60s'"];

/** Sends statements without parameters in one message; `pg` answers several with a list, and one without. */
const together = async (tx: PoolClient, statements: readonly string[]): Promise<QueryResult[]> => {
  const results: QueryResult | QueryResult[] = await tx.query(statements.join('; '));
  return Array.isArray(results) ? results : [results];
};

const connect = async (pool: Pool): Promise<PoolClient> => {
  try {
    return await pool.connect();
  } catch (error) {
    throw new ModelsUnavailable('no connection to the database', { cause: error });
  }
};

/**
 * Runs `work` as a part of the transaction that can be rolled back alone, and answers its error, if any. After an error, or without `keep`, nothing of it
 * counts.
 */
export const inSavepoint = async (tx: PoolClient, keep: boolean, work: () => Promise<void>): Promise<Error | undefined> => {
  await tx.query('SAVEPOINT attempt');
  let failure: Error | undefined;
  try {
    await work();
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  await tx.query(keep && failure === undefined ? 'RELEASE SAVEPOINT attempt' : 'ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt');
  return failure;
};
