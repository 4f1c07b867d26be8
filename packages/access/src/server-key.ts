import { type Clock, fingerprintOf, ServerKeyError } from '@averment/platform';
import type { Pool } from 'pg';

/** Notes the server key where the database knows none yet. Throws `ServerKeyError` where it is used with another one: rows would be made with either. */
export const requireServerKey = async (pool: Pick<Pool, 'query'>, serverKey: Uint8Array, clock: Clock): Promise<void> => {
  const own = fingerprintOf(serverKey);
  await pool.query('INSERT INTO access.server_key (fingerprint, since) VALUES ($1, $2) ON CONFLICT DO NOTHING', [own, clock.now()]);
  const { rows } = await pool.query<{ fingerprint: string; since: Date }>('SELECT fingerprint, since FROM access.server_key');
  const [known] = rows;
  if (known === undefined || known.fingerprint === own) return;
  throw new ServerKeyError(
    `the server key is not the one that this database is used with since ${known.since.toISOString()}: its fingerprint is ${own}, that of the other ${known.fingerprint}. ` +
      'All programs share one: put that one back. If it is lost, end all programs and run: npm run keys -- use-server-key, then: npm run rebuild -- all (docs/operations.md, "Keys")',
  );
};

/** From now on the database is used with this server key; answers its fingerprint. Programs that run go on with the one that they have. */
export const useServerKey = async (pool: Pick<Pool, 'query'>, serverKey: Uint8Array, clock: Clock): Promise<string> => {
  const own = fingerprintOf(serverKey);
  await pool.query(
    `INSERT INTO access.server_key AS known (fingerprint, since) VALUES ($1, $2)
     ON CONFLICT (single) DO UPDATE SET fingerprint = excluded.fingerprint, since = excluded.since WHERE known.fingerprint <> excluded.fingerprint`,
    [own, clock.now()],
  );
  return own;
};
