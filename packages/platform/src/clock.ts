import { randomBytes, randomUUID } from 'node:crypto';

/** Tells the time. Passed in, so that a test or a simulation can set it. */
export type Clock = { now(): Date };

/** Makes random values. Passed in, so that a run with a seed repeats itself. */
export type Random = {
  /** That many random bytes. */
  bytes(count: number): Buffer;
  /** A random UUID, version 4, in lower case. */
  uuid(): string;
};

export const systemClock: Clock = { now: () => new Date() };
export const systemRandom: Random = { bytes: (count) => randomBytes(count), uuid: () => randomUUID() };
