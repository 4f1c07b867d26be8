import pLimit, { type LimitFunction } from 'p-limit';

/** Does the task of a name when it is its turn. */
export type InTurn = <T>(name: string, task: () => Promise<T>) => Promise<T>;

/**
 * Runs each task by itself, at most so many of one name at once; the others wait in the order of their calls (docs/decisions, 65). A task begins at once where
 * there is room, else as soon as one before it has ended, however it ended. Nobody joins another's task: each is told what became of its own.
 */
export const inTurn = (most = 1): InTurn => {
  const lines = new Map<string, LimitFunction>();
  return async (name, task) => {
    const line = lines.get(name) ?? pLimit(most);
    lines.set(name, line);
    try {
      return await line(task);
    } finally {
      if (line.activeCount + line.pendingCount === 0) lines.delete(name);
    }
  };
};
