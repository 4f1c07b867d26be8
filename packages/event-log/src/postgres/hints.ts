import { type Listening, listen } from '@averment/platform';
import type { Pool } from 'pg';

const channel = 'averment_log';

/** Durations in milliseconds. */
export type HintOptions = {
  /** How often the head is looked at, in case a notification was lost. */
  lookEvery: number;
  /** Pause before a lost connection is made again. */
  reconnectAfter: number;
};

export const hintDefaults: HintOptions = { lookEvery: 5_000, reconnectAfter: 250 };

/**
 * Calls listeners when somebody appended: by LISTEN, and by reading the head now and then. Nothing is connected before the first listener, nor after the
 * last.
 */
export const createHints = (pool: Pool, head: () => Promise<bigint>, { lookEvery, reconnectAfter }: HintOptions) => {
  const listeners = new Set<() => void>();
  let listening: Listening | undefined;
  let looking: NodeJS.Timeout | undefined;
  let seen: bigint | undefined;

  const tell = () => {
    for (const listener of listeners) listener();
  };

  const look = async () => {
    const now = await head().catch(() => seen);
    if (now !== seen && seen !== undefined) tell();
    seen = now;
  };

  const stop = async () => {
    const last = listening;
    listening = undefined;
    clearInterval(looking);
    await last?.close();
  };

  const subscribe = (listener: () => void): (() => void) => {
    const own = () => listener();
    listeners.add(own);
    if (listeners.size === 1) {
      // Something may have been appended while nobody listened.
      listening = listen(pool, channel, { onBegin: tell, onHint: tell }, { reconnectAfter });
      looking = setInterval(() => void look(), lookEvery).unref();
    }
    return () => {
      if (listeners.delete(own) && listeners.size === 0) void stop();
    };
  };

  const close = async () => {
    listeners.clear();
    await stop();
  };

  return { subscribe, close };
};
