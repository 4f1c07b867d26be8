import { createCosigning, createSigner, createStamping, LedgerKeyError, readLedgerKeys, type Signer, witnessesOf } from '@averment/ledger';
import { type LedgerSettings, type Logger, systemClock } from '@averment/platform';
import type { Pool } from 'pg';

/** What a worker does for the ledger beside following the log: `sign` at once, the others once that is done. */
export type Signing = { sign: Signer['sign']; further: readonly { name: string; run: () => Promise<void> }[] };

/** What signs the ledger; null where no key is set. Throws `LedgerKeyError`, also where the key is of another ledger than `LEDGER_ORIGIN` says. */
export const openSigner = async (
  pool: Pool,
  { keyFile, origin, witnesses, stamping }: LedgerSettings,
  logger: Logger,
): Promise<Signing | null> => {
  if (keyFile === null) {
    logger.warn('the ledger is not signed: LEDGER_KEY_FILE is not set (docs/operations.md, "The ledger")');
    return null;
  }
  const keys = await readLedgerKeys(keyFile);
  const name = keys[0]?.name;
  if (origin !== null && origin !== name) throw new LedgerKeyError(`LEDGER_ORIGIN is ${origin}, and ${keyFile} is the key of ${name}`);
  const signer = createSigner({ pool, keys, keyFile, clock: systemClock });
  await signer.announce();
  const asked = witnessesOf(witnesses);
  return {
    sign: signer.sign,
    further: [
      ...(asked.length === 0 ? [] : [{ name: 'have the ledger witnessed', run: createCosigning(pool, asked) }]),
      ...(stamping === null ? [] : [{ name: 'have the ledger stamped', run: createStamping(pool, stamping, systemClock) }]),
    ],
  };
};
