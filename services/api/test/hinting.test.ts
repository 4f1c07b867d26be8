import { createJobs } from '@averment/jobs';
import { createLogger, createPool } from '@averment/platform';
import { projectionNames } from '@averment/read-models';
import t from 'tap';
import { createHinting } from '../src/hinting.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { furnish } from './support/story.ts';

const harness = await harnessFor(t);
const logger = createLogger({ level: 'silent', name: 'test' });
/** Milliseconds that no test takes. */
const long = 600_000;
const often = { between: 1, help: long };

/** What is hinted at, with a way to wait for it. */
const hinted = () => {
  const names: string[] = [];
  let told = Promise.withResolvers<void>();
  return {
    names,
    jobs: {
      hint: (name: string) => {
        names.push(name);
        told.resolve();
      },
    },
    next: async () => {
      await told.promise;
      told = Promise.withResolvers();
    },
  };
};

/** Models that stand at each look where `at` says. `looked` resolves once there were so many looks. */
const modelsAt = (at: (look: number) => Partial<Record<string, bigint>> | Error) => {
  let looks = 0;
  const waiting: { looks: number; done: () => void }[] = [];
  return {
    runner: {
      status: async () => {
        looks += 1;
        for (const one of waiting) if (looks >= one.looks) one.done();
        const positions = at(looks);
        if (positions instanceof Error) throw positions;
        return new Map(projectionNames.map((name) => [name, { position: positions[name] ?? 100n, parked: new Set<string>() }]));
      },
    },
    looked: (count: number) => new Promise<void>((done) => waiting.push({ looks: count, done })),
  };
};

t.test('models that move are sent no job, however far behind they are', async (t) => {
  const { names, jobs } = hinted();
  const { runner, looked } = modelsAt((look) => ({ record: BigInt(look), times: BigInt(look) }));
  const hinting = createHinting({ runner, jobs }, often);
  const there = looked(100);
  hinting.appended(100n);
  await there;
  await hinting.close();
  t.same(names, []);
});

t.test('a model that stands still is sent a job, and for a while another with each append', async (t) => {
  const { names, jobs, next } = hinted();
  const hinting = createHinting({ runner: modelsAt(() => ({ reviews: 7n })).runner, jobs }, often);
  hinting.appended(8n);
  t.same(names, [], 'it may still move');
  await next();
  hinting.appended(9n);
  t.same(names.slice(0, 2), ['reviews', 'reviews'], 'at once');
  await hinting.close();
  t.notOk(
    names.some((name) => name !== 'reviews'),
    'the others have it',
  );
});

t.test('the while has an end', async (t) => {
  const { names, jobs, next } = hinted();
  const hinting = createHinting({ runner: modelsAt(() => ({ record: 7n })).runner, jobs }, { between: 1, help: 0 });
  hinting.appended(8n);
  await next();
  await hinting.close();
  hinting.appended(9n);
  t.same(names, ['record']);
});

t.test('nothing is looked at once all models have what was appended', async (t) => {
  const { jobs } = hinted();
  let looks = 0;
  const { runner, looked } = modelsAt((look) => {
    looks = look;
    return {};
  });
  const hinting = createHinting({ runner, jobs }, often);
  const twice = looked(2);
  hinting.appended(100n);
  await twice;
  await hinting.close();
  t.equal(looks, 2);
});

t.test('where the models cannot be asked all are sent a job', async (t) => {
  const { names, jobs, next } = hinted();
  const hinting = createHinting({ runner: modelsAt(() => new Error('away')).runner, jobs }, often);
  hinting.appended(1n);
  await next();
  await hinting.close();
  t.same(names, [...projectionNames]);
});

/** The jobs of an api and of a worker in one database. */
const queues = async (t: Parameters<typeof harness>[0]) => {
  const databaseUrl = await harness.server.createDatabase();
  const [own, worker] = [await createJobs({ store: { databaseUrl }, logger }), await createJobs({ store: { databaseUrl }, logger })];
  const pool = createPool({ databaseUrl, name: 'test', logger, sessions: { search_path: 'bullmq' } });
  t.teardown(async () => {
    await own.close();
    await worker.close();
    await pool.end();
  });
  /** How many jobs were ever added. */
  const added = async () => {
    const { rows: named } = await pool.query("SELECT job_id_seq_name('averment') AS name");
    const { rows } = await pool.query(`SELECT last_value::int AS last, is_called FROM ${named[0]?.name}`);
    return rows[0];
  };
  return { jobs: own, worker, added };
};
const advancing = ({ runner }: Harness) => Object.fromEntries(projectionNames.map((name) => [name, () => runner.advance(name)]));

t.test('a worker that does not hear the log is woken by the job', async (t) => {
  const own = await harness(t);
  const { jobs, worker } = await queues(t);
  await worker.work(advancing(own));
  const hinting = createHinting({ runner: own.runner, jobs }, often);
  for (let round = 0; round < 2; round += 1) {
    await furnish(own);
    const head = await own.log.head();
    hinting.appended(head);
    t.equal(await own.runner.waitFor(projectionNames, head, long), true);
  }
  await hinting.close();
});

t.test('while the worker hears the log no job is added', async (t) => {
  const own = await harness(t);
  const { jobs, worker, added } = await queues(t);
  const all = Object.values(advancing(own));
  const follow = () => {
    for (const advance of all) void advance();
  };
  t.teardown(own.log.subscribe(follow));
  await worker.work({});
  const before = await added();
  let looks = 0;
  const runner = {
    // On a busy machine it may take a while, which is no standing still.
    status: async (names: readonly string[]) => {
      looks += 1;
      await own.runner.waitFor(names, await own.log.head(), long);
      return own.runner.status(names);
    },
  };
  const hinting = createHinting({ runner, jobs }, often);
  for (let round = 1; round <= 5; round += 1) {
    await furnish(own);
    hinting.appended(await own.log.head());
    while (looks < 2 * round) await new Promise((resolve) => setImmediate(resolve));
  }
  await hinting.close();
  t.same(await added(), before);
});
