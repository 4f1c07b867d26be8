import { setTimeout as delay } from 'node:timers/promises';
import { acknowledged, checkAll, follow, readLog } from '../checks.ts';
import { workAtDesks } from '../desks.ts';
import { both, type Experiment, together } from '../experiment.ts';
import { followAll } from '../followers.ts';
import { furnished } from '../work.ts';

export const followers: Experiment = {
  name: '5, 6, 7 for followers',
  what: 'api, worker, database, Redis and the store of events are killed under load; whoever follows by pages, stream, webhook, delta or ledger has exactly what is in the log',
  profiles: both,
  run: async (scope, random, place) => {
    const { bed, apis, workers, urls, client, basics } = await furnished(scope, place, 'followers');
    const feed = follow(client);
    const others = await followAll(scope, bed, { urls }, client);

    const working = workAtDesks({ client, basics, random }, { desks: 6, edits: 5 });
    const { redis, eventStore, server } = bed;
    const harms: Record<string, () => Promise<unknown>> = {
      'api killed': () => random.pick(apis).crash(),
      'worker killed': () => random.pick(workers).crash(),
      'PostgreSQL crashed': async () => {
        await server.crash();
        await server.start();
      },
      ...(redis && {
        'Redis killed': async () => {
          await redis.crash();
          await redis.start();
        },
      }),
      ...(eventStore && { 'event log away': () => random.pick(Object.values(eventStore.harms))(() => delay(20 + random.below(300))) }),
    };
    const tried: Record<string, number> = {};
    const harming = (async () => {
      for (const [name, run] of random.shuffle([...Object.entries(harms), ...Object.entries(harms).slice(0, 2)])) {
        await Promise.race([client.afterAnswers(client.journal.answered.length + 5 + random.below(10)), working]);
        await run();
        tried[name] = (tried[name] ?? 0) + 1;
      }
    })();
    await Promise.all([working, harming]);
    const verdict = await checkAll(bed, client, feed);
    const followed = await others.verdict(await readLog(bed.log));
    return { ...together([verdict, followed]), tried, acknowledged: acknowledged(client) };
  },
};
