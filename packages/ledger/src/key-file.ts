import { readFile } from 'node:fs/promises';
import { isCode, type Random, writeWhole, writeWholeOnce } from '@averment/platform';
import { Malformed, newSigningKey, parseSigningKey, type SigningKey } from '@averment/verify-log';

/** The ledger cannot be signed with what is there; the message says which file, and what to do. */
export class LedgerKeyError extends Error {
  override readonly name = 'LedgerKeyError';
}

/** Reads the keys of a file, a line each; all of them sign, and the first one is the key. Throws `LedgerKeyError`. */
export const readLedgerKeys = async (file: string): Promise<[SigningKey, ...SigningKey[]]> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = isCode(error, 'ENOENT') ? 'is not there: restore it from a backup' : `cannot be read: ${String(error)}`;
    throw new LedgerKeyError(`the ledger's key ${file} ${why}. For a new ledger make one with: npm run ledger -- new-key --origin <name>`);
  });
  const keys = text.split('\n').filter((line) => line.trim() !== '');
  try {
    const [first, ...others] = keys.map(parseSigningKey);
    if (first === undefined) throw new Malformed('it holds no key');
    if (others.some(({ name }) => name !== first.name)) throw new Malformed('its keys are of several names; a ledger has one');
    if ([first, ...others].some(({ kind }) => kind !== 'log')) throw new Malformed('a key in it is that of a witness');
    return [first, ...others];
  } catch (error) {
    if (error instanceof Malformed) throw new LedgerKeyError(`the ledger's key ${file} cannot be used: ${error.message}`);
    throw error;
  }
};

/** Makes a key if there is none; of several processes that try at once, all get the key of one of them. */
export const makeLedgerKey = async (file: string, origin: string): Promise<SigningKey[]> => {
  await writeWholeOnce(file, `${newSigningKey(origin)}\n`, 0o600);
  return readLedgerKeys(file);
};

/** Puts a new key of the same name before those in the file, and answers it. Throws `LedgerKeyError`. */
export const rotateLedgerKey = async (file: string): Promise<SigningKey> => {
  const [{ name }] = await readLedgerKeys(file);
  const key = newSigningKey(name);
  await writeWhole(file, `${key}\n${await readFile(file, 'utf8')}`, 0o600);
  return parseSigningKey(key);
};

/** A name for a ledger of which nobody has said what it is called: like no other, and no address. */
export const newOrigin = (random: Random): string => `averment.invalid/${random.bytes(8).toString('hex')}`;
