import { createPlaces } from '@averment/platform';
import { LRUCache } from 'lru-cache';
import type { Client } from './types.ts';

/** The work was not begun, because too much is being done at once, or was given up, because nobody waits for it any more. */
export class WorkRefused extends Error {
  override readonly name = 'WorkRefused';
}

/** Throws where nobody waits for the work any more: to be asked between its steps. */
export const giveUpIf = (signal: AbortSignal): void => {
  if (signal.aborted) throw new WorkRefused('nobody waits for it any more');
};

/** Does work when it is its turn. */
export type Turns = <T>(client: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Those who wait, by client. Clients take turns, however many wait for one of them. */
const createQueue = () => {
  const waiting = new Map<string, Set<() => void>>();
  return {
    add: (client: string, go: () => void) => void waiting.set(client, (waiting.get(client) ?? new Set()).add(go)),
    remove: (client: string, go: () => void) => void waiting.get(client)?.delete(go),
    /** Lets the next one go; false where nobody waits. */
    next: (): boolean => {
      for (const [client, own] of waiting) {
        waiting.delete(client);
        const [go] = own;
        if (go === undefined) continue;
        own.delete(go);
        if (own.size > 0) waiting.set(client, own);
        go();
        return true;
      }
      return false;
    },
  };
};

/**
 * Does `running` pieces of work at once, the rest in turn. Of one client at most `each` run or wait, of all together `all`. What goes beyond is refused
 * with `WorkRefused`, and so is work that nobody waits for any more.
 */
export const createTurns = ({ running, each, all }: { running: number; each: number; all: number }): Turns => {
  const places = createPlaces({ each, all });
  const queue = createQueue();
  let free = running;

  const ownTurn = (client: string, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const left = () => {
        queue.remove(client, go);
        reject(new WorkRefused('nobody waits for it any more'));
      };
      const go = () => {
        signal.removeEventListener('abort', left);
        resolve();
      };
      signal.addEventListener('abort', left, { once: true });
      queue.add(client, go);
    });

  return async (client, signal, work) => {
    giveUpIf(signal);
    const leave = places.take(client);
    if (leave === null) throw new WorkRefused('too much of the past is being read at once');
    try {
      if (free > 0) free -= 1;
      else await ownTurn(client, signal);
      try {
        giveUpIf(signal);
        return await work();
      } finally {
        if (!queue.next()) free += 1;
      }
    } finally {
      leave();
    }
  };
};

/**
 * Does the work of a key once for all who ask meanwhile, and keeps the answer: the same key must mean the same answer for ever. Without a key the work is
 * for this caller alone.
 */
type Shared<T> = (key: string | null, client: Client, make: (signal: AbortSignal) => Promise<T>) => Promise<T>;

type UnderWay<T> = { answer: Promise<T>; callers: number; abort: AbortController };

/** Work goes on until the last of those who asked for it has left. What is kept takes at most `bytes`, by `sizeOf`. */
export const createShared = <T extends object>(
  turns: Turns,
  { bytes, sizeOf }: { bytes: number; sizeOf: (answer: T) => number },
): Shared<T> => {
  const kept = new LRUCache<string, T>({ maxSize: bytes, sizeCalculation: (answer, key) => 1 + key.length + sizeOf(answer) });
  const underWay = new Map<string, UnderWay<T>>();

  const begin = (key: string, client: Client, make: (signal: AbortSignal) => Promise<T>): UnderWay<T> => {
    const abort = new AbortController();
    const answer = turns(client.name, abort.signal, () => make(abort.signal));
    const own = { answer, callers: 0, abort };
    underWay.set(key, own);
    const end = () => {
      if (underWay.get(key) === own) underWay.delete(key);
    };
    answer.then(
      (found) => {
        kept.set(key, found);
        end();
      },
      // Told to those who wait for it.
      end,
    );
    return own;
  };

  const join = (key: string, own: UnderWay<T>, { signal }: Client): Promise<T> =>
    new Promise((resolve, reject) => {
      own.callers += 1;
      const left = () => {
        own.callers -= 1;
        if (own.callers === 0) {
          own.abort.abort();
          if (underWay.get(key) === own) underWay.delete(key);
        }
        reject(new WorkRefused('who asked has left'));
      };
      if (signal.aborted) return left();
      signal.addEventListener('abort', left, { once: true });
      own.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', left));
    });

  return async (key, client, make) => {
    if (key === null) return turns(client.name, client.signal, () => make(client.signal));
    return kept.get(key) ?? join(key, underWay.get(key) ?? begin(key, client, make), client);
  };
};
