import { setTimeout as delay } from 'node:timers/promises';

/** The first wait and the longest, in milliseconds, where nobody says how long. */
const waits = { first: 250, most: 30_000 };

/** How long to wait before what failed so often is tried once more, in milliseconds: longer each time, and by chance, so that many do not come at once. */
export const backoff = (failures: number): number =>
  Math.min(waits.most, waits.first * 2 ** Math.min(failures, 20)) * (0.5 + Math.random() / 2);

/** What `Retry-After` says, in milliseconds: seconds or a date (RFC 9110, 10.2.3). Null where it says nothing. */
export const retryAfter = (value: string | null): number | null => {
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? null : Math.max(0, until - Date.now());
};

/** Waits; an end of the signal ends it, without an error. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, signal && { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
