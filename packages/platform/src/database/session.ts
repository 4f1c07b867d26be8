import type { Pool, PoolClient } from 'pg';
import { DatabaseAway } from './away.ts';

/**
 * Runs `work` on one connection of the pool, which is closed afterwards, and with it what it holds: locks, settings, temporary tables. Throws what `work` throws,
 * or `DatabaseAway` where there is no connection or it broke.
 */
export const withSession = async <T>(pool: Pick<Pool, 'connect'>, work: (session: PoolClient) => Promise<T>): Promise<T> =>
  await onConnection(pool, { isReused: false }, work);

/** `lose` says that the connection is of no more use. */
export const onConnection = async <T>(
  pool: Pick<Pool, 'connect'>,
  { isReused }: { isReused: boolean },
  work: (client: PoolClient, lose: (why: Error) => void) => Promise<T>,
): Promise<T> => {
  const client = await connect(pool);
  let broken: Error | undefined;
  const lose = (why: Error) => {
    broken ??= why;
  };
  // A connection that breaks while no statement runs says so by an event, which would end the process if nobody listened.
  client.on('error', lose);
  try {
    return await work(client, lose);
  } catch (error) {
    throw broken === undefined ? error : new DatabaseAway(`the connection broke: ${broken.message}`, { cause: error });
  } finally {
    client.off('error', lose);
    client.release(broken ?? !isReused);
  }
};

const connect = async (pool: Pick<Pool, 'connect'>): Promise<PoolClient> => {
  try {
    return await pool.connect();
  } catch (error) {
    throw new DatabaseAway(`no connection to the database: ${(error as Error).message}`, { cause: error });
  }
};
