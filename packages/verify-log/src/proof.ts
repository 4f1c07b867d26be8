import { fromBase64, fromDecimal, hashFromBase64 } from './bytes.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { Malformed } from './malformed.ts';
import { leafHash, provesInclusion } from './merkle.ts';
import type { VerifierKey } from './note.ts';

/** A C2SP tlog-proof: that an entry is in a log, for whoever has the log's key. `checkpoint` is the signed note as served. */
export type Proof = { extra: Buffer | null; index: number; hashes: readonly Uint8Array[]; checkpoint: string };

const first = 'c2sp.org/tlog-proof@v1';

/** The proof as a text. */
export const formatProof = ({ extra, index, hashes, checkpoint }: Proof): string =>
  [
    first,
    ...(extra === null ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...hashes.map((hash) => Buffer.from(hash).toString('base64')),
    '',
    checkpoint,
  ].join('\n');

/** More hashes than a tree of 2⁶⁴ leaves asks for. */
const maxHashes = 64;

/** Reads what `formatProof` writes. Throws `Malformed`. */
export const parseProof = (text: string): Proof => {
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(end, 0)).split('\n');
  if (end < 0 || lines.shift() !== first) throw new Malformed(`this is no proof: its first line is not ${first}`);
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() as string).slice(6), 'the extra data') : null;
  const index = lines.shift() ?? '';
  if (!index.startsWith('index ')) throw new Malformed('the proof has no line for the index of its entry');
  if (lines.length > maxHashes) throw new Malformed(`the proof has ${lines.length} hashes, more than ${maxHashes}`);
  return {
    extra,
    index: fromDecimal(index.slice(6), 'the index of the proof'),
    hashes: lines.map((line) => hashFromBase64(line, 'a hash of the proof')),
    checkpoint: text.slice(end + 2),
  };
};

/** The checkpoint by which the proof shows that the log of `key` has this entry at its index; null if it does not show it. Throws `Malformed` or `NotSigned`. */
export const verifyProof = (proof: Proof, entry: Uint8Array, key: VerifierKey): Checkpoint | null => {
  const checkpoint = openCheckpoint(proof.checkpoint, key);
  const { size, root } = checkpoint;
  return provesInclusion({ index: proof.index, size, leaf: leafHash(entry), proof: proof.hashes, root }) ? checkpoint : null;
};
