/**
 * Makes of `read`, which may hang or fail, something that a health check may ask as often as it likes: answers what was read, or null where nothing was
 * within `within` milliseconds. What was read is kept for `fresh` milliseconds, so that many askers cost as much as one, and what hangs is not begun again.
 * `now` is a clock in milliseconds that never goes back.
 */
export function createReading<T>(
  read: () => Promise<T>,
  { within = 2000, fresh = 1000, now = performance.now.bind(performance) }: { within?: number; fresh?: number; now?: () => number } = {},
): () => Promise<T | null> {
  let last: { value: Promise<T | null>; until: number } | undefined;

  return () => {
    if (last === undefined || now() >= last.until) {
      // Until it has ended it is never too old.
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
}

function orNull<T>(value: Promise<T | null>, within: number): Promise<T | null> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(null), within);
    void value.then((read) => {
      clearTimeout(limit);
      resolve(read);
    });
  });
}
