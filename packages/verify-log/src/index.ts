export { type Checkpoint, formatCheckpoint, NotSigned, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
export { canonicalJson, decodeEntry, digestOf, type Entry, encodeEntry, shownOf } from './entry.ts';
export { Malformed } from './malformed.ts';
export {
  type Consistent,
  consistencyProof,
  emptyRoot,
  foldWhole,
  type Included,
  inclusionProof,
  leafHash,
  type Nodes,
  nodeHash,
  provesConsistency,
  provesInclusion,
  rootOf,
} from './merkle.ts';
export {
  formatNote,
  formatSignature,
  type Note,
  newSigningKey,
  parseNote,
  parseSignature,
  parseSigningKey,
  parseVerifierKey,
  type Signature,
  type Signed,
  type SigningKey,
  signNote,
  type VerifierKey,
  verifyNote,
} from './note.ts';
export { formatProof, type Proof, parseProof, verifyProof } from './proof.ts';
export { decodeEntries, encodeEntries, hashesOf, nodesOf, parseTilePath, type Tile, tilePath, tileWidth, widthIn } from './tiles.ts';
