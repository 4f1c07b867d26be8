export { type Checkpoint, formatCheckpoint, NotSigned, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
export { verifyCommand } from './command.ts';
export { createComparedTree, type ExpectedRoot } from './compared-tree.ts';
export { type Difference, differences } from './differences.ts';
export { canonicalJson, decodeEntry, digestOf, type Entry, encodeEntry, shownOf } from './entry.ts';
export { differenceFound, type Found, findingLine, type LedgerFinding, ledgerFinding } from './findings.ts';
export { createGrowingTree, type GrowingTree, type GrownTile } from './growing-tree.ts';
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
export { type Fetch, NotServed } from './served.ts';
export { digestsIn } from './texts.ts';
export { decodeEntries, encodeEntries, hashesOf, nodesOf, parseTilePath, type Tile, tilePath, tileWidth, widthIn } from './tiles.ts';
export { type VerifiedLedger, type VerifyLedger, verifyLedger } from './verify-ledger.ts';
