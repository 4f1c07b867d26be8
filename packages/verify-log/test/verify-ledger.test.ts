import t from 'tap';
import {
  decodeEntries,
  encodeEntries,
  type Fetch,
  type LedgerFinding,
  newSigningKey,
  parseSigningKey,
  parseVerifierKey,
  verifyLedger,
} from '../src/index.ts';
import { erasureOf, eventAt, ledgerOf, renumbered, sdOf, serving, signer, type Told } from './support.ts';

const key = parseVerifierKey(signer.vkey);
const findingsOf = async (fetch: Fetch, { since, withEvents = false }: { since?: string; withEvents?: boolean } = {}) => {
  const findings: LedgerFinding[] = [];
  const events = withEvents ? { url: 'http://record.example', key: 'auditor' } : undefined;
  const done = await verifyLedger({
    url: 'http://record.example/log/',
    keys: [key],
    since,
    events,
    fetch,
    found: (finding) => findings.push(finding),
  });
  t.equal(done.findings, findings.length);
  return findings;
};
const named = (findings: readonly LedgerFinding[]) => findings.map(({ what, index }) => [what, index]);

const size = 600;
const events = Array.from({ length: size }, (_, index) => eventAt(index));
const whole = await ledgerOf(events);
const checkpointOf = (files: ReadonlyMap<string, Buffer>) => String(files.get('checkpoint'));
const without = (index: number, count = 1) => renumbered(events.filter((_, at) => at < index || at >= index + count));
const forged = (count: number) => Array.from({ length: count }, (_, at) => eventAt(9000 + at, { type: 'Forged' }));
/** As an event of the same place would be. */
const changedAt = (index: number) =>
  events.map((event, at) => (at === index ? { ...eventAt(at, { type: 'Forged' }), position: event.position } : event));
const swapped = (one: number, other: number) =>
  renumbered(events.map((event, at) => (at === one ? (events[other] as Told) : at === other ? (events[one] as Told) : event)));
const inserted = (index: number, count: number) => renumbered([...events.slice(0, index), ...forged(count), ...events.slice(index)]);

t.test('nothing is found in a ledger that is what was signed, of any size', async (t) => {
  for (const count of [0, 1, 2, 255, 256, 257, 512, 600]) {
    const files = await ledgerOf(events.slice(0, count));
    for (const before of [0, 1, 255, 256, 300, count].filter((each) => each <= count)) {
      const since = checkpointOf(await ledgerOf(events.slice(0, before)));
      t.same(await findingsOf(serving(files, events.slice(0, count)), { since, withEvents: true }), [], `${before} to ${count}`);
    }
  }
  t.same(
    await findingsOf(serving(whole, [...events, ...forged(3).map((each, at) => ({ ...each, position: String(601 + at) }))]), {
      withEvents: true,
    }),
    [],
    'what is younger is passed over',
  );
  t.same(await findingsOf(serving(whole, events, 3)), [], 'it asks again where the other side is busy');
  const many = await ledgerOf(Array.from({ length: 66_000 }, (_, index) => events[index % size] as Told));
  t.same(await findingsOf(serving(many)), [], 'three levels of tiles');
});

t.test('a part of a tile that is gone is taken of the whole one', async (t) => {
  const files = new Map(await ledgerOf(events.slice(0, 300)));
  for (const kind of ['0', 'entries']) {
    files.set(`tile/${kind}/001`, whole.get(`tile/${kind}/001`) as Buffer);
    files.delete(`tile/${kind}/001.p/44`);
  }
  t.same(await findingsOf(serving(files)), []);
});

