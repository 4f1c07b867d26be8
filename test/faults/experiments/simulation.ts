import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Experiment, Scope } from '../experiment.ts';
import type { Told } from '../simulation/thread.ts';

/** Seeds in one run of the experiment, shared by a thread for each core. */
const many = 240;

const simulateAll = async (scope: Scope, seeds: readonly number[]): Promise<Told[]> => {
  const told: Told[] = [];
  const thread = new Worker(new URL('../simulation/thread.ts', import.meta.url), { workerData: seeds });
  scope.teardown(async () => void (await thread.terminate()));
  thread.on('message', (one: Told) => told.push(one));
  await once(thread, 'exit');
  if (told.length < seeds.length) throw new Error(`the simulation ended at seed ${seeds[told.length]}`);
  return told;
};

export const simulation: Experiment = {
  name: 'simulation',
  what: 'commands, appends, hints, projections, erasures and crashes at every await, in one process',
  profiles: ['one database'],
  run: async (scope, random) => {
    const begun = performance.now();
    const seeds = Array.from({ length: many }, () => random.below(2 ** 31));
    const shares = Object.values(Object.groupBy(seeds, (_, index) => index % availableParallelism()));
    const told = (await Promise.all(shares.map((share) => simulateAll(scope, share ?? [])))).flat();
    const milliseconds = Math.round(performance.now() - begun);
    const sums = {
      events: 0,
      acknowledged: 0,
      crashes: 0,
      erasures: 0,
      takenBack: 0,
      acts: 0,
      merges: 0,
      anchorings: 0,
      requests: 0,
      outages: 0,
      checks: 0,
    };
    for (const { counts } of told) for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += counts[name];
    const { acknowledged, checks, ...counts } = sums;
    return {
      checks,
      acknowledged,
      tried: { 'simulated seeds': many, ...counts, milliseconds },
      findings: told.flatMap(({ seed, findings }) => findings.map((finding) => `simulated seed ${seed}: ${finding}`)),
    };
  },
};
