import { kept } from './sharing/kept.ts';

/**
 * Makes `read`, which may hang or fail, into something that a health check may ask as often as it likes. Answers what was read, or null if nothing was
 * read within `within` milliseconds. What was read is good for `fresh` milliseconds from when it was asked for, so that many askers cost as much as one; a
 * read that hangs is not begun again. `now` is a clock in milliseconds that never goes back.
 */
export const createReading = <T>(
  read: () => Promise<T>,
  { within = 2000, fresh = 1000, now }: { within?: number; fresh?: number; now?: () => number } = {},
): (() => Promise<T | null>) => {
  const last = kept<void, T | null>(() => read().catch(() => null), { fresh, ...(now !== undefined && { now }) });
  return () => orNull(last(), within);
};

const orNull = <T>(value: Promise<T | null>, within: number): Promise<T | null> =>
  new Promise((resolve) => {
    const limit = setTimeout(() => resolve(null), within);
    void value.then((read) => {
      clearTimeout(limit);
      resolve(read);
    });
  });
