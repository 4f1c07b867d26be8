import { setTimeout } from 'node:timers/promises';
import { shared } from '@averment/platform';

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
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  const pause = (): Promise<unknown> => setTimeout(interval, undefined, { signal: closing.signal }).catch(() => undefined);

  const passOn = async (name: string): Promise<void> => {
    if (closing.signal.aborted) return;
    const over = pause();
    await send(name).catch(failed);
    await over;
  };

  /** By name. */
  const lines = new Map<string, () => Promise<void>>();
  const lineOf = (name: string): (() => Promise<void>) => {
    const line = lines.get(name) ?? shared(() => passOn(name), { parallel: 1 });
    lines.set(name, line);
    return line;
  };

  return {
    hint: (name) => {
      if (closing.signal.aborted) return;
      const passing = lineOf(name)();
      if (underWay.has(passing)) return;
      underWay.add(passing);
      void passing.finally(() => underWay.delete(passing));
    },
    close: async () => {
      closing.abort();
      await Promise.all(underWay);
    },
  };
};
