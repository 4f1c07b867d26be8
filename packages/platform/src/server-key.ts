import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isCode, writeWholeOnce } from './atomic-file.ts';
import type { Random } from './clock.ts';

/** The server key cannot be used; the message says which file, and what to do. */
export class ServerKeyError extends Error {
  override name = 'ServerKeyError';
}

/** Reads the 32 bytes of the server key from a file of 64 hexadecimal digits. Throws `ServerKeyError`. */
export const readServerKey = async (file: string): Promise<Buffer> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) {
      throw new ServerKeyError(
        `the server key ${file} is not there. Restore it from a backup: without it requests that were sent before are not recognised when they are repeated, nor cases by their numbers. ` +
          'For a new database make one with: openssl rand -hex 32',
      );
    }
    throw new ServerKeyError(`the server key ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const digits = text.trim();
  if (!/^[0-9a-fA-F]{64}$/.test(digits))
    throw new ServerKeyError(`the server key ${file} is not made of 64 hexadecimal digits. Make one with: openssl rand -hex 32`);
  return Buffer.from(digits, 'hex');
};

/** Makes the server key if there is none; of several processes that try at once, all get the key of one of them. */
export const makeServerKey = async (file: string, random: Random): Promise<Buffer> => {
  try {
    await writeWholeOnce(file, `${random.bytes(32).toString('hex')}\n`, 0o600);
  } catch (error) {
    throw new ServerKeyError(`the server key ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return readServerKey(file);
};

/** What tells this server key from another one, in 32 hexadecimal digits, from which it cannot be found (RFC 5869). */
export const fingerprintOf = (serverKey: Uint8Array): string =>
  Buffer.from(hkdfSync('sha256', serverKey, '', 'averment fingerprint', 16)).toString('hex');

/**
 * The key of the tags of cases, derived from the server key (RFC 5869): so no tag is also the HMAC of a request. The label is part of the storage format: with
 * another one new tags would equal none of before.
 */
export const caseKeyOf = (serverKey: Uint8Array): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', serverKey, '', 'averment case numbers', 32)));

/** The key of the subjects of users whose tokens an OpenID provider signs, likewise. */
export const userKeyOf = (serverKey: Uint8Array): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', serverKey, '', 'averment users', 32)));

/** The key of the tags of people, likewise. */
export const personKeyOf = (serverKey: Uint8Array): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', serverKey, '', 'averment people', 32)));

/** The key of the names of reservations' streams, likewise. */
export const reservationKeyOf = (serverKey: Uint8Array): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', serverKey, '', 'averment reservations', 32)));
