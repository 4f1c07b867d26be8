/** How many reads are under way at once; what comes meanwhile gathers for the next. Two, so that one is answered while the other is being read. */
const parallel = 2;

/** More than this is left to the next read, so that no answer waits for a very long one. */
const most = 256;

type Waiting<Asked, T> = { asked: Asked; resolve: (found: T | undefined) => void; reject: (error: unknown) => void };

/**
 * Point reads that arrive in the same turn of the event loop, or while others are under way, become one (docs/decisions, 56). `load` answers in the order
 * of what was asked. A caller never joins a read that has begun: that read may not see what the caller has written.
 */
export const createBatch = <Asked, T>(
  load: (asked: readonly Asked[]) => Promise<readonly (T | undefined)[]>,
): ((asked: Asked) => Promise<T | undefined>) => {
  const queue: Waiting<Asked, T>[] = [];
  let running = 0;

  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = queue.splice(0, most);
      try {
        const found = await load(group.map(({ asked }) => asked));
        for (const [index, { resolve }] of group.entries()) resolve(found[index]);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running -= 1;
  };

  return (asked) =>
    new Promise((resolve, reject) => {
      queue.push({ asked, resolve, reject });
      if (running === parallel || queue.length > 1) return;
      running += 1;
      setImmediate(() => void work());
    });
};
