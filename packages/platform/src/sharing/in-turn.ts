/** Does the task of a name when it is its turn. */
export type InTurn = <T>(name: string, task: () => Promise<T>) => Promise<T>;

/**
 * Runs each task by itself, at most so many of one name at once; the others wait in the order of their calls (docs/decisions, 65). A task begins at once where
 * there is room, else as soon as one before it has ended, however it ended. Nobody joins another's task: each is told what became of its own.
 */
export const inTurn = (most = 1): InTurn => {
  const lines = new Map<string, { running: number; waiting: (() => void)[] }>();
  return async (name, task) => {
    const line = lines.get(name) ?? { running: 0, waiting: [] };
    lines.set(name, line);
    if (line.running === most) await new Promise<void>((go) => line.waiting.push(go));
    else line.running += 1;
    try {
      return await task();
    } finally {
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else {
        line.running -= 1;
        if (line.running === 0) lines.delete(name);
      }
    }
  };
};
