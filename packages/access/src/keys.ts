import type { Pool, PoolClient } from 'pg';
import { type KeyKind, type Role, writers } from './roles.ts';

/** The rows of keys: what a request is judged by. What is done with them is decided, and written down, by `packages/commands`. */

/** A key as it can be shown: never the key itself, which nobody has but its holder. Its id is a UUID. */
export type KeyRow = {
  id: string;
  subject: string;
  role: Role;
  kind: KeyKind;
  createdAt: Date;
  expiresAt: Date | null;
  waits: boolean;
  revokedAt: Date | null;
  usedAt: Date | null;
};

const rowsSql = `
SELECT k.id, k.subject, s.role, k.kind, k.created_at AS "createdAt", k.expires_at AS "expiresAt", k.waits, k.revoked_at AS "revokedAt", u.used_at AS "usedAt"
  FROM access.keys k JOIN access.subjects s USING (subject) LEFT JOIN access.uses u ON u.key = k.id`;

/** All keys, revoked ones included, oldest first: at most so many, those behind `after`, the id of one. */
export const listKeys = async (
  pool: Pick<Pool, 'query'>,
  { after = null, limit = null }: { after?: string | null; limit?: number | null } = {},
): Promise<KeyRow[]> => {
  const { rows } = await pool.query<KeyRow>(
    `${rowsSql} WHERE $1::uuid IS NULL OR (k.created_at, k.id) > (SELECT created_at, id FROM access.keys WHERE id = $1)
     ORDER BY k.created_at, k.id LIMIT $2`,
    [after, limit],
  );
  return rows;
};

/** Whether a subject has a valid key of a role that may write, or came with a token, whose role only the next one tells. */
export const mayWrite = async (pool: Pick<Pool, 'query'>, subject: string): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `SELECT FROM access.subjects JOIN access.keys AS k USING (subject)
       WHERE subject = $1 AND role = ANY($2) AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
     UNION ALL SELECT FROM access.users WHERE subject = $1`,
    [subject, writers],
  );
  return (rowCount ?? 0) > 0;
};

/** Those of these subjects who have no valid key, and come with no tokens. */
export const withoutKey = async (pool: Pick<Pool, 'query'>, subjects: readonly string[]): Promise<string[]> => {
  if (subjects.length === 0) return [];
  const { rows } = await pool.query<{ subject: string }>(
    `SELECT subject FROM unnest($1::text[]) AS s(subject)
      WHERE NOT EXISTS (SELECT FROM access.keys AS k WHERE k.subject = s.subject AND k.revoked_at IS NULL AND NOT k.waits AND (k.expires_at IS NULL OR k.expires_at > now()))
        AND NOT EXISTS (SELECT FROM access.users AS u WHERE u.subject = s.subject)`,
    [subjects],
  );
  return rows.map(({ subject }) => subject);
};

/** The key of an id; null for none. It stays as it is until the end of the transaction. */
export const lockKey = async (client: PoolClient, id: string): Promise<KeyRow | null> => {
  const { rows } = await client.query<KeyRow>(`${rowsSql} WHERE k.id = $1 FOR UPDATE OF k`, [id]);
  return rows[0] ?? null;
};

/** Stores a key's hash, also in place of the one that its id had. False, and nothing is stored, if the subject has valid keys of another role. */
export const insertKey = async (
  client: PoolClient,
  key: { id: string; subject: string; role: Role; kind: KeyKind; hash: Buffer; at: Date; expiresAt?: Date | null; waits?: boolean },
): Promise<boolean> => {
  // The subject's row stays locked until the end of the transaction, so that two keys made at once cannot give one subject two roles.
  const subjects = await client.query<{ role: Role }>(
    `INSERT INTO access.subjects AS s (subject, role, was_admin) VALUES ($1, $2, $2 = 'admin')
     ON CONFLICT (subject) DO UPDATE SET role = s.role RETURNING s.role`,
    [key.subject, key.role],
  );
  if (subjects.rows[0]?.role !== key.role) {
    const valid = await client.query(
      'SELECT FROM access.keys WHERE subject = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) LIMIT 1',
      [key.subject],
    );
    if (valid.rowCount !== 0) return false;
    await client.query("UPDATE access.subjects SET role = $2, was_admin = was_admin OR $2 = 'admin' WHERE subject = $1", [
      key.subject,
      key.role,
    ]);
  }
  await client.query(
    `INSERT INTO access.keys (id, subject, kind, hash, created_at, expires_at, waits) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, waits = excluded.waits`,
    [key.id, key.subject, key.kind, key.hash, key.at, key.expiresAt ?? null, key.waits ?? false],
  );
  return true;
};

/** Lets a key be valid that waited for that. */
export const releaseKey = async (client: PoolClient, id: string): Promise<void> => {
  await client.query('UPDATE access.keys SET waits = false WHERE id = $1', [id]);
};

/** Revokes a key; answers its row, or null if there is none of that id. Revoking it again changes nothing. */
export const revokeKey = async (pool: Pick<Pool, 'query'>, id: string, at: Date): Promise<KeyRow | null> => {
  await pool.query('UPDATE access.keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1', [id, at]);
  const { rows } = await pool.query<KeyRow>(`${rowsSql} WHERE k.id = $1`, [id]);
  return rows[0] ?? null;
};

/** How many subjects have, or had, keys as admins. */
export const countAdmins = async (client: PoolClient): Promise<number> => {
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM access.subjects WHERE was_admin');
  return rows[0]?.count ?? 0;
};
