import { readFile } from 'node:fs/promises';
import { isCode, writeWhole } from '@averment/platform';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from '@averment/verify-log';
import { LedgerKeyError } from './key-file.ts';

/** What was signed last lies beside the key too, so that a database from a backup never leads to another tree. */
export const signedFileOf = (keyFile: string): string => `${keyFile}.signed`;

/** The last checkpoint that was signed with the key, as the file has it; null where there is none. Throws `LedgerKeyError` for one that cannot be read. */
export const readSigned = async (keyFile: string): Promise<Checkpoint | null> => {
  const file = signedFileOf(keyFile);
  try {
    return parseCheckpoint(await readFile(file, 'utf8'));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw new LedgerKeyError(`${file}, which says what was signed last, cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};

/** Writes it, on disk when this returns. */
export const writeSigned = (keyFile: string, checkpoint: Checkpoint): Promise<void> =>
  writeWhole(signedFileOf(keyFile), formatCheckpoint(checkpoint), 0o600);
