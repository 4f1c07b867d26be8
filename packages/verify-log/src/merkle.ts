import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 6962, section 2.1, with SHA-256. Sizes and indexes are numbers up to 2⁵³ − 1, hashes have 32 bytes, and proofs are listed from
 * the leaf's side to the root's.
 */

/**
 * Answers the hash of the whole subtree of 2^`level` leaves that is the `index`-th of that level: at level 0 the hash of a leaf. Only subtrees without a
 * gap are asked for.
 */
export type Nodes = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

/** The root of a tree without leaves. */
export const emptyRoot: Buffer = hash('sha256', '', 'buffer');

/** The hash of an entry as a leaf. */
export const leafHash = (entry: Uint8Array): Buffer => hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer');

const node = Buffer.alloc(65, 1);
/** The hash of the node above two others. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => {
  node.set(left, 1);
  node.set(right, 33);
  return hash('sha256', node, 'buffer');
};

/** The root of the whole subtree over these hashes, of which there are a power of two. */
export const foldWhole = (hashes: readonly Uint8Array[]): Uint8Array => {
  let level = hashes;
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, at) => nodeHash(level[2 * at] as Uint8Array, level[2 * at + 1] as Uint8Array));
  return level[0] as Uint8Array;
};

/** The leaves from `start` to before `end`. */
type Range = readonly [start: number, end: number];

/** The largest power of two up to `count`, exactly. */
const powerUpTo = (count: number): number => {
  let power = 1;
  while (power * 2 <= count) power *= 2;
  return power;
};
/** How many of `count` leaves, 2 or more, stand on the left of their tree's root. */
const split = (count: number): number => powerUpTo(count - 1);

/** The whole subtrees that a range which begins where its larger half would is made of, from left to right. */
const subtreesOf = ([start, end]: Range): [level: number, index: number][] => {
  const subtrees: [number, number][] = [];
  let at = start;
  while (at < end) {
    const leaves = powerUpTo(end - at);
    subtrees.push([Math.log2(leaves), at / leaves]);
    at += leaves;
  }
  return subtrees;
};

const hashOf = async (range: Range, nodes: Nodes): Promise<Buffer> => {
  const hashes = await Promise.all(subtreesOf(range).map(([level, index]) => nodes(level, index)));
  return Buffer.from(hashes.reduceRight((right, left) => nodeHash(left, right)));
};

/** The root of the tree of the first `size` leaves. */
export const rootOf = async (size: number, nodes: Nodes): Promise<Buffer> => (size === 0 ? emptyRoot : hashOf([0, size], nodes));

const pathTo = (index: number, [start, end]: Range): Range[] => {
  if (end - start === 1) return [];
  const middle = start + split(end - start);
  return index < middle ? [...pathTo(index, [start, middle]), [middle, end]] : [...pathTo(index, [middle, end]), [start, middle]];
};

/** Proves that the leaf at `index` is in the tree of `size` leaves: RFC 6962, section 2.1.1. Throws `RangeError` for an index beyond it. */
export const inclusionProof = (index: number, size: number, nodes: Nodes): Promise<Buffer[]> => {
  if (!(index >= 0 && index < size)) throw new RangeError(`a tree of ${size} leaves has none at ${index}`);
  return Promise.all(pathTo(index, [0, size]).map((range) => hashOf(range, nodes)));
};

const between = (first: number, [start, end]: Range, isKnown: boolean): Range[] => {
  if (first === end) return isKnown ? [] : [[start, end]];
  const middle = start + split(end - start);
  return first <= middle
    ? [...between(first, [start, middle], isKnown), [middle, end]]
    : [...between(first, [middle, end], false), [start, middle]];
};

/** Proves that the tree of `size` leaves begins with that of `first`: RFC 6962, section 2.1.2. Throws `RangeError` unless 0 < first <= size. */
export const consistencyProof = (first: number, size: number, nodes: Nodes): Promise<Buffer[]> => {
  if (!(first > 0 && first <= size)) throw new RangeError(`a tree of ${size} leaves is not proved to begin with ${first}`);
  return Promise.all(between(first, [0, size], true).map((range) => hashOf(range, nodes)));
};

const isOdd = (number: number): boolean => number % 2 === 1;
const half = (number: number): number => Math.floor(number / 2);
const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every(({ length }) => length === 32);
const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** What an inclusion proof says. */
export type Included = { index: number; size: number; leaf: Uint8Array; proof: readonly Uint8Array[]; root: Uint8Array };

/** Whether a proof shows that the leaf of that hash is the one at `index`: RFC 9162, section 2.1.3.2. */
export const provesInclusion = ({ index, size, leaf, proof, root }: Included): boolean => {
  if (!(index >= 0 && index < size) || !areHashes([leaf, root, ...proof])) return false;
  let [at, last] = [index, size - 1];
  let hashed = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      hashed = nodeHash(sibling, hashed);
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hashed = nodeHash(hashed, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isSame(hashed, root);
};

/** What a consistency proof says. */
export type Consistent = {
  first: number;
  second: number;
  firstRoot: Uint8Array;
  secondRoot: Uint8Array;
  proof: readonly Uint8Array[];
};

/** Whether a proof shows that the second tree begins with the first: RFC 9162, section 2.1.4.2. Nothing is proved of an empty first one but another empty. */
export const provesConsistency = ({ first, second, firstRoot, secondRoot, proof }: Consistent): boolean => {
  if (!(first >= 0 && first <= second) || !areHashes([firstRoot, secondRoot, ...proof])) return false;
  if (first === second) return proof.length === 0 && isSame(firstRoot, secondRoot);
  if (first === 0) return false;
  let [at, last] = [first - 1, second - 1];
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  // The first tree is a whole subtree of the second where its size is a power of two: its root is not told again.
  const [seed, ...path] = at === 0 ? [firstRoot, ...proof] : proof;
  if (seed === undefined) return false;
  let [one, other] = [seed, seed];
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      [one, other] = [nodeHash(sibling, one), nodeHash(sibling, other)];
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      other = nodeHash(other, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isSame(one, firstRoot) && isSame(other, secondRoot);
};
