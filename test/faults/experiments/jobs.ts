import { randomUUID } from 'node:crypto';
import { catalogue } from '@averment/domain';
import { createJobs, type Jobs } from '@averment/jobs';
import { createLogger } from '@averment/platform';
import type { Bed } from '../bed.ts';
import { acknowledged, checkAll } from '../checks.ts';
import type { Client, Json } from '../client.ts';
import { workAtDesks } from '../desks.ts';
import type { Dice } from '../dice.ts';
import { both, type Experiment, expected, type Scope, together, type Verdict } from '../experiment.ts';
import { furnished, publish } from '../work.ts';

const quiet = createLogger({ level: 'silent', name: 'faults' });
/** An event that this version of the program does not know, as a newer one would write it. */
const poisonous = 'SeenByADrone';
const models = ['record', 'reviews', 'times'];

type Harm = { name: string; run: (jobs: Jobs) => Promise<unknown> };

/** What can be done to the jobs, wherever they are kept. `some` resolves after a few answers more. */
const harmsOf = (bed: Bed, random: Dice, some: () => Promise<unknown>): Harm[] => {
  const { redis } = bed;
  const drop = redis ? () => redis.command('FLUSHALL') : () => bed.pool.query('DELETE FROM bullmq.job').catch(ignoreDeadlock);
  // Nothing gets in or out of the queue while others write.
  const delayAll = redis
    ? () => redis.command('CLIENT', 'PAUSE', String(20 + random.below(300)), 'ALL')
    : async () => {
        const session = await bed.pool.connect();
        try {
          await session.query('BEGIN; LOCK TABLE bullmq.job IN ACCESS EXCLUSIVE MODE').catch(ignoreDeadlock);
          await some();
        } finally {
          await session.query('ROLLBACK');
          session.release();
        }
      };
  const duplicate = async (jobs: Jobs) => {
    // Twice, in any order, and those of no command at all.
    for (let n = 0; n < 20; n += 1) jobs.hint(random.pick(models));
  };
  return [
    { name: 'jobs duplicated and reordered', run: duplicate },
    { name: 'jobs dropped', run: drop },
    { name: 'jobs delayed', run: delayAll },
  ];
};

/** Does harm to the jobs until the work has ended, one thing at a time; answers how often. */
const harm = async (scope: Scope, bed: Bed, client: Client, random: Dice, ended: Promise<unknown>): Promise<Record<string, number>> => {
  const jobs = await createJobs({ store: bed.jobsStore, logger: quiet });
  scope.teardown(() => jobs.close());
  let over = false;
  void ended.then(() => (over = true));
  // The last answers may all be there already.
  const some = () => Promise.race([client.afterAnswers(client.journal.answered.length + 1 + random.below(3)), ended]);
  const harms = harmsOf(bed, random, some);
  const tried: Record<string, number> = {};
  while (!over) {
    const { name, run } = random.pick(harms);
    await run(jobs);
    tried[name] = (tried[name] ?? 0) + 1;
    await some();
  }
  return tried;
};

const ignoreDeadlock = (error: Error & { code?: string }): void => {
  if (error.code !== '40P01') throw error;
};

/** Appends the poison to the stream; answers its position. */
const poison = async (bed: Bed, stream: string): Promise<bigint> => {
  const newer = { ...catalogue, [poisonous]: { schema: 1, texts: () => [], upcast: {} } };
  const log = await bed.openLog(newer);
  const head = (await log.readStream(stream, 0, { texts: false })).at(-1)?.revision ?? -1;
  const event = {
    id: randomUUID(),
    type: poisonous,
    at: new Date(0).toISOString(),
    actor: 'tester',
    edit: null,
    command: randomUUID(),
    request: null,
  };
  const outcome = await log.append(stream, head, [{ ...event, correlation: null, data: {} }]);
  await log.close();
  if (outcome.outcome === 'wrong_revision') throw new Error('the stream has grown');
  return outcome.position;
};

export const jobs: Experiment = {
  name: '5 jobs and poison',
  what: 'jobs are duplicated, dropped, delayed and reordered, and a stream is poisoned; the models end the same, the poison is parked and visible, the rest goes on',
  profiles: both,
  run: async (scope, random, place) => {
    const { bed, urls, client, basics } = await furnished(scope, place, 'jobs');
    const desk = { client, basics, random, name: 'jobs' };
    const sick = await publish(desk, 'sick');
    const sound = await publish(desk, 'sound');
    const verdicts: Verdict[] = [];
    const expect = (what: string, found: unknown, wanted: unknown) => void verdicts.push(expected(what, found, wanted));

    const working = workAtDesks({ client, basics, random }, { desks: 6, edits: 6 });
    const harming = harm(scope, bed, client, random, working);
    await client.afterAnswers(20 + random.below(20));
    const position = await poison(bed, sick.incident);
    await working;
    const harms = await harming;

    // It is passed, parked and named; it alone waits.
    await client.read('auditor0', `/v1/incidents?minPosition=${position}`);
    await client.read('auditor0', `/v1/reviews?minPosition=${position}`);
    const { items } = (await client.read('admin0', '/v1/parked')) as { items: (Json & { id: string })[] };
    expect('projections that parked it', items.filter(({ type, stream }) => type === poisonous && stream === sick.incident).length, 2);
    const look = async (path: string) => (await client.look(null, path)).status;
    expect('the poisoned incident', await look(`/v1/incidents/${sick.incident}`), 503);
    expect('another incident', await look(`/v1/incidents/${sound.incident}`), 200);
    expect('the list, which says so', (await client.look(null, '/v1/incidents')).headers.get('averment-incomplete'), '1');
    expect('the feed at the poison', (await client.look('auditor0', `/v1/events?after=${position - 1n}`)).status, 503);

    for (const { id } of items) {
      const headers = { authorization: `Bearer ${await bed.keyOf('admin0')}` };
      const skipped = await fetch(`${urls[0]}/v1/parked/${id}/skip`, { method: 'POST', headers });
      expect('a skip', skipped.status, 200);
      await skipped.text();
    }
    expect('the poisoned incident, the poison being skipped', await look(`/v1/incidents/${sick.incident}`), 200);
    verdicts.push(await checkAll(bed, client, null, { poisons: [poisonous] }));
    return { ...together(verdicts), tried: { ...harms, 'streams poisoned': 1 }, acknowledged: acknowledged(client) };
  },
};
