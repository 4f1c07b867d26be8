import { foldWhole, hashesOf, tileWidth } from '@averment/verify-log';

/** A tile as it is stored. */
export type Grown = { level: number; index: number; hashes: Buffer };

/** How many levels of tiles more leaves than there will ever be have. */
export const levels = 8;

/**
 * Adds leaves to a tree of `size`. `open` are its last tiles that are not whole, whichever level they are of; answered are the tiles that changed or are new.
 */
export const grow = (size: number, open: readonly Grown[], leaves: readonly Uint8Array[]): Grown[] => {
  const changed: Grown[] = [];
  let [added, before] = [leaves, size];
  for (let level = 0; added.length > 0; level += 1) {
    let hashes = open.find((tile) => tile.level === level)?.hashes ?? Buffer.alloc(0);
    const whole: Uint8Array[] = [];
    for (let at = 0; at < added.length; ) {
      const index = Math.floor((before + at) / tileWidth);
      const room = tileWidth - ((before + at) % tileWidth);
      hashes = Buffer.concat([hashes, ...added.slice(at, at + room)]);
      at += room;
      changed.push({ level, index, hashes });
      if (at > added.length) break;
      whole.push(foldWhole(hashesOf(hashes, { width: tileWidth })));
      hashes = Buffer.alloc(0);
    }
    [added, before] = [whole, Math.floor(before / tileWidth)];
  }
  return changed;
};
