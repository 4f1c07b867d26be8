import type { Connection } from '@averment/event-log';
import { type Nodes, nodeHash, tileWidth, widthIn } from '@averment/verify-log';
import { LRUCache } from 'lru-cache';

/** The hashes of a tile so far, null where there is none. */
export const readTile = async (connection: Connection, level: number, index: number): Promise<Buffer | null> => {
  const { rows } = await connection.query<{ hashes: Buffer }>({
    name: 'averment_tile',
    text: 'SELECT hashes FROM ledger.tiles WHERE level = $1 AND index = $2',
    values: [level, index],
  });
  return rows[0]?.hashes ?? null;
};

/** A tile as it was read, and by height what was asked of the whole subtrees over its hashes: hashing them anew for each proof would take a millisecond. */
type Kept = { hashes: Buffer; nodes: Uint8Array[][] };

const nodeIn = (tile: Kept, height: number, at: number): Uint8Array => {
  if (height === 0) return tile.hashes.subarray(at * 32, (at + 1) * 32);
  tile.nodes[height] ??= [];
  const nodes = tile.nodes[height];
  nodes[at] ??= nodeHash(nodeIn(tile, height - 1, 2 * at), nodeIn(tile, height - 1, 2 * at + 1));
  return nodes[at];
};

/** Tiles that are kept, of some 40 KB each. */
const most = 500;

/**
 * Answers the nodes of a tree, from its tiles as they are stored. Tiles are read once and kept, since their hashes only grow; another ledger in the same
 * tables has another name. With `oneByOne` no two are read at once, as one connection wants it.
 */
export const createTrees = (
  connection: Connection,
  { oneByOne = false }: { oneByOne?: boolean } = {},
): ((ledger: { origin: string; size: number }) => Nodes) => {
  const kept = new LRUCache<string, Promise<Kept>>({ max: most });
  let before: Promise<unknown> = Promise.resolve();
  const read = async (level: number, index: number, length: number): Promise<Kept> => {
    const hashes = await readTile(connection, level, index);
    if (hashes === null || hashes.length < length) throw new Error(`the ledger lacks hashes of its tile ${level}/${index}`);
    return { hashes, nodes: [] };
  };
  const tileOf = async (origin: string, level: number, index: number, length: number): Promise<Kept> => {
    const name = `${level}/${index} ${origin}`;
    const held = await kept.get(name)?.catch(() => undefined);
    if (held !== undefined && held.hashes.length >= length) return held;
    const reading = oneByOne ? before.then(() => read(level, index, length)) : read(level, index, length);
    before = reading.catch(() => undefined);
    kept.set(name, reading);
    return reading;
  };
  return ({ origin, size }) =>
    async (level, index) => {
      const height = level % 8;
      const first = index * 2 ** height;
      const place = { level: Math.floor(level / 8), index: Math.floor(first / tileWidth) };
      const tile = await tileOf(origin, place.level, place.index, widthIn(size, place) * 32);
      return nodeIn(tile, height, (first % tileWidth) / 2 ** height);
    };
};
