import { type Bed, makeBed } from '../bed.ts';
import { acknowledged, checkAll, follow, readLog } from '../checks.ts';
import { type Client, createClient, keyFor } from '../client.ts';
import { jumpingClock, setClock } from '../clocks.ts';
import { workAtDesks } from '../desks.ts';
import { both, type Experiment, expected, together, type Verdict } from '../experiment.ts';
import { accepted, type Basics, furnish, proposal } from '../work.ts';

/** Leases are judged by the database's clock, whatever a process believes: a lease taken now holds now, and is one's own. */
const leaseVerdict = async (bed: Bed, client: Client, basics: Basics, url: string, name: string): Promise<Verdict> => {
  const by = { subject: 'contributor0', method: 'POST' as const };
  const { incidentId } = accepted(
    await client.write({ ...by, path: '/v1/incidents', key: keyFor(name), body: proposal(basics, `Leased, ${name}`) }),
  );
  const take = async (subject: string): Promise<number> => {
    const headers = { authorization: `Bearer ${await bed.keyOf(subject)}` };
    const answer = await fetch(`${url}/v1/incidents/${String(incidentId)}/edits/1/lease`, { method: 'POST', headers });
    await answer.text();
    return answer.status;
  };
  const [first, second] = [await take('reviewer0'), await take('reviewer1')];
  const { rows } = await bed.pool.query<{ holder: string; holds: boolean; minutes: number }>(
    `SELECT holder, clock_timestamp() BETWEEN taken AND until AS holds, round(extract(epoch FROM until - taken) / 60)::int AS minutes
     FROM work.leases WHERE stream = $1 AND edit = 1`,
    [incidentId],
  );
  const statuses = [first, second, await take('reviewer0')];
  return together([
    expected(`answers to one who takes a lease, to another, and to the first again, ${name}`, statuses, [200, 409, 200]),
    expected(`whose lease it is, and for how many minutes, ${name}`, rows, [{ holder: 'reviewer0', holds: true, minutes: 15 }]),
  ]);
};

/** In PostgreSQL the log stamps its events itself, each append later than the one before it. */
const stampsVerdict = (events: Awaited<ReturnType<typeof readLog>>): Verdict => {
  const early = events.filter(({ recordedAt, stream }, index) => {
    const before = events[index - 1];
    const sameAppend = before?.stream === stream && before.recordedAt === recordedAt;
    return before && !sameAppend && before.recordedAt >= recordedAt;
  });
  return { checks: events.length, findings: early.map(({ position }) => `position ${position} is stamped before the one before it`) };
};

export const clock: Experiment = {
  name: '8 clock jumps',
  what: 'the clocks of api and worker, each its own, and the one that stamps the log jump by days, also while a process is down; order is unaffected and leases stay sane',
  profiles: both,
  run: async (scope, random, place) => {
    const bed = await makeBed(scope, place);
    const jumping = await jumpingClock(scope);
    const { apis, workers, urls } = await bed.startService(jumping.how);
    const client = createClient(bed, urls);
    const basics = await furnish(client, 'clock');
    const follower = follow(client);
    const verdicts: Verdict[] = [];
    const tried = { 'clock of a process jumped': 0, 'process started with a wrong clock': 0, 'clock of the log jumped': 0 };
    const rounds = 2 + random.below(3);
    for (let round = 0; round < rounds; round += 1) {
      const working = workAtDesks({ client, basics, random }, { desks: 6, edits: 3 }, `${round}.`);
      await Promise.race([client.afterAnswers(client.journal.answered.length + random.below(15)), working]);
      for (const kept of random.shuffle([...apis, ...workers])) {
        const anew = random.chance(0.2);
        await setClock(kept, jumping, random.pick([0, 1 + random.below(30), -1 - random.below(30)]), anew);
        tried[anew ? 'process started with a wrong clock' : 'clock of a process jumped'] += 1;
      }
      // The log's own clock: as if it had run ahead by days, and was then set right.
      if (bed.profile === 'one database' && random.chance(0.5)) {
        await bed.pool.query("UPDATE log.head SET recorded_at = recorded_at + interval '3 days'");
        tried['clock of the log jumped'] += 1;
      }
      await working;
      verdicts.push(await leaseVerdict(bed, client, basics, random.pick(urls), `lease ${round}`));
    }
    if (bed.profile === 'one database') verdicts.push(stampsVerdict(await readLog(bed.log)));
    verdicts.push(await checkAll(bed, client, follower));
    return { ...together(verdicts), tried, acknowledged: acknowledged(client) };
  },
};
