import { type Clock, inTransaction, type Random } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import { AccessError, isRole, type Role, roles } from './roles.ts';
import { hashOf, newSecret } from './secret.ts';

/** A key as it can be shown: never the key itself, which nobody has but its holder. */
type KeyRow = { id: string; subject: string; role: Role; createdAt: Date; revokedAt: Date | null };

/**
 * Makes a key for a subject and answers it; it cannot be read again. The subject is a short name that says nothing about a person, because
 * it stands in every event for ever. Throws `AccessError` for a bad name or role, and where the subject has keys of another role.
 */
export const createKey = async (
  pool: Pool,
  given: { subject: string; role: string },
  tools: { clock: Clock; random: Random },
): Promise<{ id: string; key: string }> => {
  const { subject, role } = given;
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(subject)) {
    throw new AccessError(
      'a subject is at most 63 lower case letters, digits, dots, underscores and hyphens, and starts with a letter or a digit',
    );
  }
  if (!isRole(role)) throw new AccessError(`there is no role ${JSON.stringify(role)}; there are ${roles.join(', ')}`);
  const key = newSecret(tools.random);
  const id = tools.random.uuid();
  await inTransaction(pool, async (client) => {
    await insertKey(client, { id, subject, role, hash: hashOf(key), at: tools.clock.now() });
  });
  return { id, key };
};

/** Revokes a key; answers false if there is none of that id. Revoking it again changes nothing. */
export const revokeKey = async (pool: Pool, id: string, clock: Clock): Promise<boolean> => {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return false;
  const { rowCount } = await pool.query('UPDATE access.keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1', [id, clock.now()]);
  return rowCount === 1;
};

/** All keys, revoked ones included, oldest first. */
export const listKeys = async (pool: Pool): Promise<KeyRow[]> => {
  const { rows } = await pool.query<KeyRow>(
    `SELECT k.id, k.subject, s.role, k.created_at AS "createdAt", k.revoked_at AS "revokedAt"
       FROM access.keys k JOIN access.subjects s USING (subject) ORDER BY k.created_at, k.subject`,
  );
  return rows;
};

/** Stores a key's hash. Throws `AccessError` if the subject has a valid key of another role. */
export const insertKey = async (
  client: PoolClient,
  key: { id: string; subject: string; role: Role; hash: Buffer; at: Date },
): Promise<void> => {
  // The subject's row stays locked until the end of the transaction, so that two keys made at once cannot give one subject two roles.
  const subjects = await client.query<{ role: Role }>(
    `INSERT INTO access.subjects AS s (subject, role) VALUES ($1, $2)
     ON CONFLICT (subject) DO UPDATE SET role = s.role RETURNING s.role`,
    [key.subject, key.role],
  );
  const role = subjects.rows[0]?.role ?? key.role;
  if (role !== key.role) {
    const valid = await client.query('SELECT FROM access.keys WHERE subject = $1 AND revoked_at IS NULL LIMIT 1', [key.subject]);
    if (valid.rowCount !== 0) throw new AccessError(`${key.subject} has keys as ${role}: revoke them first, or choose another subject`);
    await client.query('UPDATE access.subjects SET role = $2 WHERE subject = $1', [key.subject, key.role]);
  }
  await client.query('INSERT INTO access.keys (id, subject, hash, created_at) VALUES ($1, $2, $3, $4)', [
    key.id,
    key.subject,
    key.hash,
    key.at,
  ]);
};
