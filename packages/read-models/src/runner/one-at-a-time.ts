/**
 * Makes of `work` a function whose calls never overlap: a call while one is under way lets it be done once more after that, and all of them get the last
 * answer. So whoever calls knows that the work was begun after the call. An error ends the round for all.
 */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let round: { again: boolean; done: Promise<T> } | undefined;

  async function go(own: { again: boolean }): Promise<T> {
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
  }

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
}
