import { fromDecimal, hashFromBase64 } from './bytes.ts';
import { Malformed } from './malformed.ts';
import { type Note, parseNote, type VerifierKey, verifyNote } from './note.ts';

/** What C2SP tlog-checkpoint says of a log: how many leaves it has, and the root of their tree. */
export type Checkpoint = { origin: string; size: number; root: Buffer };

/** The text of a checkpoint, to be signed. */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Reads the text of a note. Lines after the third are passed over. Throws `Malformed`. */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', size = '', root = '', ...more] = text.slice(0, -1).split('\n');
  if (origin === '' || more.includes(''))
    throw new Malformed('a checkpoint has an origin, a size and a root, a line each, and no empty line');
  return { origin, size: fromDecimal(size, 'the size of the checkpoint'), root: hashFromBase64(root, 'the root of the checkpoint') };
};

/** Signed for some log, by none of the keys that were asked for or wrongly: nothing of it is to be believed. */
export class NotSigned extends Error {
  override readonly name = 'NotSigned';
}

/** A checkpoint of the log of `key`, as served. Throws `Malformed` or `NotSigned`. `keys` are those of witnesses, whose signatures have to hold too. */
export const openCheckpoint = (served: string, key: VerifierKey, keys: readonly VerifierKey[] = []): Checkpoint & { note: Note } => {
  const note = parseNote(served);
  const signed = verifyNote(note, [key, ...keys]);
  if (signed === null) throw new NotSigned(`a signature of the checkpoint does not hold (${key.name})`);
  if (!signed.some(({ name, kind }) => name === key.name && kind === key.kind))
    throw new NotSigned(`the checkpoint has no signature of the key ${key.name}+${key.id}`);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== key.name) throw new NotSigned(`the checkpoint is of ${checkpoint.origin}, the key of ${key.name}`);
  return { ...checkpoint, note };
};
