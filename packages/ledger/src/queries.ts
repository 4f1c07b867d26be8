import type { Connection } from '@averment/event-log';
import {
  type Entry,
  encodeEntries,
  encodeEntry,
  formatProof,
  inclusionProof,
  parseCheckpoint,
  parseNote,
  type Tile,
  widthIn,
} from '@averment/verify-log';
import { readTile, storedNodes } from './tiles.ts';

/** An event of the log by its stream and revision. */
export type LedgerPlace = { stream: string; revision: number };
/** The leaf of an event. `shown` is null of what the public never reads. */
export type Leaf = Entry & { index: number; type: string };

/** What the API reads of the ledger. `pool` may read alone. */
export const createLedger = (pool: Connection) => {
  const checkpoint = async (): Promise<string | null> => {
    const { rows } = await pool.query<{ note: string | null }>('SELECT note FROM ledger.checkpoint');
    return rows[0]?.note ?? null;
  };
  const sizeOf = (note: string): number => parseCheckpoint(parseNote(note).text).size;

  const entries = async (first: number, count: number): Promise<Buffer> => {
    const { rows } = await pool.query<{ event: string; shown: string | null }>(
      `SELECT encode(event, 'hex') AS event, encode(shown, 'hex') AS shown FROM ledger.leaves WHERE index >= $1 AND index < $1 + $2 ORDER BY index`,
      [first, count],
    );
    return encodeEntries(rows.map(encodeEntry));
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
      if (note === null || widthIn(sizeOf(note), tile) < tile.width) return null;
      if (tile.level === 'entries') return entries(tile.index * 256, tile.width);
      const hashes = await readTile(pool, tile.level, tile.index);
      return hashes?.subarray(0, tile.width * 32) ?? null;
    },
    /** The leaf of an event, null where it has none yet. */
    leaf: async ({ stream, revision }: LedgerPlace): Promise<Leaf | null> => {
      const { rows } = await pool.query<Entry & { index: string; type: string }>(
        `SELECT index::text, type, encode(event, 'hex') AS event, encode(shown, 'hex') AS shown
         FROM ledger.leaves WHERE stream = $1 AND revision = $2`,
        [stream, revision],
      );
      return rows[0] === undefined ? null : { ...rows[0], index: Number(rows[0].index) };
    },
    /** A proof that the leaf is in the tree that was signed last; null where that does not cover it yet. */
    proof: async ({ index }: Pick<Leaf, 'index'>): Promise<string | null> => {
      const note = await checkpoint();
      if (note === null) return null;
      const size = sizeOf(note);
      if (index >= size) return null;
      const hashes = await inclusionProof(index, size, storedNodes(pool, size));
      return formatProof({ extra: null, index, hashes, checkpoint: note });
    },
  };
};

export type Ledger = ReturnType<typeof createLedger>;
