import t from 'tap';
import {
  decodeEntries,
  encodeEntries,
  formatCheckpoint,
  formatNote,
  formatProof,
  hashesOf,
  inclusionProof,
  leafHash,
  Malformed,
  NotSigned,
  newSigningKey,
  nodeHash,
  nodesOf,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseProof,
  parseSigningKey,
  parseTilePath,
  parseVerifierKey,
  rootOf,
  signNote,
  tilePath,
  verifyNote,
  verifyProof,
  widthIn,
} from '../src/index.ts';

const key = parseSigningKey(newSigningKey('record.example/log'));
const verifier = parseVerifierKey(key.vkey);
const witness = parseSigningKey(newSigningKey('witness.example', 'witness'));

t.test('paths of tiles', async (t) => {
  const paths = {
    'tile/0/000': { level: 0, index: 0, width: 256 },
    'tile/0/000.p/1': { level: 0, index: 0, width: 1 },
    'tile/63/x001/x234/067': { level: 63, index: 1_234_067, width: 256 },
    'tile/entries/x001/000.p/255': { level: 'entries', index: 1000, width: 255 },
  } as const;
  for (const [path, tile] of Object.entries(paths)) {
    t.equal(tilePath(tile), path);
    t.same(parseTilePath(path), tile);
  }
  for (const path of [
    'tile/64/000',
    'tile/00/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/entries/000/',
    'tile/x/000',
    '../tile/0/000',
    `tile/0/${'x999/'.repeat(6)}999`,
  ])
    t.throws(() => parseTilePath(path), Malformed, path);
});

t.test('how wide tiles are', async (t) => {
  // The example of the specification: a tree of 70,000 leaves.
  const width = (level: number | 'entries', index: number) => widthIn(70_000, { level, index });
  t.same([width(0, 272), width(0, 273), width(0, 274)], [256, 112, 0]);
  t.same([width(1, 0), width(1, 1), width(2, 0), width(3, 0)], [256, 17, 1, 0]);
  t.same([width('entries', 272), width('entries', 273)], [256, 112]);
  t.same([widthIn(256, { level: 0, index: 0 }), widthIn(256, { level: 1, index: 0 })], [256, 1]);
});

t.test('roots and proofs by tiles, over three levels of them', async (t) => {
  const size = 256 * 256 + 300;
  const leaves = Array.from({ length: size }, (_, at) => leafHash(Buffer.from(String(at))));
  const whole = (hashes: readonly Uint8Array[]): Uint8Array =>
    hashes.length === 1
      ? (hashes[0] as Uint8Array)
      : nodeHash(whole(hashes.slice(0, hashes.length / 2)), whole(hashes.slice(hashes.length / 2)));
  const levels: Uint8Array[][] = [leaves];
  for (const below of levels) {
    const above = Array.from({ length: Math.floor(below.length / 256) }, (_, at) => whole(below.slice(at * 256, (at + 1) * 256)));
    if (above.length > 0) levels.push(above);
  }
  t.equal(levels.length, 3);
  const nodes = nodesOf(size, async ({ level, index, width }) =>
    Buffer.concat((levels[level as number] as Uint8Array[]).slice(index * 256, index * 256 + width)),
  );
  const root = await rootOf(size, nodes);
  const text = formatCheckpoint({ origin: key.name, size, root });
  const checkpoint = formatNote({ text, signatures: [signNote(text, key)] });
  for (const index of [0, 255, 256, 65_535, 65_536, size - 1]) {
    const hashes = await inclusionProof(index, size, nodes);
    const proof = parseProof(formatProof({ extra: null, index, hashes, checkpoint }));
    t.equal(verifyProof(proof, Buffer.from(String(index)), verifier)?.size, size, `leaf ${index}`);
    t.equal(verifyProof(proof, Buffer.from('another'), verifier), null);
  }
});

t.test('bundles of entries', async (t) => {
  const entries = ['', 'a', 'b'.repeat(0xffff)].map((text) => Buffer.from(text));
  const bundle = encodeEntries(entries);
  t.same(decodeEntries(bundle, { width: 3 }).map(Buffer.from), entries);
  t.throws(() => decodeEntries(bundle, { width: 4 }), Malformed);
  t.throws(() => decodeEntries(bundle.subarray(0, -1), { width: 3 }), Malformed);
  t.throws(() => decodeEntries(Buffer.of(0), { width: 1 }), Malformed);
  t.throws(() => encodeEntries([Buffer.alloc(0x10000)]), RangeError);
  t.throws(() => hashesOf(Buffer.alloc(63), { width: 2 }), Malformed);
});

