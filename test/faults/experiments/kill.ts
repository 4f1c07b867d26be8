import { setTimeout as delay } from 'node:timers/promises';
import { makeBed } from '../bed.ts';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { createClient } from '../client.ts';
import { both, type Experiment } from '../experiment.ts';
import { furnish, workAtDesk } from '../work.ts';

const desks = 8;

export const kill: Experiment = {
  name: '1 kill -9',
  what: 'api and worker are killed at random moments under load; each acknowledged write is found once, none twice after retries',
  profiles: both,
  run: async (scope, random, place) => {
    const bed = await makeBed(scope, place);
    const { apis, workers, urls } = await bed.startService();
    const client = createClient(bed, urls);
    const scene = await furnish(client, 'kill');
    const follower = follow(client);

    const working = Promise.all(Array.from({ length: desks }, (_, n) => workAtDesk({ client, scene, random, name: `desk ${n}` }, 1, 8)));
    const tried = { 'api killed': 0, 'worker killed': 0 };
    const killing = (async () => {
      for (const answers of [20, 50, 80, 110]) {
        await Promise.race([client.afterAnswers(answers + random.below(20)), working]);
        // Somewhere between two answers, not always right after one.
        await delay(random.below(25));
        const victim = random.pick([...apis, ...apis, ...workers]);
        await victim.crash();
        tried[`${victim.kind} killed`] += 1;
      }
    })();
    await Promise.all([working, killing]);
    const verdict = await checkAll(bed, client, follower);
    return { ...verdict, tried, acknowledged: acknowledged(client) };
  },
};
