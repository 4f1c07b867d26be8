import { setTimeout as delay } from 'node:timers/promises';
import { makeBed } from '../bed.ts';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { createClient } from '../client.ts';
import { workAtDesks } from '../desks.ts';
import { both, type Experiment } from '../experiment.ts';
import { freeze } from '../kept.ts';
import { furnish } from '../work.ts';

export const processes: Experiment = {
  name: '7 many processes',
  what: 'two api and two worker processes on one database; one of each is killed, one of each stops and wakes up late: no gap and no double',
  profiles: both,
  run: async (scope, random, place) => {
    const bed = await makeBed(scope, place);
    const all = await Promise.all([bed.start('api'), bed.start('api'), bed.start('worker'), bed.start('worker')]);
    const [api, zombieApi, worker, zombieWorker] = all;
    const client = createClient(bed, [api.url ?? '', zombieApi.url ?? '']);
    const basics = await furnish(client, 'processes');
    const follower = follow(client);
    const working = workAtDesks({ client, basics, random }, { desks: 10, edits: 7 });
    const reached = async (answers: number) => {
      await Promise.race([client.afterAnswers(answers + random.below(10)), working]);
      await delay(random.below(20));
    };

    // Whatever the zombie has in hand is sent again, elsewhere, long before it goes on.
    const sendElsewhere = async (): Promise<void> => {
      await reached(15);
      const wakeWorker = freeze(zombieWorker);
      await reached(35);
      await worker.crash();
      const wakeApi = freeze(zombieApi);
      const stuck = client.journal.sent.slice(-10);
      for (const write of stuck) await client.once(write, api.url ?? '');
      await reached(45);
      wakeApi();
      await reached(70);
      wakeWorker();
      await reached(90);
      await api.crash();
    };
    await Promise.all([working, sendElsewhere()]);
    const tried = { 'api killed': 1, 'worker killed': 1, 'api frozen and woken': 1, 'worker frozen and woken': 1 };
    return { ...(await checkAll(bed, client, follower)), tried, acknowledged: acknowledged(client) };
  },
};
