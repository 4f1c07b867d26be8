import type { Connection } from '@averment/event-log';
import { batched } from '@averment/platform';
import {
  type Checkpoint,
  type Entry,
  emptyRoot,
  encodeEntries,
  encodeEntry,
  formatProof,
  inclusionProof,
  parseCheckpoint,
  parseNote,
  type Tile,
  widthIn,
} from '@averment/verify-log';
import { createTrees, readTile } from './tiles.ts';
import { lastStamped, type Stamped } from './timestamps.ts';

/** An event of the log by its stream and revision. */
export type LedgerPlace = { stream: string; revision: number };
/** The leaf of an event, and the checkpoint that was signed last, a note. `shown` is null of what the public never reads. */
export type Leaf = Entry & { index: number; type: string; note: string | null };

type LeafRow = Omit<Leaf, 'index'> & { n: number; index: string };
const leavesQuery = {
  name: 'averment_leaves',
  text: `
    SELECT asked.n::int, l.index::text, l.type, encode(l.event, 'hex') AS event, encode(l.shown, 'hex') AS shown, c.note
    FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS asked(stream, revision, n)
      JOIN ledger.leaves l ON l.stream = asked.stream AND l.revision = asked.revision CROSS JOIN ledger.checkpoint c`,
};

/** How many leaves there are, and how many of them are signed. */
export const countLeaves = async (connection: Connection): Promise<{ made: number; signed: number }> => {
  const { rows } = await connection.query<{ made: string; signed: string }>(
    'SELECT f.size::text AS made, c.size::text AS signed FROM ledger.followed f, ledger.checkpoint c',
  );
  return { made: Number(rows[0]?.made ?? 0), signed: Number(rows[0]?.signed ?? 0) };
};

/** Leaves that are asked for together are read together (docs/decisions, 56). */
const pointReads = { parallel: 2, most: 256 } as const;

/** What the API reads of the ledger. `pool` may read alone. */
export const createLedger = (pool: Connection) => {
  const treeOf = createTrees(pool);
  const checkpoint = async (): Promise<string | null> => {
    const { rows } = await pool.query<{ note: string | null }>('SELECT note FROM ledger.checkpoint');
    return rows[0]?.note ?? null;
  };
  let last: Checkpoint & { note: string } = { note: '', origin: '', size: 0, root: emptyRoot };
  /** Most ask for proofs by the same one. */
  const signedBy = (note: string): Checkpoint => {
    if (note !== last.note) last = { ...parseCheckpoint(parseNote(note).text), note };
    return last;
  };

  const entries = async (first: number, count: number): Promise<Buffer> => {
    const { rows } = await pool.query<{ event: string; shown: string | null }>(
      `SELECT encode(event, 'hex') AS event, encode(shown, 'hex') AS shown FROM ledger.leaves WHERE index >= $1 AND index < $1 + $2 ORDER BY index`,
      [first, count],
    );
    return encodeEntries(rows.map(encodeEntry));
  };

  const leaves = async (asked: readonly LedgerPlace[]): Promise<(Leaf | null)[]> => {
    const values = [asked.map(({ stream }) => stream), asked.map(({ revision }) => revision)];
    const found: (Leaf | null)[] = asked.map(() => null);
    const { rows } = await pool.query<LeafRow>({ ...leavesQuery, values });
    for (const { n, index, ...leaf } of rows) found[n - 1] = { ...leaf, index: Number(index) };
    return found;
  };

  return {
    /** The last signed checkpoint, a note; null before the first. */
    checkpoint,
    /** The keys that it is verified with, the first one first. */
    keys: async (): Promise<string[]> => {
      const { rows } = await pool.query<{ vkey: string }>('SELECT vkey FROM ledger.keys ORDER BY place');
      return rows.map(({ vkey }) => vkey);
    },
    /** The bytes of a tile or a bundle, null for one that the last checkpoint does not cover. */
    tile: async (tile: Tile): Promise<Buffer | null> => {
      const note = await checkpoint();
      if (note === null || widthIn(signedBy(note).size, tile) < tile.width) return null;
      if (tile.level === 'entries') return entries(tile.index * 256, tile.width);
      const hashes = await readTile(pool, tile.level, tile.index);
      return hashes?.subarray(0, tile.width * 32) ?? null;
    },
    /** The last checkpoint over which an authority has set the time; null before the first. */
    stamped: (): Promise<Stamped | null> => lastStamped(pool),
    /** The leaf of an event, null where it has none yet. */
    leaf: batched(leaves, pointReads),
    /** A proof that the leaf is in the tree that was signed last; null where that does not cover it yet. */
    proof: async ({ index, note }: Pick<Leaf, 'index' | 'note'>): Promise<string | null> => {
      const signed = note === null ? null : signedBy(note);
      if (note === null || signed === null || index >= signed.size) return null;
      const hashes = await inclusionProof(index, signed.size, treeOf(signed));
      return formatProof({ extra: null, index, hashes, checkpoint: note });
    },
  };
};

export type Ledger = ReturnType<typeof createLedger>;