t.test('who has only the ledger finds what is not as it was signed', async (t) => {
  const change = (path: string, alter: (bytes: Buffer) => Buffer): Map<string, Buffer> =>
    new Map([...whole, [path, alter(Buffer.from(whole.get(path) as Buffer))]]);
  const flip = (at: number) => (bytes: Buffer) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const entries = (alter: (entries: Uint8Array[]) => unknown) => (bytes: Buffer) => {
    const all = decodeEntries(bytes, { width: 256 });
    alter(all);
    return encodeEntries(all);
  };
  const told = async (files: ReadonlyMap<string, Buffer>) => named(await findingsOf(serving(files)));
  const other = decodeEntries(whole.get('tile/entries/000') as Buffer, { width: 256 })[9] as Uint8Array;
  t.same(
    await told(
      change(
        'tile/entries/001',
        entries((all) => (all[3] = other)),
      ),
    ),
    [
      ['leaf_changed', 259],
      ['root', null],
    ],
  );
  t.same(await told(change('tile/0/001', flip(3 * 32))), [['leaf_changed', 259]]);
  t.same(await told(change('tile/1/000.p/2', flip(32))), [['tile_changed', 256]]);
  t.same(await told(change('tile/entries/001', (bytes) => bytes.subarray(0, -1))), [['malformed', null]]);
  t.same(await told(new Map([...whole].filter(([path]) => path !== 'tile/0/001'))), [['not_served', null]]);
  t.same(await told(change('checkpoint', (bytes) => Buffer.from(String(bytes).replace('\n600\n', '\n599\n')))), [['signature', null]]);
  t.same(
    await told(await ledgerOf(events, parseSigningKey(newSigningKey(signer.name)))),
    [['signature', null]],
    'another key of that name',
  );
  // Everything but the key is in the hands of who forges.
  for (const files of [changedAt(7), without(300), inserted(12, 2)].map((each) => ledgerOf(each)))
    t.match((await told(new Map([...(await files), ['checkpoint', whole.get('checkpoint') as Buffer]]))).at(-1), [/root|not_served/]);
});

t.test('with the key too, who has saved a checkpoint finds it', async (t) => {
  const since = checkpointOf(await ledgerOf(events.slice(0, 400)));
  t.same(named(await findingsOf(serving(await ledgerOf(changedAt(7))), { since })), [['tree_forked', null]]);
  t.same(named(await findingsOf(serving(await ledgerOf(inserted(399, 1))), { since })), [['tree_forked', null]]);
  t.same(named(await findingsOf(serving(await ledgerOf(changedAt(400))), { since })), [], 'what is younger nobody has saved');
  t.same(named(await findingsOf(serving(await ledgerOf(events.slice(0, 399))), { since })), [['tail_cut', null]]);
  t.match(await findingsOf(serving(whole), { since: since.replace('\n400\n', '\n300\n') }), [{ what: 'signature', detail: /saved/ }]);
});

t.test('who reads the events too is told which one', async (t) => {
  const told = async (there: readonly Told[]) => named(await findingsOf(serving(whole, there), { withEvents: true }));
  t.same(await told(changedAt(300)), [['leaf_changed', 300]]);
  t.same(await told(without(300)), [['leaf_dropped', 300]]);
  t.same(await told(without(300, 5)), [['leaf_dropped', 300]]);
  t.same(await told(without(590, 10)), [['tail_cut', 590]]);
  t.same(await told([]), [['tail_cut', 0]]);
  t.same(await told(inserted(300, 1)), [['leaf_inserted', 300]]);
  t.same(await told(inserted(300, 3)), [['leaf_inserted', 300]], 'an append, and what follows is counted anew');
  t.same(await told(swapped(300, 301)), [
    ['leaf_swapped', 300],
    ['leaf_swapped', 301],
  ]);
  t.same(await told(swapped(20, 500)), [
    ['leaf_swapped', 20],
    ['leaf_swapped', 500],
  ]);
  t.same(await told(renumbered(events.filter(({ stream }) => stream !== 'incident_3'))).then((all) => all.length), 86, 'a whole stream');
  t.match(await findingsOf(serving(whole, changedAt(300)), { withEvents: true }), [
    { what: 'leaf_changed', stream: 'incident_6', revision: 42, position: '301', index: 300 },
  ]);
});

t.test('texts are those of the digests, or erased', async (t) => {
  const [first] = events as [Told];
  const told = async (there: readonly Told[], files = whole) => named(await findingsOf(serving(files, there), { withEvents: true }));
  const withTexts = (disclosures: string[]) => [{ ...first, disclosures }, ...events.slice(1)];
  t.same(await told(withTexts([])), [['text_gone', null]]);
  t.same(await told(withTexts(['WyJzYWx0IiwidGl0bGUiLCJmb3JnZWQiXQ'])), [['text_changed', null]]);
  t.same(await told(withTexts([...first.disclosures, 'WyJzYWx0IiwidGl0bGUiLCJmb3JnZWQiXQ'])), [['text_changed', null]]);
  const erased = [...withTexts([]), erasureOf(size, first)];
  t.same(await told(erased, await ledgerOf(erased)), [], 'erased');
  const another = [...withTexts([]), erasureOf(size, first, sdOf('another'))];
  t.same(await told(another, await ledgerOf(another)), [['text_gone', null]], 'what was erased is another text');
});
