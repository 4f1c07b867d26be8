import type { Checkpoint } from './checkpoint.ts';
import type { Found } from './findings.ts';
import { createGrowingTree, type GrownTile } from './growing-tree.ts';
import { leafHash } from './merkle.ts';
import { type Tile, tilePath, tileWidth } from './tiles.ts';

/** A root that the first leaves have to have, and what it is called if they have not. */
export type ExpectedRoot = Pick<Checkpoint, 'size' | 'root'> & { what: 'root' | 'tree_forked'; detail: string };

type ComparedTree = {
  /** The bytes of a tile, fewer than asked for where it is not whole, or not there. */
  tile: (tile: Tile) => Promise<Uint8Array>;
  roots: readonly ExpectedRoot[];
  found: Found;
};

/** So many leaves of a tile are told one by one. */
const most = 16;

/** Makes a tree of entries that come one by one, and compares its tiles and roots with those that are recorded. */
export const createComparedTree = ({ tile, roots, found }: ComparedTree) => {
  const tree = createGrowingTree();
  /** Leaves at which, or below which, another hash was found: what stands above them is another one, too. */
  const told: number[] = [];
  const compareTile = async ({ level, index, hashes }: GrownTile) => {
    const leavesEach = tileWidth ** level;
    const path = tilePath({ level, index, width: tileWidth });
    const stored = await tile({ level, index, width: hashes.length });
    const missing = hashes.length - Math.floor(stored.length / 32);
    if (missing > 0) found('tile_changed', `${path} lacks ${missing} hashes`, { index: index * tileWidth * leavesEach });
    const differing = hashes
      .slice(0, hashes.length - Math.max(missing, 0))
      .flatMap((hash, at) => (Buffer.compare(stored.subarray(at * 32, at * 32 + 32), hash) === 0 ? [] : [at]));
    for (const [count, at] of differing.entries()) {
      const first = (index * tileWidth + at) * leavesEach;
      if (level === 0 && count === most) {
        told.push(first);
        found('leaf_changed', `${differing.length - most} more entries are not what ${path} has the hash of`, { index: first });
        break;
      }
      if (told.some((leaf) => leaf >= first && leaf < first + leavesEach)) continue;
      told.push(first);
      if (level === 0) found('leaf_changed', `the entry is not what ${path} has the hash of`, { index: first });
      else found('tile_changed', `hash ${at} of ${path} is not that of the ${leavesEach} leaves below it`, { index: first });
    }
  };
  const compareRoots = async () => {
    const due = roots.filter(({ size }) => size === tree.size());
    if (due.length === 0) return;
    const root = await tree.root();
    for (const each of due) if (!root.equals(each.root)) found(each.what, each.detail);
  };

  return {
    size: tree.size,
    /** Takes the next entry. */
    add: async (entry: Uint8Array): Promise<void> => {
      if (tree.size() === 0) await compareRoots();
      for (const whole of tree.add(leafHash(entry))) await compareTile(whole);
      await compareRoots();
    },
    /** Compares what was left: tiles that are not whole. */
    end: async (): Promise<void> => {
      if (tree.size() === 0) await compareRoots();
      for (const rest of tree.rest()) await compareTile(rest);
    },
  };
};
