import { setTimeout as delay } from 'node:timers/promises';
import { LogUnavailable, OtherLog } from '../port.ts';
import { StoreUnavailable } from './store.ts';

/** `until`: milliseconds of `performance.now()` after which nothing is started again. `tries`: at most that many. `stop` ends it early. */
type Repeating = { until?: number; tries?: number; stop?: () => boolean };

/**
 * Runs until it succeeds or fails for good. After a failure that leaves the outcome open it runs again, after a pause that grows up to a second.
 * Rejects with `LogUnavailable` once no more tries are allowed.
 */
export const repeatedly = async <T>(run: () => Promise<T>, { until = Number.POSITIVE_INFINITY, tries, stop }: Repeating): Promise<T> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return await run();
    } catch (error) {
      if (error instanceof OtherLog || !(error instanceof StoreUnavailable || error instanceof LogUnavailable)) throw error;
      const pause = Math.min(1000, 25 * 2 ** tried);
      if (tried === tries || stop?.() || performance.now() + pause > until) throw new LogUnavailable(error.message, { cause: error });
      await delay(pause);
    }
  }
};
