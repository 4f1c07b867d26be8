import type { Test } from 'tap';
import { type Dice, dice } from './dice.ts';

/** What ends what an experiment began: a tap test, or a turn of the long run. The last registered goes first. */
export type Scope = { teardown(run: () => Promise<void> | void): void };

/** What one run of an experiment did, by name, and every promise that it found broken, in words. */
export type Outcome = { counts: Record<string, number>; findings: string[] };

export type Experiment = {
  name: string;
  /** What is done to the service, in one line. */
  what: string;
  /** Why it cannot be run here, or null. */
  impossible?: () => Promise<string | null>;
  run(scope: Scope, random: Dice): Promise<Outcome>;
};

/** Seeds of the short runs: fixed, so that a red test is red again. */
export const shortSeeds = [1];

/** Runs an experiment as a test: one assertion for each seed, whose message names it. */
export const testExperiment = async (t: Test, experiment: Experiment, seeds: readonly number[] = shortSeeds): Promise<void> => {
  const why = (await experiment.impossible?.()) ?? null;
  if (why !== null) return void t.pass(experiment.name, { skip: `skipped: ${why}` });
  for (const seed of seeds) {
    try {
      const { counts, findings } = await experiment.run(t, dice(seed));
      t.comment(`${experiment.name}: ${JSON.stringify(counts)}`);
      t.same(findings, [], `${experiment.what}: nothing is broken (seed ${seed})`);
    } catch (error) {
      throw new Error(`${experiment.name} failed with seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
};
