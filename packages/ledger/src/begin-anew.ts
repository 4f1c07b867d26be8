import { inTransaction } from '@averment/platform';
import { parseCheckpoint, parseNote, type SigningKey } from '@averment/verify-log';
import type { Pool } from 'pg';
import { LedgerRefused } from './signer.ts';

/**
 * Ends the ledger that is there, so that the follower makes all leaves anew and a signer begins another one; answers what it was. Rejects with `LedgerRefused`
 * where the keys are of that very ledger: who follows it would be told another history under the same name.
 */
export const beginAnew = (pool: Pool, [key]: readonly SigningKey[]): Promise<{ size: number; origin: string | null }> =>
  inTransaction(pool, async (tx) => {
    // A follower that is at work ends its page first, and a signer its checkpoint.
    await tx.query('SELECT FROM ledger.followed FOR UPDATE');
    const { rows } = await tx.query<{ note: string | null }>('SELECT note FROM ledger.checkpoint FOR UPDATE');
    const note = rows[0]?.note ?? null;
    const signed = note === null ? null : parseCheckpoint(parseNote(note).text);
    if (signed !== null && signed.origin === key?.name)
      throw new LedgerRefused(`the ledger ${signed.origin} was signed with this key: make one of another name (npm run ledger -- new-key)`);
    await tx.query('TRUNCATE ledger.leaves, ledger.tiles, ledger.keys, ledger.stamps');
    await tx.query('UPDATE ledger.followed SET position = 0, size = 0, seen_at = NULL, sha256 = NULL');
    await tx.query('UPDATE ledger.checkpoint SET size = 0, root = NULL, note = NULL, signed_at = NULL');
    return { size: signed?.size ?? 0, origin: signed?.origin ?? null };
  });
