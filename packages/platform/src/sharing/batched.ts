/** How many runs are under way at once, and what one run takes. Without a limit there is none. */
export type BatchOptions<Asked> = {
  parallel?: number;
  /** Questions in a run. */
  most?: number;
  /** What the questions of a run weigh together; one that weighs more by itself runs alone. */
  weight?: { of: (asked: Asked) => number; most: number };
  /** Questions of the same key that wait for a run are one, and get one answer. */
  keyOf?: (asked: Asked) => unknown;
};

type Waiting<Asked, T> = { asked: Asked; weight: number; key: unknown } & PromiseWithResolvers<T>;

/**
 * Answers many callers by few runs (docs/decisions, 65). A run begins at the end of the turn of the event loop in which the first question came, or, while
 * `parallel` runs are under way, as soon as one of them ends; what comes until then goes with it, in the order of the calls. Nobody joins a run that has begun:
 * its answers may be older than what the caller has seen. `run` answers in the order of what it was given; where it fails, all whom it was for are told, and
 * nobody else.
 */
export const batched = <Asked, T>(
  run: (asked: readonly Asked[]) => Promise<readonly T[]>,
  { parallel = Number.POSITIVE_INFINITY, most = Number.POSITIVE_INFINITY, weight, keyOf }: BatchOptions<Asked> = {},
): ((asked: Asked) => Promise<T>) => {
  const queue: Waiting<Asked, T>[] = [];
  const waiting = new Map<unknown, Waiting<Asked, T>>();
  let underWay = 0;
  let isScheduled = false;

  const take = (): Waiting<Asked, T>[] => {
    let count = 0;
    let total = 0;
    for (const one of queue) {
      total += one.weight;
      if (count > 0 && (count === most || (weight !== undefined && total > weight.most))) break;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const answer = async (group: readonly Waiting<Asked, T>[]): Promise<void> => {
    if (keyOf !== undefined) for (const { key } of group) waiting.delete(key);
    try {
      const found = await run(group.map(({ asked }) => asked));
      for (const [index, { resolve }] of group.entries()) resolve(found[index] as T);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    underWay -= 1;
    begin();
  };

  const begin = (): void => {
    while (queue.length > 0 && underWay < parallel) {
      underWay += 1;
      void answer(take());
    }
  };

  const schedule = (): void => {
    if (isScheduled || underWay === parallel) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      begin();
    });
  };

  return (asked) => {
    const key = keyOf?.(asked);
    const same = keyOf === undefined ? undefined : waiting.get(key);
    if (same !== undefined) return same.promise;
    const own = { asked, key, weight: weight?.of(asked) ?? 0, ...Promise.withResolvers<T>() };
    queue.push(own);
    if (keyOf !== undefined) waiting.set(key, own);
    schedule();
    return own.promise;
  };
};

/**
 * Makes a question into one that those who ask together share, by its key: `batched` with a run for each. So each answer was begun after the last of its
 * callers asked. With `parallel: 1` the work never overlaps either, and whoever comes while it is done has it done once more.
 */
export const shared = <Key = void, T = unknown>(
  ask: (key: Key) => Promise<T>,
  { parallel }: Pick<BatchOptions<Key>, 'parallel'> = {},
): ((key: Key) => Promise<T>) =>
  batched<Key, T>(async ([key]) => [await ask(key as Key)], { most: 1, keyOf: (key) => key, ...(parallel !== undefined && { parallel }) });
