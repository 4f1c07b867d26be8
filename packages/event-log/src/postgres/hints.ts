import pg from 'pg';

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
 * Calls listeners when somebody appended: by LISTEN on a connection of its own, which is made again whenever it breaks, and by reading the head now and
 * then. Nothing is connected before the first listener, nor after the last.
 */
export const createHints = (pool: pg.Pool, head: () => Promise<bigint>, { lookEvery, reconnectAfter }: HintOptions) => {
  const listeners = new Set<() => void>();
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  let seen: bigint | undefined;

  const tell = () => {
    for (const listener of listeners) listener();
  };

  const connect = async () => {
    const fresh = new pg.Client(pool.options);
    client = fresh;
    fresh.on('notification', tell);
    fresh.on('error', () => lose(fresh));
    fresh.on('end', () => lose(fresh));
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${channel}`);
      // Something may have been appended while nobody listened.
      tell();
    } catch {
      lose(fresh);
    }
  };

  const lose = (lost: pg.Client) => {
    if (client !== lost) return;
    client = undefined;
    lost.end().catch(() => undefined);
    again = setTimeout(() => void connect(), reconnectAfter).unref();
  };

  const look = async () => {
    const now = await head().catch(() => seen);
    if (now !== seen && seen !== undefined) tell();
    seen = now;
  };

  const stop = async () => {
    const last = client;
    client = undefined;
    clearTimeout(again);
    clearInterval(looking);
    await last?.end().catch(() => undefined);
  };

  const subscribe = (listener: () => void): (() => void) => {
    const own = () => listener();
    listeners.add(own);
    if (listeners.size === 1) {
      void connect();
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
