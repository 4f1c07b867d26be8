/** Runs one task after another for each name, in the order of the calls. Rejections reach the caller and hold nobody up. */
export type Serial = <T>(name: string, task: () => Promise<T>) => Promise<T>;

/**
 * Commands on one stream would only lose against one another. So within a process they take turns, and a wrong revision is left to commands of different
 * processes.
 */
export const createSerial = (): Serial => {
  const tails = new Map<string, Promise<unknown>>();
  return <T>(name: string, task: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(task, task);
    const tail = turn.then(
      () => undefined,
      () => undefined,
    );
    tails.set(name, tail);
    void tail.then(() => {
      if (tails.get(name) === tail) tails.delete(name);
    });
    return turn;
  };
};
