import { setTimeout as delay } from 'node:timers/promises';
import { makeBed } from '../bed.ts';
import { checkAll, follow } from '../checks.ts';
import { createClient } from '../client.ts';
import type { Experiment } from '../experiment.ts';
import { furnish, workAtDesk } from '../work.ts';

const desks = 8;

export const kill: Experiment = {
  name: '1 kill -9',
  what: 'api and worker are killed at random moments under load; each acknowledged write is found once, none twice after retries',
  run: async (scope, random) => {
    const bed = await makeBed(scope);
    const [api, worker] = await Promise.all([bed.start('api'), bed.start('worker')]);
    const client = createClient(bed, [api.url ?? '']);
    const scene = await furnish(client, 'kill');
    const follower = follow(client);

    const working = Promise.all(Array.from({ length: desks }, (_, n) => workAtDesk({ client, scene, random, name: `desk ${n}` }, 1, 8)));
    let kills = 0;
    const killing = (async () => {
      for (const answers of [20, 50, 80, 110]) {
        await Promise.race([client.afterAnswers(answers + random.below(20)), working]);
        // Somewhere between two answers, not always right after one.
        await delay(random.below(25));
        await random.pick([api, api, worker]).crash();
        kills += 1;
      }
    })();
    await Promise.all([working, killing]);
    const { journal } = client;
    const counts = { acknowledged: journal.answered.length, kills, retries: journal.retries };
    return { counts, findings: await checkAll(bed, client, follower) };
  },
};
