import { setTimeout as delay } from 'node:timers/promises';
import { makeBed } from '../bed.ts';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { createClient } from '../client.ts';
import { workAtDesks } from '../desks.ts';
import { type Experiment, expected, noRedis, together } from '../experiment.ts';
import { furnish } from '../work.ts';

export const eventLog: Experiment = {
  name: '2 event log away',
  what: 'the store of events is cut off, hangs, restarts and loses answers under load; the service recovers by itself, nothing is lost and nothing doubled',
  profiles: ['distributed'],
  impossible: noRedis,
  run: async (scope, random, place) => {
    const bed = await makeBed(scope, place);
    const harms = Object.entries(bed.eventStore?.harms ?? {});
    const { apis, workers, urls } = await bed.startService();
    const client = createClient(bed, urls, 20_000);
    const basics = await furnish(client, 'event log');
    const follower = follow(client);

    let over = false;
    const working = workAtDesks({ client, basics, random }, { desks: 8, edits: 8 }).finally(() => (over = true));
    const tried: Record<string, number> = {};
    const harming = (async () => {
      for (let times = 0; times < 14 && !over; times += 1) {
        await Promise.race([client.afterAnswers(client.journal.answered.length + 1 + random.below(8)), working]);
        const [name, harm] = random.pick(harms);
        await harm(() => delay(20 + random.below(500)));
        tried[name] = (tried[name] ?? 0) + 1;
      }
    })();
    await Promise.all([working, harming]);
    const outlived = [...apis, ...workers].map(({ kind, restarts }) => expected(`restarts of the ${kind}`, restarts(), 0));
    return { ...together([await checkAll(bed, client, follower), ...outlived]), tried, acknowledged: acknowledged(client) };
  },
};
