import { once } from 'node:events';

/**
 * Two builds that are measured beside one another are a process each, of which only one works at a time: the other waits here, between two rounds,
 * until it is told to go on. A build that is measured alone has nothing to wait for.
 */
let ended: Promise<never> | undefined;

/** From now on this process works when its parent says so. */
export const takeTurns = (): void => {
  ended = once(process, 'disconnect').then(() => {
    throw new Error('nobody gives turns any more');
  });
  ended.catch(() => undefined);
};

/** Lets the other build go on, and waits for the next turn. `lines`: what the row that is done has measured. Rejects once there are no more turns. */
export const turn = async (lines?: object[]): Promise<void> => {
  if (ended === undefined) return;
  const told = once(process, 'message');
  process.send?.({ lines });
  await Promise.race([told, ended]);
};
