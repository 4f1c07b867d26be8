import { createSigner, LedgerKeyError, readLedgerKeys, type Signer } from '@averment/ledger';
import { type LedgerSettings, type Logger, systemClock } from '@averment/platform';
import type { Pool } from 'pg';

/** What signs the ledger; null where no key is set. Throws `LedgerKeyError`, also where the key is of another ledger than `LEDGER_ORIGIN` says. */
export const openSigner = async (pool: Pool, { keyFile, origin }: LedgerSettings, logger: Logger): Promise<Signer | null> => {
  if (keyFile === null) {
    logger.warn('the ledger is not signed: LEDGER_KEY_FILE is not set (docs/operations.md, "The ledger")');
    return null;
  }
  const keys = await readLedgerKeys(keyFile);
  const name = keys[0]?.name;
  if (origin !== null && origin !== name) throw new LedgerKeyError(`LEDGER_ORIGIN is ${origin}, and ${keyFile} is the key of ${name}`);
  const signer = createSigner({ pool, keys, keyFile, clock: systemClock });
  await signer.announce();
  return signer;
};
