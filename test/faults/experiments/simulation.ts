import type { Experiment } from '../experiment.ts';
import { simulate } from '../simulation/world.ts';

/** Seeds in one run of the experiment. */
const many = 60;

export const simulation: Experiment = {
  name: 'simulation',
  what: 'commands, appends, hints, projections, erasures and crashes at every await, in one process',
  run: async (_scope, random) => {
    const counts: Record<string, number> = { seeds: 0 };
    const findings: string[] = [];
    for (let n = 0; n < many; n += 1) {
      const seed = random.below(2 ** 31);
      const simulated = await simulate(seed);
      findings.push(...simulated.findings.map((finding) => `simulated seed ${seed}: ${finding}`));
      for (const [name, count] of Object.entries({ seeds: 1, ...simulated.counts })) counts[name] = (counts[name] ?? 0) + count;
    }
    return { counts, findings };
  },
};
