import { setTimeout as delay } from 'node:timers/promises';
import { type Bed, makeBed, type Service } from '../bed.ts';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { createClient } from '../client.ts';
import { type JumpingClock, jumpingClock, setClock } from '../clocks.ts';
import { workAtDesks } from '../desks.ts';
import type { Dice } from '../dice.ts';
import { type Experiment, noRedis } from '../experiment.ts';
import { freeze } from '../kept.ts';
import { furnish } from '../work.ts';

type Fault = { name: string; run: () => Promise<unknown> };

/** Everything that the other experiments do, one of each kind. `some` resolves after a few answers more. */
const faultsOf = (bed: Bed, { apis, workers }: Service, clock: JumpingClock, random: Dice, some: () => Promise<unknown>): Fault[] => {
  const { redis, eventStore, server } = bed;
  const faults = ([kind, all]: ['api' | 'worker', Service['apis']]): Fault[] => [
    { name: `${kind} killed`, run: () => random.pick(all).crash() },
    {
      name: `${kind} frozen and woken`,
      run: async () => {
        const wake = freeze(random.pick(all));
        await some();
        wake();
      },
    },
    { name: `clock of ${kind} jumped`, run: () => setClock(random.pick(all), clock, random.below(60) - 30, false) },
  ];
  const restarted = async () => {
    await redis?.crash();
    await some();
    await redis?.start();
  };
  const crashed = async () => {
    await server.crash();
    await server.start();
  };
  const [harm = '', run] = random.pick(Object.entries(eventStore?.harms ?? {}));
  return [
    ...faults(['api', apis]),
    ...faults(['worker', workers]),
    { name: 'Redis killed and restarted', run: restarted },
    { name: 'Redis flushed', run: async () => redis?.command('FLUSHALL') },
    { name: 'PostgreSQL crashed', run: crashed },
    // Not for so many answers: without the log there are none.
    { name: `event log: ${harm}`, run: async () => run?.(() => delay(20 + random.below(500))) },
  ];
};

export const storm: Experiment = {
  name: '1, 2, 7, 8 together',
  what: 'processes are killed and frozen, Redis, PostgreSQL and the store of events fail, and clocks jump, all under one load',
  profiles: ['distributed'],
  impossible: noRedis,
  run: async (scope, random, place) => {
    const bed = await makeBed(scope, place);
    const clock = await jumpingClock(scope);
    const service = await bed.startService(clock.how);
    const client = createClient(bed, service.urls);
    const basics = await furnish(client, 'storm');
    const follower = follow(client);

    const working = workAtDesks({ client, basics, random }, { desks: 8, edits: 7 });
    const some = () => Promise.race([client.afterAnswers(client.journal.answered.length + 3 + random.below(7)), working]);
    const tried: Record<string, number> = {};
    const harming = (async () => {
      for (const { name, run } of random.shuffle(faultsOf(bed, service, clock, random, some))) {
        await some();
        await delay(random.below(25));
        await run();
        tried[name] = (tried[name] ?? 0) + 1;
      }
    })();
    await Promise.all([working, harming]);
    return { ...(await checkAll(bed, client, follower)), tried, acknowledged: acknowledged(client) };
  },
};
