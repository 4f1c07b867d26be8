/**
 * Makes a question into one that all callers of the same turn of the event loop ask together. Nobody joins a question that is under way: its answer may be
 * older than what the caller has seen.
 */
export const together = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asking: Promise<T> | undefined;
  return () => {
    asking ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      asking = undefined;
      return ask();
    });
    return asking;
  };
};
