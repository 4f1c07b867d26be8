import type { Random } from '@averment/platform';

/** Chance that repeats itself: everything random in a run comes from one seed. */
export type Dice = Random & {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** The same, in any order. */
  shuffle<T>(list: readonly T[]): T[];
};

/** The generator mulberry32, seeded with a number. */
export const dice = (seed: number): Dice => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const bytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, () => below(256)));
  return {
    below,
    bytes,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new RangeError('there is nothing to pick from');
      return picked;
    },
    shuffle: (list) =>
      list
        .map((item) => ({ item, drawn: next() }))
        .sort((a, b) => a.drawn - b.drawn)
        .map(({ item }) => item),
    uuid: () => {
      const drawn = bytes(16);
      drawn.writeUInt8(((drawn[6] ?? 0) & 0x0f) | 0x40, 6);
      drawn.writeUInt8(((drawn[8] ?? 0) & 0x3f) | 0x80, 8);
      return drawn.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
};
