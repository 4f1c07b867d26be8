import type { Random } from '@averment/platform';

const [first, factor, longest] = [5000, 3, 6 * 3_600_000];

/** How long after an attempt (from 1) the next one comes, in milliseconds: three times as long each time, up to six hours, and a fifth more or less. */
export const backoff =
  (random: Random) =>
  (tried: number): number =>
    Math.min(longest, first * factor ** (tried - 1)) * (0.8 + 0.4 * (random.bytes(4).readUInt32BE() / 2 ** 32));

/** A receiver may not hold its webhook up for longer, in milliseconds. */
const longestAsked = 86_400_000;

/** When a receiver wants to be asked again by its `Retry-After` (RFC 9110, 10.2.3): seconds or a date, at most a day; null where it says nothing that can be read. */
export const askedFor = (retryAfter: string | null, now: Date): Date | null => {
  if (retryAfter === null) return null;
  const wait = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now.getTime();
  return Number.isNaN(wait) || wait <= 0 ? null : new Date(now.getTime() + Math.min(longestAsked, wait));
};
