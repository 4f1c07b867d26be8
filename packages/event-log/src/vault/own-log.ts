import { UnknownPosition } from '../port.ts';
import { checkpoint, type Erasing } from './erasures.ts';

/** The log is not the one that the vault's erasures have followed so far. */
export class OtherLog extends Error {
  override readonly name = 'OtherLog';
}

/**
 * Rejects with `OtherLog` unless the log holds the event up to which the vault has followed it. Texts of another log than this one would be taken for
 * attempts that never arrived, and erasures between the two positions would be passed over.
 */
export const requireOwnLog = async ({ pool, log }: Erasing): Promise<void> => {
  const position = await checkpoint(pool);
  if (position === 0n) return requireFresh({ pool, log });
  const [event] = await log.readAll(position - 1n, 1, { texts: false }).catch((error: unknown) => {
    if (error instanceof UnknownPosition) return [];
    throw error;
  });
  if ((event as { position: bigint } | undefined)?.position === position) return;
  throw new OtherLog(
    `the event log has no event at position ${position}, up to which the texts of this database have followed it: EVENT_LOG_URL or EVENT_LOG_NAME names another log than before, or the log comes from an older backup than the database`,
  );
};

/** Whoever appended to the log left rows in its own vault: without any, the events' texts are in another database. */
const requireFresh = async ({ pool, log }: Erasing): Promise<void> => {
  if ((await log.readAll(0n, 1, { texts: false })).length === 0) return;
  // Looked for after the event: whoever appends writes the texts first.
  const { rows } = await pool.query('SELECT EXISTS (SELECT FROM vault.texts) AS filled');
  if (rows[0]?.filled) return;
  throw new OtherLog(
    'the event log has events, and this database has none of their texts: DATABASE_URL names another database than before, EVENT_LOG_NAME is that of another installation, or the vault has to be restored first',
  );
};
