import type { Dice } from '../dice.ts';

/**
 * Who goes on is drawn, and so is who dies: every step of the simulated processes that touches the world waits here for its turn. Between two turns
 * everything else comes to rest, so that a seed always gives the same run.
 */
export type Turns = {
  /** Resolves when it is this process's turn; never, once it is dead. */
  turn(process: number): Promise<void>;
  /**
   * What the process waits for is over. A request that it had sent already may still arrive: `arrives` draws for each, and what is done with it then
   * reaches nobody.
   */
  kill(process: number, arrives: () => boolean): void;
  /** Gives one turn; false where nobody waits for one. */
  step(): Promise<boolean>;
};

export const createTurns = (random: Dice): Turns => {
  const waiting: { process: number; go: () => void }[] = [];
  const dead = new Set<number>();
  return {
    turn: (process) => new Promise<void>((go) => void (dead.has(process) || waiting.push({ process, go }))),
    kill: (process, arrives) => {
      dead.add(process);
      for (let index = waiting.length - 1; index >= 0; index -= 1) {
        if (waiting[index]?.process === process && !arrives()) waiting.splice(index, 1);
      }
    },
    step: async () => {
      const [next] = waiting.length > 0 ? waiting.splice(random.below(waiting.length), 1) : [];
      next?.go();
      await new Promise<void>((resolve) => setImmediate(resolve));
      return next !== undefined;
    },
  };
};
