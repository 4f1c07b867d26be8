import type { Pool } from 'pg';
import { OtherLog, UnknownPosition } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { type Erasing, followed } from './erasures.ts';

/**
 * Rejects with `OtherLog` unless the log holds the event up to which the vault has followed it. Otherwise the texts of the right log would be taken for
 * attempts that never arrived, and erasures between the two positions would be passed over.
 */
export const requireOwnLog = async ({ pool, log }: Erasing): Promise<void> => {
  const { position, mark } = await followed(pool);
  if (position === 0n) return requireFresh({ pool, log });
  if (mark && !(await log.holds(mark))) throw otherLog(mark.position);
  if (mark?.position === position) return;
  const [event] = await log.readAll(position - 1n, 1, { texts: false }).catch((error: unknown) => {
    if (error instanceof UnknownPosition) return [];
    throw error;
  });
  if ((event as { position: bigint } | undefined)?.position !== position) throw otherLog(position);
};

const otherLog = (position: bigint) =>
  new OtherLog(
    `the event log has not the event at position ${position}, up to which the texts of this database have followed it: EVENT_LOG_URL or EVENT_LOG_NAME names another log than before; or the log comes from an older backup than the database, then run \`npm run restored\``,
  );

/** Every append of texts leaves rows in its own vault: without any, the events' texts are in another database. What was done with keys may have none. */
const requireFresh = async ({ pool, log }: Erasing): Promise<void> => {
  const first = await log.readAll(0n, 100, { texts: false, canonical: true });
  if (!first.some((event) => (event as { canonical?: string }).canonical?.includes('"_sd"'))) return;
  // Looked for after the event: whoever appends writes the texts first.
  const { rows } = await pool.query('SELECT EXISTS (SELECT FROM vault.texts) AS filled');
  if (rows[0]?.filled) return;
  throw new OtherLog(
    'the event log has events, and this database has none of their texts: DATABASE_URL names another database than before, EVENT_LOG_NAME is that of another installation, or the vault has to be restored first',
  );
};

/** The log's name for its followers: its id and how often it was restored, as `<uuid>.<number>`. Rejects with `LogUnavailable`. */
export const logName = async (pool: Pool): Promise<string> => {
  const { rows } = await available(() => pool.query<{ name: string }>("SELECT id || '.' || restores AS name FROM vault.log"));
  if (rows[0] === undefined) throw new TypeError('vault.log has no row');
  return rows[0].name;
};

/**
 * Says that the log was restored from a backup, with or without its vault. The vault follows it anew from its beginning, so that every erasure is applied
 * again, and the restores are counted, to at least `atLeast` where a copy of the vault had forgotten some. Answers the log's name. Running programs learn
 * of it (`onRestored`).
 */
export const noteRestore = async (pool: Pool, atLeast = 0): Promise<string> => {
  await available(() =>
    pool.query(`
      WITH anew AS (UPDATE vault.checkpoint SET position = 0, seen_at = NULL, sha256 = NULL)
      UPDATE vault.log SET restores = greatest(restores + 1, ${Math.trunc(atLeast)})`),
  );
  return logName(pool);
};
