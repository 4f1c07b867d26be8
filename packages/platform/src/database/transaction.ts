import type { Pool, PoolClient, QueryResult } from 'pg';
import { onConnection } from './session.ts';

/**
 * Runs the `opening` statements, `run` with their results, and the `closing` statements in one transaction and commits it; rolls back when something throws,
 * and throws that, or `DatabaseAway` where there is no connection or it broke. Opening and closing go to the server in one message each.
 * Without `durable` the commit does not wait for the disk: after a crash the transaction may be gone, but whole, and with it all that came after.
 * A process that is stopped in the middle loses its connection after a minute, and with it the transaction and its locks.
 */
export const inTransaction = async <T>(
  pool: Pick<Pool, 'connect'>,
  run: (tx: PoolClient, opened: QueryResult[]) => Promise<T>,
  { durable = true, opening = [], closing = [] }: { durable?: boolean; opening?: readonly string[]; closing?: readonly string[] } = {},
): Promise<T> => {
  const begin = ['BEGIN', idleLimit, ...(durable ? [] : ['SET LOCAL synchronous_commit = off'])];
  return await onConnection(pool, { isReused: true }, async (tx, lose) => {
    try {
      const results = await inOneMessage(tx, [...begin, ...opening]);
      const result = await run(tx, results.slice(begin.length));
      // A transaction in which a statement failed answers COMMIT with ROLLBACK, and without an error.
      const [committed] = (await inOneMessage(tx, [...closing, 'COMMIT'])).slice(-1);
      if (committed?.command !== 'COMMIT') throw new Error('a statement failed and its error was lost: nothing was committed');
      return result;
    } catch (error) {
      await tx.query('ROLLBACK').catch(lose);
      throw error;
    }
  });
};

const idleLimit = "SET LOCAL idle_in_transaction_session_timeout = '60s'";

/** Sends statements without parameters in one message; `pg` answers several with a list, and one without. */
const inOneMessage = async (tx: PoolClient, statements: readonly string[]): Promise<QueryResult[]> => {
  const results: QueryResult | QueryResult[] = await tx.query(statements.join('; '));
  return Array.isArray(results) ? results : [results];
};
