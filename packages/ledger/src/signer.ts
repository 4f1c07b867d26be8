import { type Clock, inTransaction } from '@averment/platform';
import {
  type Checkpoint,
  consistencyProof,
  emptyRoot,
  formatCheckpoint,
  formatNote,
  type Nodes,
  parseCheckpoint,
  parseNote,
  provesConsistency,
  rootOf,
  type SigningKey,
  signNote,
} from '@averment/verify-log';
import type { Pool, PoolClient } from 'pg';
import { readSigned, signedFileOf, writeSigned } from './signed-file.ts';
import { createTrees } from './tiles.ts';

/** The tree is not one that the last signed checkpoint leads to: nothing is signed, and nothing that was is taken back. */
export class LedgerRefused extends Error {
  override readonly name = 'LedgerRefused';
}

type SignerOptions = {
  pool: Pool;
  /** All of them sign; the first one is the key. */
  keys: readonly SigningKey[];
  keyFile: string;
  clock: Clock;
};

/** A checkpoint that was signed before, and where that is written. */
type Before = Pick<Checkpoint, 'size' | 'root'> & { where: string };

/**
 * Signs the tree as far as it is stored, if it has grown since or the keys are others: one signer at a time, only once a proof, made of the tiles as they
 * were read back, shows that it begins with what was signed last, both as the database has it and as the file beside the key has it. The file is
 * written before the database. Answers what is signed. Rejects with `LedgerRefused`.
 */
export const createSigner = ({ pool, keys, keyFile, clock }: SignerOptions) => {
  const [key] = keys;
  if (key === undefined) throw new TypeError('a signer has a key');

  const sign = async (tx: PoolClient): Promise<{ checkpoint: Checkpoint; note: string }> => {
    const { size, last } = await stateOf(tx);
    const file = await readSigned(keyFile);
    if (file !== null && file.origin !== key.name)
      throw new LedgerRefused(`${signedFileOf(keyFile)} is of the ledger ${file.origin}, and the key of ${key.name}`);
    const origin = last.note === null ? key.name : parseCheckpoint(parseNote(last.note).text).origin;
    if (origin !== key.name) throw new LedgerRefused(`the database has the ledger ${origin}, and the key is of ${key.name}`);
    const nodes = createTrees(tx, { oneByOne: true })({ origin, size });
    const checkpoint = { origin: key.name, size, root: await rootOf(size, nodes) };
    const before = [
      ...(last.note === null ? [] : [{ size: last.size, root: last.root, where: 'the database' }]),
      ...(file === null ? [] : [{ ...file, where: signedFileOf(keyFile) }]),
    ];
    for (const each of before) await requireGrown(each, checkpoint, nodes);
    if (last.note !== null && last.size === size && isSignedBy(last.note, keys)) {
      // Of several workers one has signed it: the file of each says so, and what witnesses have added stays.
      if (!isAt(file, checkpoint)) await writeSigned(keyFile, checkpoint);
      return { checkpoint, note: last.note };
    }
    const text = formatCheckpoint(checkpoint);
    const note = formatNote({ text, signatures: keys.map((each) => signNote(text, each)) });
    await writeSigned(keyFile, checkpoint);
    await tx.query('UPDATE ledger.checkpoint SET size = $1, root = $2, note = $3, signed_at = $4', [
      size,
      checkpoint.root,
      note,
      clock.now(),
    ]);
    return { checkpoint, note };
  };

  return {
    sign: (): Promise<{ checkpoint: Checkpoint; note: string }> => inTransaction(pool, sign),
    /** Says by which keys the ledger is verified. */
    announce: (): Promise<void> =>
      inTransaction(pool, async (tx) => {
        await tx.query('DELETE FROM ledger.keys');
        await tx.query('INSERT INTO ledger.keys (place, vkey) SELECT n, vkey FROM unnest($1::text[]) WITH ORDINALITY AS k(vkey, n)', [
          keys.map(({ vkey }) => vkey),
        ]);
      }),
  };
};

export type Signer = ReturnType<typeof createSigner>;

/** How many leaves there are, and what was signed last. Others who would sign wait. */
const stateOf = async (tx: PoolClient): Promise<{ size: number; last: { size: number; root: Buffer; note: string | null } }> => {
  const { rows: signed } = await tx.query<{ size: string; root: Buffer | null; note: string | null }>(
    'SELECT size::text, root, note FROM ledger.checkpoint FOR UPDATE',
  );
  const { rows: followed } = await tx.query<{ size: string }>('SELECT size::text FROM ledger.followed');
  const { size = '0', root = null, note = null } = signed[0] ?? {};
  return { size: Number(followed[0]?.size ?? 0), last: { size: Number(size), root: root ?? emptyRoot, note } };
};

const isSignedBy = (note: string, keys: readonly SigningKey[]): boolean => {
  const { signatures } = parseNote(note);
  return keys.every(({ name, id }) => signatures.some((signature) => signature.name === name && signature.id === id));
};

const isAt = (file: Checkpoint | null, { size, root }: Checkpoint): boolean =>
  file !== null && file.size === size && file.root.equals(root);

const requireGrown = async (before: Before, now: Checkpoint, nodes: Nodes): Promise<void> => {
  const { size, root, where } = before;
  if (size > now.size)
    throw new LedgerRefused(
      `${size} leaves were signed, as ${where} says, and there are ${now.size}: nothing is signed until the ledger has caught up. If the database came from a backup and the event log with it, events are missing`,
    );
  const proof = size === 0 ? [] : await consistencyProof(size, now.size, nodes);
  const isGrown = size === 0 || provesConsistency({ first: size, second: now.size, firstRoot: root, secondRoot: now.root, proof });
  if (!isGrown)
    throw new LedgerRefused(
      `the first ${size} leaves are not those that were signed, as ${where} says: their root was ${root.toString('base64')}. The event log or the ledger was changed: nothing is signed. npm run verify tells where`,
    );
};
