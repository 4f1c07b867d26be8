import type { Store } from './store.ts';

/** Durations in milliseconds. */
export type HintOptions = {
  /** How often the head is looked at, in case the subscription is silent although something was appended. */
  lookEvery: number;
  /** Pause before an ended subscription is made again. */
  reconnectAfter: number;
};

/**
 * Calls listeners when somebody appended: by a subscription, which is made again whenever it ends or proves silent, and by reading the head now and then.
 * Nothing is subscribed before the first listener, nor after the last. Listeners read on from the last event that they have processed, so a subscription
 * always begins at the end of the log, and calls them once when it does.
 */
export const createHints = (
  { store, head, prefix }: { store: Pick<Store, 'listen'>; head: () => Promise<bigint>; prefix: string },
  { lookEvery, reconnectAfter }: HintOptions,
) => {
  const listeners = new Set<() => void>();
  let stopListening: (() => void) | undefined;
  let again: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  let heard = 0n;
  let seen: bigint | undefined;

  const tell = () => {
    for (const listener of listeners) listener();
  };

  const listen = () => {
    stopListening = store.listen(prefix, {
      // Something may have been appended while nobody listened.
      onStart: tell,
      onEvent: (position) => {
        heard = position;
        tell();
      },
      onEnd: () => {
        again = setTimeout(listen, reconnectAfter).unref();
      },
    });
  };

  const look = async () => {
    const now = await head().catch(() => seen);
    if (now === undefined || now === seen) return;
    const missed = seen !== undefined && now > heard;
    seen = now;
    if (!missed) return;
    tell();
    stopListening?.();
    listen();
  };

  const stop = () => {
    stopListening?.();
    clearTimeout(again);
    clearInterval(looking);
    seen = undefined;
  };

  return {
    subscribe: (listener: () => void): (() => void) => {
      const own = () => listener();
      listeners.add(own);
      if (listeners.size === 1) {
        listen();
        looking = setInterval(() => void look(), lookEvery).unref();
      }
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stop();
      };
    },
    close: (): void => {
      listeners.clear();
      stop();
    },
  };
};
