import type { Experiment } from '../experiment.ts';
import { simulate } from '../simulation/world.ts';

/** Seeds in one run of the experiment. */
const many = 60;

export const simulation: Experiment = {
  name: 'simulation',
  what: 'commands, appends, hints, projections, erasures and crashes at every await, in one process',
  profiles: ['one database'],
  run: async (_scope, random) => {
    const sums = { events: 0, acknowledged: 0, crashes: 0, erasures: 0, outages: 0, checks: 0 };
    const findings: string[] = [];
    const cpu = process.cpuUsage();
    for (let n = 0; n < many; n += 1) {
      const seed = random.below(2 ** 31);
      const { findings: own, counts } = await simulate(seed);
      findings.push(...own.map((finding) => `simulated seed ${seed}: ${finding}`));
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += counts[name];
    }
    const { user, system } = process.cpuUsage(cpu);
    const { acknowledged, checks, ...counts } = sums;
    const tried = { 'simulated seeds': many, ...counts, 'ms of CPU': Math.round((user + system) / 1000) };
    return { checks, findings, acknowledged, tried };
  },
};
