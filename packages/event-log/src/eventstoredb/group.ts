type Pending<T, R> = { item: T; size: number; resolve: (result: R) => void; reject: (error: unknown) => void };

/** `items` and `size` bound one run; a single larger item runs alone. So many runs may be on their way at once as `parallel` says. */
type GroupOptions<T, R> = {
  run: (items: readonly T[]) => Promise<readonly R[]>;
  sizeOf: (item: T) => number;
  items: number;
  size: number;
  parallel: number;
};

/**
 * Runs for many callers at once: while runs are on their way, what comes gathers for the next. `run` answers one result for each item, in their order;
 * if it fails, each of its callers is told.
 */
export const createGroup = <T, R>({ run, sizeOf, items, size, parallel }: GroupOptions<T, R>): ((item: T) => Promise<R>) => {
  const queue: Pending<T, R>[] = [];
  let running = 0;

  const take = (): Pending<T, R>[] => {
    let count = 0;
    let total = 0;
    for (const pending of queue) {
      total += pending.size;
      if (count > 0 && (count === items || total > size)) break;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const group = take();
      try {
        const results = await run(group.map(({ item }) => item));
        for (const [index, { resolve }] of group.entries()) resolve(results[index] as R);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running -= 1;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, size: sizeOf(item), resolve, reject });
      if (running === parallel || queue.length > 1) return;
      running += 1;
      // What arrives in the same turn of the event loop goes together.
      setImmediate(() => void work());
    });
};
