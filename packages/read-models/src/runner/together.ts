/**
 * Makes of a question one that all who ask in the same turn of the event loop ask together. Nobody joins a question that is on its way: its answer may be
 * older than theirs would be.
 */
export function together<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined;
  return () => {
    asking ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      asking = undefined;
      return ask();
    });
    return asking;
  };
}
