import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import {
  decodeEntries,
  hashesOf,
  leafHash,
  nodesOf,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  provesConsistency,
  provesInclusion,
  rootOf,
  tilePath,
  verifyNote,
  widthIn,
} from '../src/index.ts';

/** Vectors of public projects, which lie beside the project and are not part of it. What a clone alone has is in `merkle.test.ts`. */
const vectors = new URL('../../../../shared/vectors/', import.meta.url);
const skip = existsSync(vectors) ? false : `skipped: the vectors of public projects are not beside this clone (${vectors.pathname})`;

type Inclusion = {
  leafIdx: number;
  treeSize: number;
  root: string | null;
  leafHash: string | null;
  proof: string[] | null;
  wantErr: boolean;
};
type Consistency = { size1: number; size2: number; root1: string; root2: string; proof: string[] | null; wantErr: boolean };

const filesOf = (folder: string) =>
  readdirSync(new URL(folder, vectors), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({
      name: `${parentPath.split('/').at(-1)}/${name}`,
      json: readFileSync(`${parentPath}/${name}`, 'utf8'),
    }));
const bytes = (text: string | null): Buffer => Buffer.from(text ?? '', 'base64');
/** Some files stand short texts in for hashes; those are padded, so that what they test is tested. */
const padded = (text: string | null): Buffer =>
  bytes(text).length < 32 ? Buffer.concat([bytes(text), Buffer.alloc(32)], 32) : bytes(text);

t.test('good and bad proofs of transparency-dev/merkle', { skip }, async (t) => {
  for (const { name, json } of filesOf('merkle/inclusion/')) {
    const { leafIdx, treeSize, root, leafHash: leaf, proof, wantErr } = JSON.parse(json) as Inclusion;
    const told = { index: leafIdx, size: treeSize, leaf: bytes(leaf), proof: (proof ?? []).map(bytes), root: bytes(root) };
    t.equal(provesInclusion(told), !wantErr, `inclusion: ${name}`);
  }
  for (const { name, json } of filesOf('merkle/consistency/')) {
    const { size1: first, size2: second, root1, root2, proof, wantErr } = JSON.parse(json) as Consistency;
    const toBytes = wantErr ? bytes : padded;
    const told = { first, second, firstRoot: toBytes(root1), secondRoot: toBytes(root2), proof: (proof ?? []).map(bytes) };
    t.equal(provesConsistency(told), !wantErr, `consistency: ${name}`);
  }
});

t.test('a whole small log of transparency-dev/tessera', { skip }, async (t) => {
  const key = parseVerifierKey('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
  const words = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'.split(' ');
  const read = (path: string) => readFileSync(new URL(`tlog/${path}`, vectors));
  for (let size = 0; size <= words.length; size += 1) {
    const checkpoint = openCheckpoint(read(`checkpoint.${size}`).toString(), key);
    const nodes = nodesOf(size, async (tile) => read(tilePath(tile)));
    t.equal(checkpoint.size, size);
    t.same(await rootOf(size, nodes), checkpoint.root, `the root of ${size}`);
    if (size === 0) continue;
    const bundle = { level: 'entries', index: 0, width: widthIn(size, { level: 'entries', index: 0 }) } as const;
    const entries = decodeEntries(read(tilePath(bundle)), bundle);
    t.same(
      entries.map((entry) => Buffer.from(entry).toString()),
      words.slice(0, size),
    );
    const tile = { ...bundle, level: 0 };
    t.same(entries.map(leafHash), hashesOf(read(tilePath(tile)), tile).map(Buffer.from), `the leaves of ${size}`);
  }
});

t.test('the example of C2SP signed-note', async (t) => {
  const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
  const line = '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
  t.same(verifyNote(parseNote(`This is an example message.\n\n${line}`), [key]), [{ name: 'example.com/foo', kind: 'log', at: null }]);
  t.equal(verifyNote(parseNote(`This is another message.\n\n${line}`), [key]), null);
});
