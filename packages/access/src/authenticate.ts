import { kept } from '@averment/platform';
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
  const lookUp = async (hash: string): Promise<Principal | null> => {
    const { rows } = await pool.query<Principal>({
      name: 'access-authenticate',
      text: `SELECT s.subject, s.role, k.id AS "keyId" FROM access.keys k JOIN access.subjects s USING (subject)
              WHERE k.hash = $1 AND k.revoked_at IS NULL`,
      values: [Buffer.from(hash, 'base64url')],
    });
    return rows[0] ?? null;
  };
  const principalOf = kept(lookUp, { fresh: staleness, most: remembered, isKept: (principal) => principal !== null, now });

  return async (key) => {
    const hash = hashOf(key);
    return isSecret(key) ? principalOf(hash.toString('base64url')) : null;
  };
};
