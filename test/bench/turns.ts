import { once } from 'node:events';

/**
 * Two builds that are measured beside one another are a process each, of which only one works at a time: the other waits here, between two rounds,
 * until it is told to go on. A build that is measured alone has nothing to wait for.
 */
let inTurns = false;

/** From now on this process works when its parent says so. */
export const takeTurns = (): void => {
  inTurns = true;
};

/** Lets the other build go on, and waits for the next turn. `lines`: what the row that is done has measured. */
export const turn = async (lines?: object[]): Promise<void> => {
  if (!inTurns) return;
  const told = once(process, 'message');
  process.send?.({ lines });
  await told;
};
