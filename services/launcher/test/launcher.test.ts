import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findEmbedded } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import t, { type Test } from 'tap';

const program = fileURLToPath(new URL('./fixtures/start.ts', import.meta.url));

type Started = { child: ChildProcess; stdout: () => string; stderr: () => string; exit: Promise<number | null>; url: () => string };

/** Starts the launcher; it is ended after the test, whatever the test did. */
function start(t: Test, dataDir: string, env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', SAMPLES: 'off', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  t.teardown(async () => {
    child.kill('SIGTERM');
    await exit;
  });
  return { child, stdout: () => out, stderr: () => err, exit, url: () => / api +(\S+)/.exec(out)?.[1] ?? '' };
}

/** Waits until something holds, or the launcher is gone. */
async function until(started: Started, holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    if (started.child.exitCode !== null) throw new Error(`the launcher ended: ${started.stdout()}${started.stderr()}`);
    await delay(20);
  }
}

const up = (started: Started) => until(started, () => started.stdout().includes('Ctrl-C stops it.'));
const get = (url: string) =>
  fetch(url).then(
    async (answer) => (answer.ok ? await answer.text() : null),
    () => null,
  );
const pidIn = async (...path: string[]) => Number((await readFile(join(...path), 'utf8')).split('\n')[0]);
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (alive(pid)) await delay(10);
}

async function processes(started: Started, dataDir: string) {
  return {
    api: Number(await get(`${started.url()}/pid`)),
    worker: await pidIn(dataDir, 'worker.pid'),
    postgres: await pidIn(dataDir, 'postgres', 'postmaster.pid'),
  };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`comes up, says where everything is, and leaves nothing running after ${signal}`, async (t) => {
    const dataDir = join(await testFolder(t), 'data');
    const started = start(t, dataDir);
    await up(started);
    t.match(started.stdout(), new RegExp(`Averment is running \\(process ${started.child.pid}\\)`));
    t.match(started.stdout(), new RegExp(`docs +${started.url()}/docs`));
    t.match(started.stdout(), `${dataDir}/keys.json`);
    t.equal(await get(started.url()), 'ok');
    t.same((await readdir(dataDir)).sort(), ['keys.json', 'postgres', 'server.key', 'worker.pid']);
    const pids = await processes(started, dataDir);

    started.child.kill(signal);
    // A terminal tells the whole group, and parents pass it on: the second is the same press.
    started.child.kill(signal);
    t.equal(await started.exit, 0);
    t.notOk(alive(pids.api), 'the api is gone');
    t.notOk(alive(pids.worker), 'the worker is gone');
    // Its parent is the system, which may take a moment to notice.
    await gone(pids.postgres);
    t.equal(await exists(join(dataDir, 'postgres', 'postmaster.pid')), false, 'the database was stopped cleanly');
  });
}

t.test('a second start says who runs, and leaves it alone', async (t) => {
  const dataDir = await testFolder(t);
  const first = start(t, dataDir);
  await up(first);
  const second = start(t, dataDir);
  t.equal(await second.exit, 1);
  t.match(
    second.stderr(),
    new RegExp(`^averment: ${dataDir} is in use by averment, process ${first.child.pid}, at ${first.url()}, since 20`, 'm'),
  );
  t.equal(await get(first.url()), 'ok');
});

t.test('what dies is brought back where it was', async (t) => {
  const dataDir = await testFolder(t);
  const started = start(t, dataDir);
  await up(started);
  const before = await processes(started, dataDir);
  for (const name of ['api', 'worker', 'postgres'] as const) {
    process.kill(before[name], 'SIGKILL');
    await gone(before[name]);
    await until(started, async () => (await get(started.url())) === 'ok' && alive(await pidIn(dataDir, 'worker.pid')));
    t.not((await processes(started, dataDir))[name], before[name], `${name} is another process`);
  }
  started.child.kill('SIGINT');
  t.equal(await started.exit, 0);
});

t.test('when the launcher is killed its children end by themselves, and the next start takes over the database', async (t) => {
  const dataDir = await testFolder(t);
  const first = start(t, dataDir);
  await up(first);
  const keys = await readFile(join(dataDir, 'keys.json'), 'utf8');
  const pids = await processes(first, dataDir);
  first.child.kill('SIGKILL');
  await gone(pids.api);
  await gone(pids.worker);
  t.ok(alive(pids.postgres));

  const second = start(t, dataDir);
  await up(second);
  t.equal(await pidIn(dataDir, 'postgres', 'postmaster.pid'), pids.postgres);
  t.equal(await readFile(join(dataDir, 'keys.json'), 'utf8'), keys);
  t.equal(await get(second.url()), 'ok');
  second.child.kill('SIGINT');
  t.equal(await second.exit, 0);
  t.equal(await findEmbedded(dataDir), null);
  await gone(pids.postgres);
});

t.test('when everything is killed at once the next start recovers', async (t) => {
  const dataDir = await testFolder(t);
  const first = start(t, dataDir);
  await up(first);
  const pids = await processes(first, dataDir);
  first.child.kill('SIGKILL');
  for (const pid of Object.values(pids)) {
    if (alive(pid)) process.kill(pid, 'SIGKILL');
  }
  for (const pid of Object.values(pids)) await gone(pid);

  const second = start(t, dataDir);
  await up(second);
  t.equal(await get(second.url()), 'ok');
});

