import { createHash } from 'node:crypto';
import t from 'tap';
import { consistencyProof, emptyRoot, inclusionProof, leafHash, provesConsistency, provesInclusion, rootOf } from '../src/index.ts';

/** The tree as RFC 6962 defines it, without any of our code: what proofs are held against. */
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const treeHash = (leaves: readonly Buffer[]): Buffer => {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0] as Buffer);
  let middle = 1;
  while (middle * 2 < leaves.length) middle *= 2;
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, middle)), treeHash(leaves.slice(middle)));
};

const most = 40;
const entries = Array.from({ length: most }, (_, at) => Buffer.from(`entry ${at}`));
const leaves = entries.map(leafHash);
const roots = Array.from({ length: most + 1 }, (_, size) => treeHash(entries.slice(0, size)));
const nodes = (level: number, index: number) => treeHash(entries.slice(index * 2 ** level, (index + 1) * 2 ** level));
const at = <T>(list: readonly T[], index: number): T => list[index] as T;

/** Proofs that are wrong in one place: a bit changed, one hash more or less on either side, two exchanged. */
const spoilt = (proof: readonly Buffer[], root: Buffer): Buffer[][] => {
  const flipped = proof.map((hash, index) => {
    const other = Buffer.from(hash);
    other[index % 32] = (other[index % 32] as number) ^ (1 << (index % 8));
    return proof.with(index, other);
  });
  const shorter = proof.length === 0 ? [] : [proof.slice(1), proof.slice(0, -1)];
  const cut = proof.length === 0 ? [] : [proof.with(0, at(proof, 0).subarray(1))];
  const exchanged = proof.length < 2 ? [] : [[at(proof, 1), at(proof, 0), ...proof.slice(2)]];
  return [...flipped, ...shorter, ...cut, ...exchanged, [root, ...proof], [...proof, root], [Buffer.alloc(0), ...proof]];
};

t.test('roots are those of the definition', async (t) => {
  for (const [size, root] of roots.entries()) t.same(await rootOf(size, nodes), root, `${size} leaves`);
  t.same(emptyRoot, roots[0]);
});

t.test('a proof of inclusion holds for its leaf, its place and its tree, and for nothing else', async (t) => {
  for (let size = 1; size <= most; size += 1) {
    const wrong: string[] = [];
    for (let index = 0; index < size; index += 1) {
      const proof = await inclusionProof(index, size, nodes);
      const told = { index, size, leaf: at(leaves, index), proof, root: at(roots, size) };
      const bad = [
        ...spoilt(proof, told.root).map((other) => ({ ...told, proof: other })),
        { ...told, index: index + 1 },
        { ...told, index: index - 1 },
        { ...told, index: index ^ 2 },
        { ...told, index: size },
        { ...told, size: 0 },
        { ...told, size: size * 2 + 1 },
        { ...told, leaf: leafHash(Buffer.from('another entry')) },
        { ...told, leaf: at(leaves, index).subarray(0, 31) },
        { ...told, root: at(roots, size - 1) },
        { ...told, root: Buffer.alloc(0) },
      ];
      if (!provesInclusion(told)) wrong.push(`the proof of ${index} does not hold`);
      for (const [which, one] of bad.entries()) if (provesInclusion(one)) wrong.push(`bad proof ${which} of ${index} holds`);
    }
    t.same(wrong, [], `${size} leaves`);
  }
});

t.test('a proof of consistency holds for its two trees, and for nothing else', async (t) => {
  for (let second = 1; second <= most; second += 1) {
    const wrong: string[] = [];
    for (let first = 1; first <= second; first += 1) {
      const proof = await consistencyProof(first, second, nodes);
      const told = { first, second, firstRoot: at(roots, first), secondRoot: at(roots, second), proof };
      const forked = Buffer.from(told.firstRoot).fill(7, 0, 1);
      const bad = [
        ...spoilt(proof, told.secondRoot).map((other) => ({ ...told, proof: other })),
        { ...told, firstRoot: forked },
        { ...told, secondRoot: forked },
        { ...told, first: 0 },
        { ...told, first: second + 1 },
        ...(first < second ? [{ ...told, firstRoot: told.secondRoot, secondRoot: told.firstRoot }] : []),
      ];
      if (!provesConsistency(told)) wrong.push(`the proof from ${first} does not hold`);
      for (const [which, one] of bad.entries()) if (provesConsistency(one)) wrong.push(`bad proof ${which} from ${first} holds`);
    }
    t.same(wrong, [], `${second} leaves`);
  }
});

t.test('no proof is made of what is not there', async (t) => {
  t.throws(() => inclusionProof(3, 3, nodes), RangeError);
  t.throws(() => inclusionProof(-1, 3, nodes), RangeError);
  t.throws(() => consistencyProof(0, 3, nodes), RangeError);
  t.throws(() => consistencyProof(4, 3, nodes), RangeError);
  t.notOk(provesConsistency({ first: 0, second: 1, firstRoot: emptyRoot, secondRoot: emptyRoot, proof: [] }));
});