t.test('keys', async (t) => {
  t.equal(parseSigningKey(newSigningKey('a.example')).name, 'a.example');
  for (const vkey of ['', 'a', key.vkey.replace('record', 'another'), `${key.vkey}A`, key.vkey.replace(/\+A/, '+E'), key.vkey.slice(0, -4)])
    t.throws(() => parseVerifierKey(vkey), Malformed, vkey);
  t.throws(() => parseSigningKey(key.vkey), Malformed, 'what verifies does not sign');
  t.throws(() => newSigningKey('a b'), Malformed);
  t.throws(() => newSigningKey('a+b'), Malformed);
});

t.test('notes', async (t) => {
  const text = 'a line\n\nand another\n';
  const signatures = [signNote(text, key), signNote(text, witness, 1_700_000_000)];
  const note = formatNote({ text, signatures });
  t.same(parseNote(note), { text, signatures: parseNote(note).signatures });
  t.equal(formatNote(parseNote(note)), note);
  t.same(verifyNote(parseNote(note), [verifier, parseVerifierKey(witness.vkey)]), [
    { name: key.name, kind: 'log', at: null },
    { name: witness.name, kind: 'witness', at: 1_700_000_000 },
  ]);
  t.same(verifyNote(parseNote(note), []), [], 'nothing is said by keys that are not known');
  t.equal(verifyNote({ ...parseNote(note), text: 'another\n' }, [verifier]), null);
  const other = parseSigningKey(newSigningKey(key.name));
  t.same(verifyNote(parseNote(note), [parseVerifierKey(other.vkey)]), [], 'a key of the same name is another one');
  for (const bad of [
    '',
    'text\n',
    'text\n\n',
    note.slice(0, -1),
    note.replace('— ', '- '),
    note.replace('a line', 'a\tline'),
    `${note}\n`,
    `${note}x`,
  ])
    t.throws(() => parseNote(bad), Malformed, JSON.stringify(bad.slice(0, 30)));
});

t.test('checkpoints', async (t) => {
  const root = Buffer.alloc(32, 1);
  const text = formatCheckpoint({ origin: key.name, size: 7, root });
  t.same(parseCheckpoint(text), { origin: key.name, size: 7, root });
  t.equal(parseCheckpoint(`${text}an extension\n`).size, 7);
  const signed = (body: string, by = key) => formatNote({ text: body, signatures: [signNote(body, by)] });
  t.equal(openCheckpoint(signed(text), verifier).size, 7);
  t.throws(() => openCheckpoint(signed(text, parseSigningKey(newSigningKey(key.name))), verifier), NotSigned, 'by another key');
  t.throws(() => openCheckpoint(signed(text).replace('\n7\n', '\n8\n'), verifier), NotSigned, 'changed');
  t.throws(() => openCheckpoint(signed(text.replace('record', 'another')), verifier), NotSigned, 'of another log');
  for (const bad of [
    text.replace('7', '07'),
    text.replace('7', '-7'),
    text.replace('7', '9007199254740993'),
    text.replace('AQ', 'A'),
    'a\n7\n',
    `${text}\n`,
  ])
    t.throws(() => parseCheckpoint(bad), Malformed, JSON.stringify(bad));
});

t.test('proofs', async (t) => {
  const root = leafHash(Buffer.from('an entry'));
  const text = formatCheckpoint({ origin: key.name, size: 1, root });
  const checkpoint = formatNote({ text, signatures: [signNote(text, key)] });
  const proof = { extra: Buffer.from('more'), index: 0, hashes: [], checkpoint };
  const formatted = formatProof(proof);
  t.same(parseProof(formatted), proof);
  t.equal(verifyProof(parseProof(formatted), Buffer.from('an entry'), verifier)?.size, 1);
  for (const bad of [
    '',
    formatted.replace('@v1', '@v2'),
    formatted.replace('index 0', 'index 00'),
    formatted.replace('index 0\n', ''),
    formatted.replace('extra ', 'extra  '),
    formatted.replace('index 0\n', `index 0\n${'A'.repeat(44)}\n`),
    formatted.replace('index 0\n', `index 0\n${`${root.toString('base64')}\n`.repeat(65)}`),
  ])
    t.throws(() => parseProof(bad), Malformed, JSON.stringify(bad.slice(0, 40)));
});
