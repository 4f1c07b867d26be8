import type { Connection, StoredEvent } from '@averment/event-log';
import {
  type Checkpoint,
  createComparedTree,
  differenceFound,
  differences,
  digestOf,
  type Entry,
  type ExpectedRoot,
  encodeEntry,
  type Found,
  type LedgerFinding,
  ledgerFinding,
  Malformed,
  NotSigned,
  openCheckpoint,
  parseVerifierKey,
  shownOf,
  type VerifierKey,
} from '@averment/verify-log';
import { readLedgerKeys } from './key-file.ts';
import { readSigned, signedFileOf } from './signed-file.ts';
import { readTile } from './tiles.ts';

type VerifyStoredLedger = {
  pool: Connection;
  /** The event log, from its begin to its end as it is once the first one is asked for. */
  events: AsyncIterable<StoredEvent>;
  /** Null where this machine has no key: then the database's own word is taken for the key. */
  keyFile: string | null;
  found: (finding: LedgerFinding) => void;
};
/** How many leaves there are, how many of them are signed, and in whole sentences what was not looked at. */
type Verified = { leaves: number; signed: number; unchecked: string[] };

type Leaf = Entry & { index: number; digest: string; position: string; stream: string; revision: number; type: string };

/**
 * Compares the ledger as it is stored with the event log, with its own tiles, with the signed checkpoint, and with what the file beside the key says was
 * signed last. A ledger that is not there yet has no leaves. Rejects with `LedgerKeyError` for a key file that cannot be read.
 */
export const verifyStoredLedger = async ({ pool, events, keyFile, found: tell }: VerifyStoredLedger): Promise<Verified> => {
  const found: Found = (...finding) => tell(ledgerFinding(...finding));
  const { rows: there } = await pool.query<{ is: boolean }>("SELECT to_regclass('ledger.leaves') IS NOT NULL AS is");
  if (!there[0]?.is) return { leaves: 0, signed: 0, unchecked: ['the ledger: it is not there yet, a worker makes it at its start'] };
  // What was signed is read before the leaves, which only become more.
  const file = keyFile === null ? null : await readSigned(keyFile);
  const signed = await signedCheckpoint(pool, keyFile, found);
  const size = await sizeOf(pool);
  const expected: (ExpectedRoot & { where: string })[] = [
    ...(signed === null ? [] : [{ ...signed, what: 'root' as const, where: 'the signed checkpoint' }]),
    ...(file === null || keyFile === null ? [] : [{ ...file, what: 'tree_forked' as const, where: signedFileOf(keyFile) }]),
  ].map((each) => ({ ...each, detail: `the first ${each.size} leaves have another root than the one of ${each.where}` }));
  for (const { size: before, where } of expected)
    if (before > size) found('tail_cut', `the ledger has ${size} leaves, and ${where} says that there were ${before}`);

  const tree = createComparedTree({
    tile: async ({ level, index }) => (await readTile(pool, level as number, index)) ?? Buffer.alloc(0),
    roots: expected,
    found,
  });
  const leaves = async function* () {
    let expectedIndex = 0;
    let isWhole = true;
    for await (const leaf of readLeaves(pool, size)) {
      if (leaf.index !== expectedIndex) found('leaf_dropped', `the ledger lacks leaves from ${expectedIndex} on`, { index: expectedIndex });
      // Behind a gap every hash is another one.
      isWhole &&= leaf.index === expectedIndex;
      expectedIndex = leaf.index + 1;
      if (isWhole) await tree.add(encodeEntry(leaf));
      yield leaf;
    }
    if (isWhole) await tree.end();
    if (expectedIndex < size) found('tail_cut', `the ledger had ${size} leaves, and has ${expectedIndex}`);
  };
  const comparePlace = (leaf: Leaf, { position, stream, revision, type, canonical }: StoredEvent & { digest: string }) => {
    const place = { index: leaf.index, stream, revision, position: String(position) };
    if (leaf.position !== place.position || leaf.stream !== stream || leaf.revision !== revision || leaf.type !== type)
      found('leaf_changed', 'the ledger has the leaf for another place than the event’s', place);
    if (leaf.shown !== null && leaf.shown !== digestOf(shownOf(canonical)))
      found('shown_changed', 'the leaf says of what the public reads of the event that it is something else', place);
  };
  const digested = async function* () {
    for await (const event of events) yield { ...event, digest: digestOf(event.canonical) };
  };
  for await (const each of differences(leaves(), digested(), comparePlace)) differenceFound(each, size, found);
  return {
    leaves: size,
    signed: signed?.size ?? 0,
    unchecked: keyFile === null ? ['what was signed last, as the file beside the key says: LEDGER_KEY_FILE is not set'] : [],
  };
};

const sizeOf = async (pool: Connection): Promise<number> => {
  const { rows } = await pool.query<{ size: string }>(
    'SELECT greatest((SELECT max(size) FROM ledger.followed), (SELECT max(index) + 1 FROM ledger.leaves), 0)::text AS size',
  );
  return Number(rows[0]?.size ?? 0);
};

/** The last checkpoint, where it is signed by the key; null where none is to be believed. */
const signedCheckpoint = async (pool: Connection, keyFile: string | null, found: Found): Promise<Checkpoint | null> => {
  const { rows } = await pool.query<{ note: string | null; size: string; root: Buffer | null }>(
    'SELECT note, size::text, root FROM ledger.checkpoint',
  );
  const { note = null, size = '0', root = null } = rows[0] ?? {};
  if (note === null) return null;
  try {
    const [key, ...others] = await keysOf(pool, keyFile);
    if (key === undefined) throw new NotSigned('there is no key that the checkpoint could be verified with');
    const checkpoint = openCheckpoint(note, key, others);
    if (checkpoint.size !== Number(size) || !root?.equals(checkpoint.root))
      found('signature', `the checkpoint is signed for ${checkpoint.size} leaves, and its row says another size or root`);
    return checkpoint;
  } catch (error) {
    if (!(error instanceof NotSigned || error instanceof Malformed)) throw error;
    found('signature', error.message);
    return null;
  }
};

const keysOf = async (pool: Connection, keyFile: string | null): Promise<VerifierKey[]> => {
  if (keyFile !== null) return (await readLedgerKeys(keyFile)).map(({ vkey }) => parseVerifierKey(vkey));
  const { rows } = await pool.query<{ vkey: string }>('SELECT vkey FROM ledger.keys ORDER BY place');
  return rows.map(({ vkey }) => parseVerifierKey(vkey));
};

const pageSize = 1000;

async function* readLeaves(pool: Connection, size: number): AsyncGenerator<Leaf> {
  for (let after = -1; ; ) {
    const { rows } = await pool.query<Omit<Leaf, 'index' | 'digest'> & { index: string }>(
      `SELECT index::text, position::text, stream, revision, type, encode(event, 'hex') AS event, encode(shown, 'hex') AS shown
       FROM ledger.leaves WHERE index > $1 AND index < $2 ORDER BY leaves.index LIMIT ${pageSize}`,
      [after, size],
    );
    for (const row of rows) yield { ...row, index: Number(row.index), digest: row.event };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.index);
  }
}
