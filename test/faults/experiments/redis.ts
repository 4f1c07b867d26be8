import { setTimeout as delay } from 'node:timers/promises';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { workAtDesks } from '../desks.ts';
import { type Experiment, expected, noRedis, together } from '../experiment.ts';
import { furnished } from '../work.ts';

export const redis: Experiment = {
  name: '2 Redis stopped',
  what: 'Redis is killed, kept away, restarted and flushed under load; no command fails for it, nothing is lost, and the models follow',
  profiles: ['distributed'],
  impossible: noRedis,
  run: async (scope, random, place) => {
    const { bed, apis, workers, client, basics } = await furnished(scope, place, 'redis');
    const server = bed.redis;
    if (server === null) throw new Error('there is a Redis in the distributed profile alone');
    const follower = follow(client);

    const working = workAtDesks({ client, basics, random }, { desks: 8, edits: 6 });
    const more = (answers: number) => Promise.race([client.afterAnswers(client.journal.answered.length + answers), working]);
    const tried = { 'Redis killed and restarted': 0, 'Redis killed, kept away and emptied': 0, 'Redis flushed': 0, 'Redis paused': 0 };
    const harming = (async () => {
      const kinds = ['Redis flushed', 'Redis killed and restarted', 'Redis killed, kept away and emptied', 'Redis paused'] as const;
      for (const kind of random.shuffle(kinds)) {
        await more(5 + random.below(15));
        await delay(random.below(25));
        if (kind === 'Redis flushed') await server.command('FLUSHALL');
        else if (kind === 'Redis paused') await server.command('CLIENT', 'PAUSE', String(100 + random.below(900)), 'ALL');
        else {
          await server.crash();
          if (kind === 'Redis killed, kept away and emptied') await more(15 + random.below(15));
          await server.start();
          if (kind === 'Redis killed, kept away and emptied') await server.command('FLUSHALL');
        }
        tried[kind] += 1;
      }
    })();
    await Promise.all([working, harming]);
    const { turnedAway } = client.journal;
    return {
      ...together([
        expected(
          'commands turned away while Redis was',
          turnedAway.map(({ write, status, text }) => `${status} ${write.path}: ${text}`),
          [],
        ),
        ...[...apis, ...workers].map(({ kind, restarts }) => expected(`restarts of the ${kind}`, restarts(), 0)),
        await checkAll(bed, client, follower),
      ]),
      tried,
      acknowledged: acknowledged(client),
    };
  },
};
