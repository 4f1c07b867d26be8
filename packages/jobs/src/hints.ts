/** Passes hints on, thinned out. */
export type Hints = {
  /** Asks for `send(name)`, now or a little later. Returns at once and never throws. */
  hint(name: string): void;
  /** Waits for what is under way, and drops what is not. */
  close(): Promise<void>;
};

/**
 * At most one `send` for each name in `interval` milliseconds, and one at a time. A hint that comes too early is passed on at the interval's end, so the
 * last of a burst is never lost. A `send` that fails is reported to `failed` and forgotten: whoever is hinted at also looks now and then.
 */
export const createHints = (options: {
  interval: number;
  send: (name: string) => Promise<unknown>;
  failed: (error: unknown) => void;
}): Hints => {
  const { interval, send, failed } = options;
  type Line = { again: boolean; done: Promise<void> };
  const busy = new Map<string, Line>();
  const closing = new AbortController();

  const serve = async (name: string, line: Line): Promise<void> => {
    do {
      line.again = false;
      const over = pause();
      try {
        await send(name);
      } catch (error) {
        failed(error);
      }
      await over;
    } while (line.again && !closing.signal.aborted);
    busy.delete(name);
  };

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        closing.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, interval);
      closing.signal.addEventListener('abort', end);
    });

  return {
    hint: (name) => {
      if (closing.signal.aborted) return;
      const waiting = busy.get(name);
      if (waiting !== undefined) {
        waiting.again = true;
        return;
      }
      const line: Line = { again: false, done: Promise.resolve() };
      busy.set(name, line);
      line.done = serve(name, line);
    },
    close: async () => {
      closing.abort();
      await Promise.all([...busy.values()].map(({ done }) => done));
    },
  };
};
