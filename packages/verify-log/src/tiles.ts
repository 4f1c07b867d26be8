import { fromDecimal } from './bytes.ts';
import { Malformed } from './malformed.ts';
import { foldWhole, type Nodes } from './merkle.ts';

/** Tiles of C2SP tlog-tiles: 256 hashes of one level each, or as many as there are so far. */

export const tileWidth = 256;
const hashLength = 32;

/** Which tile: `level` is `entries` for a bundle of entries. `width` is 256 for a whole one, else how many it has. */
export type Tile = { level: number | 'entries'; index: number; width: number };

/** The path below the log's prefix: `tile/0/x001/234.p/5`. */
export const tilePath = ({ level, index, width }: Tile): string => {
  const groups = String(index)
    .padStart(3, '0')
    .replaceAll(/\B(?=(\d{3})+$)/g, '/')
    .split('/');
  const padded = [(groups[0] as string).padStart(3, '0'), ...groups.slice(1)];
  const path = padded.map((group, at) => (at < padded.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === tileWidth ? '' : `.p/${width}`}`;
};

/** Reads what `tilePath` writes, and nothing else. Throws `Malformed`. */
export const parseTilePath = (path: string): Tile => {
  const parsed = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (parsed === null) throw new Malformed(`${JSON.stringify(path.slice(0, 80))} is no path of a tile`);
  const [, level = '', groups = '', width] = parsed;
  const tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : fromDecimal(width, 'the width of the tile'),
  } as const;
  // Leading groups of zeroes, levels such as 00 and 64, and widths such as 0 and 256 are other ways to write a tile, or none.
  if (!Number.isSafeInteger(tile.index) || (tile.level !== 'entries' && tile.level > 63) || tile.width < 1 || tilePath(tile) !== path)
    throw new Malformed(`${JSON.stringify(path.slice(0, 80))} is no path of a tile`);
  return tile;
};

/** How many hashes the tile has in a tree of `size` leaves: 0 to 256. */
export const widthIn = (size: number, { level, index }: Pick<Tile, 'level' | 'index'>): number => {
  const whole = Math.floor(size / tileWidth ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(tileWidth, whole - index * tileWidth));
};

/** The hashes of a tile. Throws `Malformed` unless it has just `width` of them. */
export const hashesOf = (bytes: Uint8Array, { width }: Pick<Tile, 'width'>): Uint8Array[] => {
  if (bytes.length !== width * hashLength) throw new Malformed(`a tile of ${width} hashes has ${bytes.length} bytes`);
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * hashLength, (at + 1) * hashLength));
};

/** Nodes of the tree of `size` leaves, from its tiles; `read` answers the bytes of the one asked for. */
export const nodesOf =
  (size: number, read: (tile: Tile) => Promise<Uint8Array>): Nodes =>
  async (level, index) => {
    const tileLevel = Math.floor(level / 8);
    const count = 2 ** (level % 8);
    const first = index * count;
    const place = { level: tileLevel, index: Math.floor(first / tileWidth) };
    const tile = { ...place, width: widthIn(size, place) };
    const at = first % tileWidth;
    return foldWhole(hashesOf(await read(tile), tile).slice(at, at + count));
  };

/** The longest entry, in bytes. */
const maxEntryLength = 0xffff;

/** A bundle: each entry after its length in two bytes. Throws `RangeError` for an entry that is longer than that can say. */
export const encodeEntries = (entries: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > maxEntryLength) throw new RangeError(`an entry has at most ${maxEntryLength} bytes, and not ${entry.length}`);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );

/** The entries of a bundle. Throws `Malformed` unless it has just `width` of them. */
export const decodeEntries = (bytes: Uint8Array, { width }: Pick<Tile, 'width'>): Uint8Array[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 2 <= bytes.length ? at + 2 + view.getUint16(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw new Malformed(`the bundle of entries is cut off in entry ${entries.length}`);
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  if (entries.length !== width) throw new Malformed(`a bundle of ${width} entries has ${entries.length}`);
  return entries;
};
