import pg from 'pg';

/** What of the vault's past may still lie in files, and why. Empty when nothing does. */
type Remains = { what: 'write-ahead log'; why: string }[];

/**
 * Takes erased values out of the database's files, once the erasures have been followed and the models rebuilt. `VACUUM` would leave them in free space,
 * in TOAST and in the write-ahead log. So the vault's table is written anew: `ALTER TABLE` copies only what is visible now, where `VACUUM FULL` would
 * also keep what an old snapshot can see. Then the write-ahead log goes on to a new segment and a checkpoint removes the old ones, which needs
 * `wal_recycle = off` (the embedded server has it), as they are otherwise renamed and used again.
 * Needs the table's owner, and for the write-ahead log the rights to `pg_switch_wal` and `CHECKPOINT`. Appends and reads of texts wait meanwhile.
 * What the server keeps nonetheless is named in the answer; it goes with the server's own retention, as backups of the vault do.
 */
export const purgeErased = async (pool: pg.Pool): Promise<Remains> => {
  await pool.query('ALTER TABLE vault.texts ALTER COLUMN disclosures TYPE text COLLATE "C" USING disclosures || \'\'');
  try {
    await pool.query('SELECT pg_switch_wal()');
    await pool.query('CHECKPOINT');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== insufficientPrivilege) throw error;
    return [{ what: 'write-ahead log', why: `this user may not switch and remove its segments: ${error.message}` }];
  }
  return keptSegments(pool);
};

const insufficientPrivilege = '42501';

/** Settings and slots that make a checkpoint keep old segments. */
const keptSegments = async (pool: pg.Pool): Promise<Remains> => {
  const { rows } = await pool.query<{ why: string }>(`
    SELECT name || ' = ' || setting AS why FROM pg_settings
    WHERE (name = 'wal_recycle' AND setting = 'on') OR (name = 'wal_keep_size' AND setting <> '0')
       OR (name = 'archive_mode' AND setting <> 'off') OR (name = 'summarize_wal' AND setting = 'on')
    UNION ALL
    SELECT 'replication slot ' || slot_name FROM pg_replication_slots`);
  return rows.map(({ why }) => ({ what: 'write-ahead log', why }));
};
