import { eraseTexts } from '@averment/event-log';
import {
  decodeEntries,
  decodeEntry,
  digestOf,
  encodeEntry,
  hashesOf,
  leafHash,
  nodesOf,
  openCheckpoint,
  parseProof,
  parseVerifierKey,
  rootOf,
  shownOf,
  type Tile,
  tilePath,
  verifyProof,
  widthIn,
} from '@averment/verify-log';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { furnish, propose, publish, text } from './support/story.ts';

const harness = await harnessFor(t);

const keyOf = async ({ ask }: Harness) => parseVerifierKey((await ask('GET', '/log/key')).text.split('\n')[0] ?? '');
const checkpointOf = async (own: Harness) => openCheckpoint((await own.ask('GET', '/log/checkpoint')).text, await keyOf(own));
/** The bytes of a tile, as served. */
const tileOf = async ({ app }: Harness, tile: Tile) => {
  const { statusCode, headers, rawPayload } = await app.app.inject({ url: `/log/${tilePath(tile)}` });
  if (statusCode !== 200) throw new Error(`${tilePath(tile)} is answered ${statusCode}`);
  return { headers, bytes: rawPayload };
};

t.test('an outsider reads the whole ledger, and its tree is that of the log', async (t) => {
  const own = await harness(t);
  t.match(await own.ask('GET', '/log/checkpoint'), { status: 404, body: { type: '/problems/not-found' } }, 'nothing is signed yet');
  t.equal((await own.ask('GET', '/log/key')).status, 404);
  await publish(own, await furnish(own));
  await own.sign();
  const { size, root } = await checkpointOf(own);
  const events = await own.log.readAll(0n, 1000, { canonical: true });
  t.equal(size, events.length);
  t.same(
    await rootOf(
      size,
      nodesOf(size, async (tile) => (await tileOf(own, tile)).bytes),
    ),
    root,
  );

  const bundle = { level: 'entries', index: 0, width: widthIn(size, { level: 'entries', index: 0 }) } as const;
  const { bytes, headers } = await tileOf(own, bundle);
  t.match(headers, { 'content-type': 'application/octet-stream', 'cache-control': /immutable/ });
  const entries = decodeEntries(bytes, bundle);
  const tile = { ...bundle, level: 0 };
  t.same(hashesOf((await tileOf(own, tile)).bytes, tile).map(Buffer.from), entries.map(leafHash));
  for (const [index, entry] of entries.entries()) {
    const { canonical = '', type } = events[index] as (typeof events)[number];
    const { event, shown } = decodeEntry(entry);
    t.equal(event, digestOf(canonical));
    t.equal(shown, type.startsWith('Edit') ? null : digestOf(shownOf(canonical)), type);
  }
  t.match((await own.ask('GET', '/log/checkpoint')).headers, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' });
  for (const path of [
    `tile/0/000.p/${size + 1}`,
    'tile/0/000',
    'tile/0/001',
    'tile/1/000.p/1',
    'tile/64/000',
    'tile/0/x',
    'tile/entries/0',
    'tile',
  ])
    t.equal((await own.ask('GET', `/log/${path}`)).status, 404, path);
});

type Shown = {
  index: number;
  entry: { event: string; shown: string | null };
  shown: object | null;
  canonical: string | null;
  disclosures: string[];
  proof: string;
};
const proofOf = async (own: Harness, path: string, key: Person | null = null): Promise<Shown> =>
  (await own.read(`${path}/proof`, { key, query: { with: 'shown' } })).body as unknown as Shown;
/** The texts that are disclosed, each of whose digests stands in the object. */
const textsOf = ({ disclosures, shown }: Shown): Record<string, unknown> => {
  const digests = new Set(JSON.stringify(shown).match(/[A-Za-z0-9_-]{43}/g));
  return Object.fromEntries(
    disclosures.map((disclosure) => {
      const digest = Buffer.from(digestOf(disclosure), 'hex').toString('base64url');
      if (!digests.has(digest)) throw new Error('a disclosure is of another event');
      const [, name, value] = JSON.parse(Buffer.from(disclosure, 'base64url').toString());
      return [name, value];
    }),
  );
};

t.test('a proof ties what is read to a leaf, before and after an erasure', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const unpublished = await propose(own, world, { title: 'Another shot at the harbour' });
  const reported = (await own.log.readStream(incident, 0)).find(({ type }) => type === 'IncidentReported')?.revision ?? -1;
  const path = `/v1/incidents/${incident}/events/${reported}`;
  const early = await own.read(`${path}/proof`);
  t.match(early, { status: 404, headers: { 'retry-after': '1' } }, 'no checkpoint covers it yet');
  await own.sign();
  const key = await keyOf(own);

  const { body, headers } = await own.read(`/v1/incidents/${incident}`);
  const linked = /^<([^>]+)>; rel="https:\/\/c2sp.org\/tlog-proof"$/.exec(String(headers.link))?.[1] ?? '';
  t.equal(linked, `/v1/incidents/${incident}/events/${body.revision}/proof`, 'the incident says where its last change is proved');
  t.equal((await own.read(linked)).status, 200);
  t.notOk((await own.read(`/v1/incidents/${unpublished.incident}`, { key: 'auditor' })).headers.link, 'one that is not published does not');

  const served = await own.read(`${path}/proof`);
  t.equal(served.headers['content-type'], 'text/plain; charset=utf-8');
  const told = await proofOf(own, path);
  const proof = parseProof(served.text);
  t.ok(verifyProof(proof, encodeEntry(told.entry), key), 'the entry is in the tree');
  t.notOk(verifyProof(proof, encodeEntry({ ...told.entry, event: told.entry.event.replace(/./, 'x') }), key));
  t.equal(digestOf(JSON.stringify(told.shown)), told.entry.shown, 'the object is what the entry has the digest of');
  t.equal(told.canonical, null);
  t.match(textsOf(told), { title: 'Harbour police officer shoots at a car in Porto Novo' });
  const whole = await proofOf(own, path, 'auditor');
  t.equal(digestOf(whole.canonical ?? ''), told.entry.event, 'auditors get the bytes');

  // Who does not see the event gets no proof of it.
  t.equal((await own.read(`/v1/incidents/${incident}/events/0/proof`)).status, 404, 'of the review');
  t.equal((await own.read(`/v1/incidents/${incident}/events/0/proof`, { key: 'auditor' })).status, 200);
  t.equal((await own.read(`/v1/incidents/${incident}/events/99/proof`)).status, 404);
  t.equal((await own.read(`/v1/incidents/${unpublished.incident}/events/0/proof`)).status, 404, 'of what is not published');

  const [command, at] = ['0190a5d2-0000-7000-8000-000000000001', new Date().toISOString()];
  const idOf = (index: number) => `0190a5d2-0000-7000-8000-0000000001${String(index).padStart(2, '0')}`;
  const fields = [{ revision: reported, pointer: '/title' }];
  t.match(await eraseTexts(own.log, { stream: incident, fields, reasonCode: 'personal_data', actor: 'admin', command, at, idOf }), {
    outcome: 'written',
  });
  await own.sign();
  const after = await proofOf(own, path);
  t.ok(verifyProof(parseProof(after.proof), encodeEntry(after.entry), await keyOf(own)), 'the proof still verifies');
  t.ok(verifyProof(proof, encodeEntry(after.entry), key), 'and so does the one that was kept');
  t.same(after.entry, told.entry);
  t.same(after.shown, told.shown);
  t.notOk('title' in textsOf(after), 'what is erased is disclosed no more');
  t.notMatch(text(await own.read(`${path}/proof`, { query: { with: 'shown' } }), 'proof'), 'Harbour');
});
