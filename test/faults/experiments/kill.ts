import { setTimeout as delay } from 'node:timers/promises';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { workAtDesks } from '../desks.ts';
import { both, type Experiment } from '../experiment.ts';
import { furnished } from '../work.ts';

const desks = 8;

export const kill: Experiment = {
  name: '1 kill -9',
  what: 'api and worker are killed at random moments under load; each acknowledged write is found once, none twice after retries',
  profiles: both,
  run: async (scope, random, place) => {
    const { bed, apis, workers, client, basics } = await furnished(scope, place, 'kill');
    const follower = follow(client);

    const working = workAtDesks({ client, basics, random }, { desks, edits: 8 });
    const tried = { 'api killed': 0, 'worker killed': 0 };
    const killing = (async () => {
      const anybody = () => random.pick([...apis, ...apis, ...workers]);
      const victims = random.shuffle([random.pick(apis), random.pick(workers), anybody(), anybody()]);
      for (const [n, victim] of victims.entries()) {
        await Promise.race([client.afterAnswers(20 + 30 * n + random.below(20)), working]);
        // Somewhere between two answers, not always right after one.
        await delay(random.below(25));
        await victim.crash();
        tried[`${victim.kind} killed`] += 1;
      }
    })();
    await Promise.all([working, killing]);
    const verdict = await checkAll(bed, client, follower);
    return { ...verdict, tried, acknowledged: acknowledged(client) };
  },
};
