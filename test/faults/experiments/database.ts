import { setTimeout as delay } from 'node:timers/promises';
import { makeBed } from '../bed.ts';
import { checkAll, follow } from '../checks.ts';
import { createClient } from '../client.ts';
import type { Experiment } from '../experiment.ts';
import { furnish, workAtDesk } from '../work.ts';

export const database: Experiment = {
  name: '2 database stopped',
  what: 'the database is stopped in immediate mode and restarted under load; the service recovers by itself and nothing is lost',
  run: async (scope, random) => {
    const bed = await makeBed(scope);
    const [api, worker] = await Promise.all([bed.start('api'), bed.start('worker')]);
    const client = createClient(bed, [api.url ?? '']);
    const scene = await furnish(client, 'database');
    const follower = follow(client);

    const working = Promise.all(Array.from({ length: 8 }, (_, n) => workAtDesk({ client, scene, random, name: `desk ${n}` }, 1, 7)));
    let crashes = 0;
    const crashing = (async () => {
      for (const answers of [20, 60, 90]) {
        await Promise.race([client.afterAnswers(answers + random.below(20)), working]);
        await delay(random.below(25));
        await bed.server.crash();
        await bed.server.start();
        crashes += 1;
      }
    })();
    await Promise.all([working, crashing]);
    const findings = await checkAll(bed, client, follower);
    // By itself means without anybody who starts a process again.
    for (const { kind, restarts } of [api, worker]) if (restarts() > 0) findings.push(`the ${kind} did not outlive the database`);
    const { journal } = client;
    return { counts: { acknowledged: journal.answered.length, crashes, retries: journal.retries }, findings };
  },
};
