/**
 * Makes `read`, which may hang or fail, into something that a health check may ask as often as it likes. Answers what was read, or null if nothing was
 * read within `within` milliseconds. What was read is kept for `fresh` milliseconds, so that many askers cost as much as one; a read that hangs is not
 * begun again. `now` is a clock in milliseconds that never goes back.
 */
export const createReading = <T>(
  read: () => Promise<T>,
  { within = 2000, fresh = 1000, now = performance.now.bind(performance) }: { within?: number; fresh?: number; now?: () => number } = {},
): (() => Promise<T | null>) => {
  let last: { value: Promise<T | null>; until: number } | undefined;

  return () => {
    if (last === undefined || now() >= last.until) {
      // A read that has not ended is never too old.
      const own: { value: Promise<T | null>; until: number } = {
        value: read()
          .catch(() => null)
          .finally(() => {
            own.until = now() + fresh;
          }),
        until: Number.POSITIVE_INFINITY,
      };
      last = own;
    }
    return orNull(last.value, within);
  };
};

const orNull = <T>(value: Promise<T | null>, within: number): Promise<T | null> =>
  new Promise((resolve) => {
    const limit = setTimeout(() => resolve(null), within);
    void value.then((read) => {
      clearTimeout(limit);
      resolve(read);
    });
  });