t.test('a signal while it comes up leaves nothing running, and the next start goes on', async (t) => {
  const dataDir = await testFolder(t);
  const moments: ((started: Started) => Promise<void>)[] = [
    (started) => until(started, () => started.stderr().includes('making a database cluster')),
    (started) => until(started, () => exists(join(dataDir, 'postgres', 'postmaster.pid'))),
    (started) => until(started, () => exists(join(dataDir, 'keys.json'))),
    (started) => until(started, () => exists(join(dataDir, 'worker.pid'))),
  ];
  for (const [index, moment] of moments.entries()) {
    await rm(join(dataDir, 'worker.pid'), { force: true });
    const started = start(t, dataDir);
    await moment(started);
    started.child.kill('SIGTERM');
    t.equal(await started.exit, 0, `moment ${index}: ${started.stderr()}`);
    t.equal(await findEmbedded(dataDir).catch(() => null), null, 'no server runs');
    if (await exists(join(dataDir, 'worker.pid'))) await gone(await pidIn(dataDir, 'worker.pid'));
  }
  const last = start(t, dataDir);
  await up(last);
  t.equal(await get(last.url()), 'ok');
});

t.test('the samples are loaded into a new data directory until they are complete, and then no more', async (t) => {
  const dataDir = join(await testFolder(t), 'data');
  const first = start(t, dataDir, { SAMPLES: 'on', STAND_IN_SAMPLES: 'hang' });
  await until(first, () => exists(join(dataDir, 'loader.pid')));
  const loader = await pidIn(dataDir, 'loader.pid');
  first.child.kill('SIGINT');
  t.equal(await first.exit, 0);
  t.notOk(alive(loader), 'the loader ends with the launcher');

  const off = start(t, dataDir, { SAMPLES: 'off' });
  await up(off);
  off.child.kill('SIGINT');
  t.equal(await off.exit, 0);
  t.equal(await exists(join(dataDir, 'loaded')), false);

  for (const _ of ['until complete', 'no more']) {
    const next = start(t, dataDir, { SAMPLES: 'on' });
    await up(next);
    await until(next, () => exists(join(dataDir, 'loaded')));
    await until(next, async () => (await readFile(join(dataDir, 'samples.json'), 'utf8')).includes('"loaded"'));
    next.child.kill('SIGINT');
    t.equal(await next.exit, 0);
  }
  t.equal(await readFile(join(dataDir, 'loaded'), 'utf8'), 'once\n');
});

t.test('a data directory that began without samples gets none later', async (t) => {
  const dataDir = await testFolder(t);
  for (const SAMPLES of ['off', 'on']) {
    const started = start(t, dataDir, { SAMPLES });
    await up(started);
    started.child.kill('SIGINT');
    t.equal(await started.exit, 0);
    t.notMatch(started.stdout(), /sample incidents/);
  }
});

t.test('what keeps it from starting is said in one readable message', async (t) => {
  const dataDir = await testFolder(t);
  const badSetting = start(t, dataDir, { PORT: 'http' });
  t.equal(await badSetting.exit, 1);
  t.equal(
    badSetting.stderr(),
    'averment: these settings cannot be used:\n  PORT: "http" is not a port: a whole number from 0 to 65535, for example PORT=8080\n',
  );

  const noKey = start(t, dataDir, { DATABASE_URL: 'postgres://127.0.0.1/x', SERVER_KEY_FILE: join(dataDir, 'none') });
  t.equal(await noKey.exit, 1);
  t.match(noKey.stderr(), /^averment: the server key .*none is not there\. Restore it/m);

  const brokenApi = start(t, dataDir, { STAND_IN_API: 'broken-api' });
  t.equal(await brokenApi.exit, 1);
  t.match(brokenApi.stderr(), 'averment: api ends again and again before it is ready');
  t.equal(await findEmbedded(dataDir), null);

  await rm(join(dataDir, 'server.key'));
  const lostKey = start(t, dataDir);
  t.equal(await lostKey.exit, 1);
  t.match(lostKey.stderr(), 'server.key is not there. Restore it from a backup');
});

t.test("with a database of one's own it starts no other, and makes no keys", async (t) => {
  const server = await testServer(t);
  const dataDir = await testFolder(t);
  const embedded = start(t, dataDir);
  await up(embedded);
  embedded.child.kill('SIGINT');
  await embedded.exit;

  const empty = await testFolder(t);
  const started = start(t, empty, {
    DATABASE_URL: await server.createDatabase(),
    SERVER_KEY_FILE: join(dataDir, 'server.key'),
    SAMPLES: 'on',
  });
  await up(started);
  t.equal(await get(started.url()), 'ok');
  t.match(started.stdout(), 'in the database that DATABASE_URL names');
  t.same(await readdir(empty), ['worker.pid']);
  started.child.kill('SIGINT');
  t.equal(await started.exit, 0);
});
