import { redisMissing } from '@averment/platform/testing';
import type { Test } from 'tap';
import { type Dice, dice } from './dice.ts';

/** What ends what an experiment began: a tap test, or a turn of the long run. The last registered goes first. */
export type Scope = { teardown(run: () => Promise<void> | void): void };

/** One database holds everything, with one api and one worker; or events, jobs and tables lie in three servers, with two of each process. */
export type Profile = 'one database' | 'distributed';
/**
 * Where an experiment takes place. `eventLog`, in the distributed profile: a server that runs already, and a command that kills and restarts it if there is
 * one; with null a stand-in for it is started.
 */
export type Place = { profile: Profile; eventLog: { url: string; restart: string | null } | null };
export const oneDatabase: Place = { profile: 'one database', eventLog: null };
export const distributed: Place = { profile: 'distributed', eventLog: null };

/** How often something was compared with what was promised, and every promise that was found broken, in words. */
export type Verdict = { checks: number; findings: string[] };
/** What one run of an experiment did: `tried` says what was done to the service and how often, `acknowledged` how many commands were answered 2xx. */
export type Outcome = Verdict & { tried: Record<string, number>; acknowledged: number };

export type Experiment = {
  name: string;
  /** What is done to the service, in one line. */
  what: string;
  profiles: readonly Profile[];
  /** Why it cannot be run here, or null. */
  impossible?: () => Promise<string | null>;
  run(scope: Scope, random: Dice, place: Place): Promise<Outcome>;
};

/** Why nothing can be tried in the distributed profile, or null. */
export const noRedis = async (): Promise<string | null> => redisMissing || null;

export const both: readonly Profile[] = ['one database', 'distributed'];

export const expected = (what: string, found: unknown, wanted: unknown): Verdict => {
  const [told, hoped] = [JSON.stringify(found), JSON.stringify(wanted)];
  return { checks: 1, findings: told === hoped ? [] : [`${what}: ${told} and not ${hoped}`] };
};

export const together = (verdicts: readonly Verdict[]): Verdict => ({
  checks: verdicts.reduce((sum, { checks }) => sum + checks, 0),
  findings: verdicts.flatMap(({ findings }) => findings),
});

/** Runs an experiment as a test: one assertion for each seed, whose message names it. The seed is fixed, so that a red test is red again. */
export const testExperiment = async (t: Test, experiment: Experiment, place: Place = oneDatabase): Promise<void> => {
  const why = (place.profile === 'distributed' ? await noRedis() : null) ?? (await experiment.impossible?.()) ?? null;
  if (why !== null) return void t.pass(experiment.name, { skip: `skipped: ${why}` });
  const seed = 1;
  try {
    const { findings, ...counts } = await experiment.run(t, dice(seed), place);
    t.comment(`${experiment.name}: ${JSON.stringify(counts)}`);
    t.ok(counts.checks > 0, 'something was compared');
    t.same(findings, [], `${experiment.what}: nothing is broken (seed ${seed})`);
  } catch (error) {
    throw new Error(`${experiment.name} failed with seed ${seed}: ${(error as Error).message}`, { cause: error });
  }
};
