import { randomUUID } from 'node:crypto';
import { catalogue, type DomainEvent } from '@averment/domain';
import { createPostgresLog } from '@averment/event-log';
import { createJobs } from '@averment/jobs';
import { createLogger, systemRandom } from '@averment/platform';
import { type Bed, makeBed } from '../bed.ts';
import { checkAll } from '../checks.ts';
import { type Client, createClient, type Json } from '../client.ts';
import type { Dice } from '../dice.ts';
import type { Experiment, Scope } from '../experiment.ts';
import { furnish, publish, workAtDesk } from '../work.ts';

const quiet = createLogger({ level: 'silent', name: 'faults' });
const models = ['record', 'reviews', 'times'];

/** Does harm to the jobs until the work has ended, one thing at a time; answers how often. */
const harm = async (scope: Scope, bed: Bed, client: Client, random: Dice, ended: Promise<unknown>): Promise<number> => {
  const jobs = await createJobs({ store: { databaseUrl: bed.databaseUrl }, logger: quiet });
  scope.teardown(() => jobs.close());
  let over = false;
  void ended.then(() => (over = true));
  // The last answers may all be there already.
  const some = () => Promise.race([client.afterAnswers(client.journal.answered.length + 1 + random.below(3)), ended]);
  let times = 0;
  for (; !over; times += 1) {
    const kind = random.below(3);
    if (kind === 0) {
      // Twice, in any order, and those of no command at all.
      for (let n = 0; n < 20; n += 1) jobs.hint(random.pick(models));
      await some();
    } else if (kind === 1) {
      await bed.pool.query('DELETE FROM bullmq.job').catch(ignoreDeadlock);
      await some();
    } else {
      // Nothing gets in or out of the queue while others write.
      const session = await bed.pool.connect();
      try {
        await session.query('BEGIN; LOCK TABLE bullmq.job IN ACCESS EXCLUSIVE MODE').catch(ignoreDeadlock);
        await some();
      } finally {
        await session.query('ROLLBACK');
        session.release();
      }
    }
  }
  return times;
};

const ignoreDeadlock = (error: Error & { code?: string }): void => {
  if (error.code !== '40P01') throw error;
};

/** Appends an event to the stream that this version of the program does not know, as a newer one would. */
const poison = async (bed: Bed, stream: string): Promise<bigint> => {
  const newer = { ...catalogue, SeenByADrone: { schema: 1, texts: () => [], upcast: {} } };
  const log = await createPostgresLog<DomainEvent>({ pool: bed.pool, catalogue: newer, random: systemRandom });
  const head = (await log.readStream(stream, 0, { texts: false })).at(-1)?.revision ?? -1;
  const event = {
    id: randomUUID(),
    type: 'SeenByADrone',
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
  run: async (scope, random) => {
    const bed = await makeBed(scope);
    const [api] = await Promise.all([bed.start('api'), bed.start('worker')]);
    const client = createClient(bed, [api.url ?? '']);
    const scene = await furnish(client, 'jobs');
    const desk = { client, scene, random, name: 'jobs' };
    const sick = await publish(desk, 'sick');
    const sound = await publish(desk, 'sound');

    const findings: string[] = [];
    const expect = (what: string, found: unknown, wanted: unknown) => {
      if (found !== wanted) findings.push(`${what}: ${String(found)} and not ${String(wanted)}`);
    };
    const working = Promise.all(Array.from({ length: 6 }, (_, n) => workAtDesk({ ...desk, name: `desk ${n}` }, 1, 6)));
    const harming = harm(scope, bed, client, random, working);
    await client.afterAnswers(20 + random.below(20));
    const position = await poison(bed, sick.incident);
    await working;
    const harms = await harming;

    // It is passed, parked and named; it alone waits.
    await client.read('auditor0', `/v1/incidents?minPosition=${position}`);
    await client.read('auditor0', `/v1/reviews?minPosition=${position}`);
    const { items } = (await client.read('admin0', '/v1/parked')) as { items: (Json & { id: string })[] };
    expect('projections that parked it', items.filter(({ type, stream }) => type === 'SeenByADrone' && stream === sick.incident).length, 2);
    const look = async (path: string) => (await client.look(null, path))?.status;
    expect('the poisoned incident', await look(`/v1/incidents/${sick.incident}`), 503);
    expect('another incident', await look(`/v1/incidents/${sound.incident}`), 200);
    expect('the list, which says so', (await client.look(null, '/v1/incidents'))?.headers.get('averment-incomplete'), '1');
    expect('the feed at the poison', (await client.look('auditor0', `/v1/events?after=${position - 1n}`))?.status, 503);
    for (const { id } of items) {
      const headers = { authorization: `Bearer ${await bed.keyOf('admin0')}` };
      const skipped = await fetch(`${api.url}/v1/parked/${id}/skip`, { method: 'POST', headers });
      expect('a skip', skipped.status, 200);
      await skipped.text();
    }
    expect('the poisoned incident, the poison being skipped', await look(`/v1/incidents/${sick.incident}`), 200);
    findings.push(...(await checkAll(bed, client, null)));
    return { counts: { acknowledged: client.journal.answered.length, harms, poison: 1 }, findings };
  },
};
