import { batched } from '@averment/platform';
import type { Pool } from 'pg';
import type { Principal } from './roles.ts';
import { hashOf, isSecret } from './secret.ts';
import { isToken, type VerifyToken } from './tokens.ts';

/** Answers whom a key or a token speaks for, or null for a key that is unknown, revoked, expired or not confirmed. Rejects as `VerifyToken` does. */
export type Authenticate = (key: string) => Promise<Principal | null>;

// $1 hashes. By the database's clock, which is one for all processes.
const lookUpSql = `
SELECT encode(k.hash, 'base64') AS hash, s.subject, s.role, k.id AS "keyId", k.kind, k.expires_at AS "expiresAt",
       u.used_at IS NULL OR u.used_at < now() - interval '30 s' AS "isNews"
  FROM access.keys k JOIN access.subjects s USING (subject) LEFT JOIN access.uses u ON u.key = k.id
 WHERE k.hash = ANY($1::bytea[]) AND k.revoked_at IS NULL AND NOT k.waits AND (k.expires_at IS NULL OR k.expires_at > now())`;

// $1 ids. In one order, so that two processes never wait for each other; what is lost in a crash is told by the next use.
const noteSql = `
INSERT INTO access.uses AS u (key, used_at)
SELECT id, now() FROM unnest($1::uuid[]) AS n(id), (SELECT set_config('synchronous_commit', 'off', true)) AS not_flushed ORDER BY id
ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at WHERE u.used_at < excluded.used_at - interval '30 s'`;

/**
 * Checks keys against their hashes, in the database, at each request: what is done with a key holds for every request that comes after, in every process. Keys
 * that come together are looked up together. The look-up is by the SHA-256 of the whole key, so its time tells nothing about how much of a key was right.
 * A use is noted where none was for half a minute; nobody waits for that, and where it fails the next use is noted.
 */
export const createAuthenticator = (pool: Pick<Pool, 'query'>, verifyToken: VerifyToken | null = null): Authenticate => {
  const note = batched<string, void>(
    async (ids) => {
      await pool.query({ name: 'access-note-use', text: noteSql, values: [ids] });
      return [];
    },
    { parallel: 1, keyOf: (id) => id },
  );
  const principalOf = batched<string, Principal | null>(
    async (hashes) => {
      const values = [hashes.map((hash) => Buffer.from(hash, 'base64'))];
      const { rows } = await pool.query<Principal & { hash: string; keyId: string; isNews: boolean }>({
        name: 'access-authenticate',
        text: lookUpSql,
        values,
      });
      const found = new Map(rows.map(({ hash, isNews, ...principal }) => [hash, { principal, isNews }]));
      for (const { principal, isNews } of found.values()) if (isNews) void note(principal.keyId).catch(() => undefined);
      return hashes.map((hash) => found.get(hash)?.principal ?? null);
    },
    { parallel: 1, keyOf: (hash) => hash },
  );
  return async (key) => {
    if (isSecret(key)) return principalOf(hashOf(key).toString('base64'));
    return verifyToken !== null && isToken(key) ? verifyToken(key) : null;
  };
};
