import pg from 'pg';
import { LogUnavailable } from '../port.ts';

/**
 * Classes of SQLSTATE that say nothing about the statement itself: connection, transaction rolled back by the server, out of resources, lock not
 * available, operator's or crash shutdown, input/output. The same statement may succeed later.
 */
const passing = new Set(['08', '40', '53', '55', '57', '58']);
const readOnlyTransaction = '25006';

/** Whether the server, the way to it or its disk failed, rather than the statement. An error without SQLSTATE came from the connection. */
export const isUnavailable = (error: unknown): boolean => {
  if (error instanceof TypeError) return false;
  if (!(error instanceof pg.DatabaseError)) return true;
  return error.code === undefined || passing.has(error.code.slice(0, 2)) || error.code === readOnlyTransaction;
};

/** Runs a read; what makes the store unavailable becomes `LogUnavailable`. */
export const available = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    throw isUnavailable(error)
      ? new LogUnavailable(`the event log's database cannot be used: ${(error as Error).message}`, { cause: error })
      : error;
  }
};
