import { LRUCache } from 'lru-cache';

type KeptOptions<T> = {
  /** For how long an answer is good, in milliseconds from when it was asked for. Infinity: as long as the function lives. */
  fresh: number;
  /** Answers in memory, the least recently used going first. Without a limit there is none. */
  most?: number;
  /** Which answers are kept; all, if left out. */
  isKept?: (answer: T) => boolean;
  /** A clock in milliseconds that never goes back. */
  now?: () => number;
};

type Answers<Answer> = { get(key: unknown): Answer | undefined; set(key: unknown, answer: Answer): unknown; delete(key: unknown): boolean };

/**
 * Asks once for all who ask the same meanwhile, and for as long as the answer is good (docs/decisions, 65). It is begun at once. Whoever comes while it is under
 * way joins it, however long that takes; whoever comes later has what is kept. So an answer may be older than the question. An error is told to those who wait
 * for it, and is never kept.
 */
export const kept = <Key = void, T = unknown>(
  ask: (key: Key) => Promise<T>,
  { fresh, most, isKept = () => true, now = performance.now.bind(performance) }: KeptOptions<T>,
): ((key: Key) => Promise<T>) => {
  type Answer = { answer: T; until: number };
  const known: Answers<Answer> = most === undefined ? new Map() : new LRUCache<NonNullable<unknown>, Answer>({ max: most });
  const underWay = new Map<Key, Promise<T>>();

  const begin = (key: Key): Promise<T> => {
    const until = now() + fresh;
    const asking = ask(key)
      .then((answer) => {
        if (isKept(answer)) known.set(key, { answer, until });
        return answer;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, asking);
    return asking;
  };

  return (key) => {
    const found = known.get(key);
    if (found !== undefined && now() < found.until) return Promise.resolve(found.answer);
    known.delete(key);
    return underWay.get(key) ?? begin(key);
  };
};
