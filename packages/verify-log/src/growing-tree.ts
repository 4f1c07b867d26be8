import { foldWhole, rootOf } from './merkle.ts';
import { nodesOf, tileWidth } from './tiles.ts';

/** A tile that is whole, or, at the end, as far as it goes. */
export type GrownTile = { level: number; index: number; hashes: readonly Uint8Array[] };

/** The tree of leaves that come one by one. It holds at most 256 hashes of each level of tiles. */
export const createGrowingTree = () => {
  const open: { index: number; hashes: Uint8Array[] }[] = [];
  let size = 0;
  const add = (hash: Uint8Array, level: number): GrownTile[] => {
    open[level] ??= { index: 0, hashes: [] };
    const tile = open[level];
    tile.hashes.push(hash);
    if (tile.hashes.length < tileWidth) return [];
    open[level] = { index: tile.index + 1, hashes: [] };
    return [{ level, ...tile }, ...add(foldWhole(tile.hashes), level + 1)];
  };

  return {
    size: (): number => size,
    /** Adds a leaf by its hash; answers the tiles that are whole by it. */
    add: (leaf: Uint8Array): GrownTile[] => {
      size += 1;
      return add(leaf, 0);
    },
    /** The tiles that are not whole. */
    rest: (): GrownTile[] => open.flatMap((tile, level) => (tile.hashes.length === 0 ? [] : [{ level, ...tile }])),
    root: (): Promise<Buffer> =>
      rootOf(
        size,
        nodesOf(size, async ({ level }) => Buffer.concat(open[level as number]?.hashes ?? [])),
      ),
  };
};

export type GrowingTree = ReturnType<typeof createGrowingTree>;
