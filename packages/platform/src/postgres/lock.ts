import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { alive } from '../process.ts';
import type { AlreadyRunning } from './errors.ts';

/** "Averment" in ASCII, as the two halves of an advisory lock's key. */
const key = [0x41_76_65_72, 0x6d_65_6e_74] as const;

/** A lock on the data directory, held by a connection: it is given back by the system itself when its holder dies. */
export type DataLock = {
  /** Says at which address the holder can be reached. */
  noteAddress(url: string): Promise<void>;
  /** Resolves when the connection is gone, and the lock with it. */
  lost: Promise<void>;
  release(): Promise<void>;
};

/** How often the lock is tried, 50 ms apart, before its holder is named: a living one, and a dead one, which the database may be slow to notice. */
const tries = { alive: 10, dead: 600 };

/**
 * Takes the lock, or answers who has it. The database knows the holder by the name of its connection, `<name> <pid> <url>`.
 * A holder that was just killed is given time to disappear.
 */
export const takeDataLock = async (url: string, name: string): Promise<DataLock | AlreadyRunning['holder']> => {
  const title = `${name} ${process.pid}`;
  const client = new pg.Client({ connectionString: url, application_name: title, keepAlive: true, connectionTimeoutMillis: 10_000 });
  const lost = new Promise<void>((resolve) => client.once('end', () => resolve()));
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let tried = 1; ; tried += 1) {
      const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS taken', [...key]);
      if (rows[0]?.taken === true) {
        return {
          noteAddress: async (address) => {
            // The name of a connection holds 63 bytes.
            await client.query("SELECT set_config('application_name', $1, false)", [`${title} ${address}`.slice(0, 63)]);
          },
          lost,
          release: () => client.end(),
        };
      }
      if (tried >= tries.alive) {
        const holder = await holderOf(client);
        // It may have gone since the lock was tried: then there is nobody to name.
        if (holder !== null && (tried >= tries.dead || holder.pid === null || alive(holder.pid))) {
          await client.end();
          return holder;
        }
      }
      await delay(50);
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
};

/** Who holds the lock now; null if nobody does. */
export const holderOf = async (client: pg.Client): Promise<AlreadyRunning['holder'] | null> => {
  const { rows } = await client.query<{ application_name: string; backend_start: Date }>(
    `SELECT a.application_name, a.backend_start FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.classid::bigint = $1 AND l.objid::bigint = $2 AND l.objsubid = 2 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [...key],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const [name, pid, url] = row.application_name.split(' ');
  return { name: name || 'another process', pid: pid === undefined ? null : Number(pid), url: url ?? null, since: row.backend_start };
};
