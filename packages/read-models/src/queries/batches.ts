/**
 * How point reads that come together are one statement (docs/decisions, 56): two at once, so that one is answered while the other is being read, and no more
 * than this in one, so that no answer waits for a very long one.
 */
export const pointReads = { parallel: 2, most: 256 } as const;
