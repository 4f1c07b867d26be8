import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstKeys } from '@averment/access';
import { startStandIn } from '@averment/event-log/testing';
import { createLogger, createPool, systemClock, systemRandom } from '@averment/platform';
import { patience, redisMissing, testFolder, testRedis, testServer } from '@averment/platform/testing';
import t from 'tap';
import { client, expectStatus, type Keys } from './client.ts';
import { databaseUsers } from './database-users.ts';
import { fileOf, type Program, runCommand, startBalancer, startProgram, stopPrograms } from './processes.ts';
import { masked, runTour, stepsOf } from './tour.ts';

// Two api and two worker processes on an EventStoreDB (a real one where TEST_EVENTSTORE_URL names it, else a stand-in), a Redis where there is one, and PostgreSQL
// with the two users of docs/operations.md.
const folder = await testFolder(t);
const users = await databaseUsers(await testServer(t));
const eventLogUrl = process.env.TEST_EVENTSTORE_URL ?? (await startStandIn(t)).url;
const redis = redisMissing === false ? await testRedis(t) : undefined;
await writeFile(join(folder, 'server.key'), randomBytes(32).toString('hex'), { mode: 0o600 });

const settings: Record<string, string> = {
  DATA_DIR: folder,
  DATABASE_URL: users.worker,
  SERVER_KEY_FILE: join(folder, 'server.key'),
  PORT: '0',
  EVENT_LOG_URL: eventLogUrl,
  EVENT_LOG_NAME: `t${randomBytes(8).toString('hex')}`,
  ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
};
const [api, worker] = ['services/api/src/main.ts', 'services/worker/src/main.ts'];
const startAll = (): Promise<Program[]> =>
  Promise.all(
    [api, worker, api, worker].map((file) => startProgram(t, file, { ...settings, ...(file === api && { DATABASE_URL: users.api }) })),
  );
const balanced = (programs: readonly Program[]): Promise<string> =>
  startBalancer(
    t,
    programs.map(({ url }) => url).filter((url) => url !== ''),
  );

let programs: Program[] = [];
let url = '';
let keys: Partial<Keys> = {};

t.test('two api and two worker processes come up at once on empty stores', async (t) => {
  programs = await startAll();
  url = await balanced(programs);
  const pool = createPool({
    databaseUrl: users.worker,
    name: 'test',
    logger: createLogger({ level: 'silent', name: 'test' }),
    connectTimeout: patience,
  });
  await firstKeys(pool, folder, { clock: systemClock, random: systemRandom });
  await pool.end();
  keys = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
  t.equal(programs.length, 4);
});

t.test('the tour of the README shows exactly what the services answer', async (t) => {
  const loaded = await runCommand('packages/samples/src/load.ts', settings, '--url', url, '--keys', join(folder, 'keys.json'));
  t.equal(loaded.code, 0, loaded.out);
  const steps = stepsOf(readFileSync(fileOf('README.md'), 'utf8'), '## Five minutes');
  const answers = await runTour(steps, { url, dataDir: folder }, fileOf('.'));
  t.equal(answers.length, steps.length, 'every step ran');
  for (const [index, step] of steps.entries()) {
    if (step.from >= 0) t.equal(masked(answers[index] ?? ''), masked(step.answer), step.command.split('\n')[0] ?? '');
  }
});

const agency = (name: string) => ({ kind: 'agency', name, aliases: [], private: false, publicRole: null, parent: null });
const writeAndRead = async (name: string): Promise<void> => {
  const contributor = client(url, keys.contributor ?? null);
  const { id, position } = expectStatus(await contributor.send('POST', '/v1/parties', agency(name)), 201);
  expectStatus(await contributor.get(`/v1/parties/${id}?minPosition=${position}`), 200);
};
const ready = async () => expectStatus(await client(url, null).get('/readyz'), 200);

t.test('without Redis everything goes on, and it is said; afterwards too, though all jobs are gone', { skip: redisMissing }, async (t) => {
  t.same(await ready(), { status: 'ok', reasons: [], warnings: [] });
  await redis?.crash();
  for (let n = 0; n < 3; n += 1) await writeAndRead(`An agency of an outage ${n}`);
  let { warnings } = await ready();
  while (!String(warnings).includes('the jobs cannot be reached')) ({ warnings } = await ready());
  await redis?.start();
  while ((warnings as string[]).length > 0) ({ warnings } = await ready());
  await writeAndRead('An agency after the outage');
  t.pass('written and read meanwhile and afterwards');
});

t.test('all processes are stopped and started again: the record is as it was, and verification finds nothing', async (t) => {
  const before = expectStatus(await client(url, null).get('/v1/incidents'), 200);
  t.same(await stopPrograms(programs), [0, 0, 0, 0]);
  programs = await startAll();
  url = await balanced(programs);
  t.same(expectStatus(await client(url, null).get('/v1/incidents'), 200), before);
  await writeAndRead('An agency of the second run');
  const verified = await runCommand('services/worker/src/verify.ts', settings);
  t.equal(verified.code, 0, verified.out);
  t.match(verified.out, /not looked at: stamps[\s\S]*all is as it was written/);
  const rebuilt = await runCommand('services/worker/src/rebuild.ts', settings, 'all', '--compare-only');
  t.equal(rebuilt.code, 0, rebuilt.out);
  t.same(await stopPrograms(programs), [0, 0, 0, 0]);
});
