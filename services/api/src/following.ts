import type { Runner } from '@averment/read-models';

/** Why models do not follow the log, by projection, as far as is known. */
export type Off = () => ReadonlyMap<string, string>;

export const followingAll: ReadonlyMap<string, string> = new Map();

/** How often it is asked, in milliseconds. */
const every = 2000;

/**
 * Knows which models do not follow the log. Requests do not ask the log themselves: it may hang, and reads of the models go on then. Rejects if the first
 * answer cannot be had.
 */
export const watchFollowing = async ({ off }: Pick<Runner, 'off'>): Promise<{ off: Off; close: () => Promise<void> }> => {
  let found = await off();
  let looking: Promise<void> | undefined;
  const look = async () => {
    // If it cannot be found out now, what was known last holds.
    found = await off().catch(() => found);
    looking = undefined;
  };
  const timer = setInterval(() => {
    looking ??= look();
  }, every).unref();
  return {
    off: () => found,
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
};
