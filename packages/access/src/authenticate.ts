import type { Pool } from 'pg';
import type { Principal } from './roles.ts';
import { hashOf, isSecret } from './secret.ts';

/** For at most this long (milliseconds) a key that another process revoked is still accepted. */
export const staleness = 5000;
const remembered = 1000;

/** Answers whom a key speaks for, or null for a key that is unknown or revoked. Rejects if the database does not answer. */
export type Authenticate = (key: string) => Promise<Principal | null>;

/**
 * Checks keys against their hashes, and remembers those that were valid for `staleness` milliseconds, measured from before they were looked up.
 * The look-up is by the SHA-256 of the whole key, so its time tells nothing about how much of a key was right.
 * `now` is a clock in milliseconds that never goes back.
 */
export const createAuthenticator = (pool: Pool, now: () => number = performance.now.bind(performance)): Authenticate => {
  const valid = new Map<string, { principal: Principal; until: number }>();
  const asked = new Map<string, Promise<Principal | null>>();

  const lookUp = async (hash: Buffer, name: string): Promise<Principal | null> => {
    const until = now() + staleness;
    const { rows } = await pool.query<Principal>({
      name: 'access-authenticate',
      text: `SELECT s.subject, s.role, k.id AS "keyId" FROM access.keys k JOIN access.subjects s USING (subject)
              WHERE k.hash = $1 AND k.revoked_at IS NULL`,
      values: [hash],
    });
    const principal = rows[0];
    if (principal === undefined) {
      valid.delete(name);
      return null;
    }
    valid.delete(name);
    valid.set(name, { principal, until });
    // A Map keeps the order of insertion: the first is the one that was looked up longest ago.
    if (valid.size > remembered) valid.delete(valid.keys().next().value ?? name);
    return principal;
  };

  return (key) => {
    const hash = hashOf(key);
    if (!isSecret(key)) return Promise.resolve(null);
    const name = hash.toString('base64url');
    const known = valid.get(name);
    if (known !== undefined && now() < known.until) return Promise.resolve(known.principal);
    const pending = asked.get(name) ?? lookUp(hash, name).finally(() => asked.delete(name));
    asked.set(name, pending);
    return pending;
  };
};
