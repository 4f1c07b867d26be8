import { fileURLToPath } from 'node:url';
import type { Migrations } from '@averment/platform';

export { beginAnew } from './begin-anew.ts';
export { createLedgerFollower, entryOf } from './follower.ts';
export { LedgerKeyError, makeLedgerKey, newOrigin, readLedgerKeys, rotateLedgerKey } from './key-file.ts';
export { countLeaves, createLedger, type Leaf, type Ledger, type LedgerPlace } from './queries.ts';
export { readSigned, signedFileOf } from './signed-file.ts';
export { createSigner, LedgerRefused, type Signer } from './signer.ts';
export { createStamping, lastStamped, type Stamped, StampFailed, type Stamping } from './timestamps.ts';
export { verifyStoredLedger } from './verify.ts';
export { createCosigning, type Witness, WitnessFailed, witnessesOf } from './witnesses.ts';

/** The schema `ledger`: leaves, tiles, and the last checkpoint. */
export const migrations: Migrations = {
  schema: 'ledger',
  dir: fileURLToPath(new URL('../migrations', import.meta.url)),
  api: {
    tables: { followed: ['SELECT'], leaves: ['SELECT'], tiles: ['SELECT'], checkpoint: ['SELECT'], keys: ['SELECT'], stamps: ['SELECT'] },
  },
};
