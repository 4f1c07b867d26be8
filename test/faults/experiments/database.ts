import { setTimeout as delay } from 'node:timers/promises';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { workAtDesks } from '../desks.ts';
import { both, type Experiment, expected, together } from '../experiment.ts';
import { furnished } from '../work.ts';

export const database: Experiment = {
  name: '2 database stopped',
  what: 'the database is stopped in immediate mode and restarted under load; the service recovers by itself and nothing is lost',
  profiles: both,
  run: async (scope, random, place) => {
    const { bed, apis, workers, client, basics } = await furnished(scope, place, 'database');
    const follower = follow(client);

    const working = workAtDesks({ client, basics, random }, { desks: 8, edits: 7 });
    let crashes = 0;
    const crashing = (async () => {
      for (const answers of [20, 60, 90]) {
        await Promise.race([client.afterAnswers(answers + random.below(20)), working]);
        await delay(random.below(25));
        await bed.server.crash();
        // Sometimes it is back before anybody has looked twice, sometimes not.
        await delay(random.pick([0, 0, 300]));
        await bed.server.start();
        crashes += 1;
      }
    })();
    await Promise.all([working, crashing]);
    const verdict = await checkAll(bed, client, follower);
    // By itself means without anybody who starts a process again.
    const outlived = [...apis, ...workers].map(({ kind, restarts }) => expected(`restarts of the ${kind}`, restarts(), 0));
    return { ...together([verdict, ...outlived]), tried: { 'PostgreSQL crashed': crashes }, acknowledged: acknowledged(client) };
  },
};
