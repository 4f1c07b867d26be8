import type { PoolClient } from 'pg';

/**
 * The locks that keep the processes of a projection apart: PostgreSQL advisory locks of this class and the hash of the projection's name.
 * `apply` is held by a transaction that changes a live model, and by the swap of a rebuild; `build` by whoever builds a model; `swap` by a rebuild that wants
 * to swap, so that who reads for long may see it.
 */
export const lockClass = { apply: 0x41564d31, build: 0x41564d32, swap: 0x41564d33 } as const;

/** Whether a rebuild of the projection wants to swap, and waits for those who read its tables. */
export const isSwapWanted = async (connection: Pick<PoolClient, 'query'>, projection: string): Promise<boolean> => {
  const lock = `(${lockClass.swap}, hashtext('${projection}'))`;
  const { rows } = await connection.query<{ free: boolean }>(
    `SELECT CASE WHEN pg_try_advisory_lock_shared${lock} THEN pg_advisory_unlock_shared${lock} ELSE false END AS free`,
  );
  return rows[0]?.free !== true;
};

/** The statement that waits for the `apply` lock, which the transaction's end gives back. */
export const applyLock = (projection: string): string => `SELECT pg_advisory_xact_lock(${lockClass.apply}, hashtext('${projection}'))`;

/** Whether the lock was free, and is held now until the transaction's end. */
export const tryLock = (projection: string): string => `pg_try_advisory_xact_lock(${lockClass.apply}, hashtext('${projection}'))`;

/** Runs `work` while everybody can see that a rebuild of the projection wants to swap. */
export const whileSwapWanted = async <T>(session: PoolClient, projection: string, work: () => Promise<T>): Promise<T> => {
  const lock = `(${lockClass.swap}, hashtext('${projection}'))`;
  await session.query(`SELECT pg_advisory_lock${lock}`);
  try {
    return await work();
  } finally {
    await session.query(`SELECT pg_advisory_unlock${lock}`);
  }
};

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
