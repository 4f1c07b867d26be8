import { isAway } from '@averment/platform';
import pg from 'pg';
import { LogUnavailable } from '../port.ts';

/**
 * Whether the server, the way to it or its disk failed, rather than the statement. Here only the driver throws: what has no SQLSTATE came from the connection,
 * in whatever words, and it is not known what became of the statement.
 */
export const isUnavailable = (error: unknown): boolean =>
  isAway(error) || !(error instanceof pg.DatabaseError || error instanceof TypeError);

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
