/**
 * Makes `work` into a function whose calls never overlap. If it is called while a call runs, the work is done once more afterwards, and all these callers
 * get that last answer. So the work was always begun after the call. An error ends the round for all.
 */
export const oneAtATime = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let round: { again: boolean; done: Promise<T> } | undefined;

  const go = async (own: { again: boolean }): Promise<T> => {
    // So that a work which fails at once finds its round begun.
    await undefined;
    try {
      for (;;) {
        own.again = false;
        const result = await work();
        if (!own.again) return result;
      }
    } finally {
      round = undefined;
    }
  };

  return () => {
    if (round !== undefined) {
      round.again = true;
      return round.done;
    }
    const own = { again: false };
    const done = go(own);
    round = Object.assign(own, { done });
    return done;
  };
};
