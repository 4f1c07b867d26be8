// Whatever ends `npm start`, all that it runs ends in order. Each case is a real npm, with the programs that it serves.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findEmbedded } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import t, { type Test } from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Run = { npm: ChildProcess; said: () => string; until: (pattern: RegExp) => Promise<RegExpExecArray>; code: Promise<number | null> };

/** Runs a script of the project by npm, in a process group of its own as a process manager does, which is ended after the test. */
const npm = (t: Test, args: string[], env: Record<string, string>): Run => {
  const { NODE_ENV: _, TAP_TIMEOUT: __, ...own } = process.env;
  const child = spawn('npm', args, {
    cwd: root,
    detached: true,
    env: { ...own, PORT: '0', SAMPLES: 'off', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const code = once(child, 'exit').then(([number]) => number as number | null);
  // Open until the last process that npm started has ended.
  const closed = once(child, 'close');
  t.teardown(async () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // All of it has ended.
    }
    await closed;
  });
  const until = async (pattern: RegExp) => {
    for (; ; await delay(20)) {
      const found = pattern.exec(said);
      if (found !== null) return found;
      if (child.exitCode !== null) throw new Error(`npm ended with ${child.exitCode}: ${said}`);
    }
  };
  return { npm: child, said: () => said, until, code: closed.then(() => code) };
};

const parentOf = async (pid: number): Promise<number> => Number(/\) \S (\d+)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8'))?.[1]);
/** In which order the parts said that they have ended. */
const order = (said: string) => [...said.matchAll(/"name":"(\w+)"[^\n]*"msg":"stopped"/g)].map(([, name]) => name);

const linux = process.platform === 'linux' ? false : 'skipped: what runs what is read from /proc';

t.test('npm start ends as a whole', { skip: linux }, async (t) => {
  const DATA_DIR = join(await testFolder(t), 'data');
  const up = async () => {
    const run = npm(t, ['start'], { DATA_DIR });
    await run.until(/Ctrl-C stops it/);
    const [, pid] = await run.until(/Averment is running \(process (\d+)\)/);
    const [, url = ''] = await run.until(/^ {2}api +(\S+)$/m);
    return { ...run, url, launcher: Number(pid) };
  };
  const isOver = async ({ code, said }: Awaited<ReturnType<typeof up>>, how: string) => {
    await code;
    t.same(order(said()), ['api', 'worker', 'launcher'], `${how}: ${said()}`);
    t.equal(await findEmbedded(DATA_DIR), null, `${how}: the database is stopped`);
  };

  const first = await up();
  const second = npm(t, ['start'], { DATA_DIR });
  t.equal(await second.code, 1);
  t.match(
    second.said(),
    new RegExp(`${DATA_DIR} is in use by averment, process ${first.launcher}, at ${first.url}, since .*; npm stop ends it`),
  );
  const stop = npm(t, ['stop'], { DATA_DIR });
  t.equal(await stop.code, 0);
  t.match(stop.said(), `stopped averment, process ${first.launcher}`);
  await isOver(first, 'npm stop');
  t.equal(await first.code, 0);
  const none = npm(t, ['stop'], { DATA_DIR });
  t.equal(await none.code, 0);
  t.match(none.said(), `nothing runs on ${DATA_DIR}`);

  const headless = await up();
  headless.npm.kill('SIGKILL');
  await isOver(headless, 'SIGKILL of npm alone');

  const killed = await up();
  process.kill(killed.launcher, 'SIGKILL');
  await killed.code;
  t.match(killed.said(), /stopped the database that was left running/);
  t.equal(await findEmbedded(DATA_DIR), null);
});

t.test('a port that is taken is said before anything is installed or made', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const folder = await testFolder(t);
  const run = npm(t, ['start'], { DATA_DIR: join(folder, 'data'), PORT: String(port) });
  t.equal(await run.code, 1);
  t.match(run.said(), `averment: another program listens on 127.0.0.1:${port}: end it, or set PORT to another one`);
  t.same(await readdir(folder), []);
});

t.test('what else serves ends with its npm', { skip: linux }, async (t) => {
  const server = await testServer(t);
  const folder = await testFolder(t);
  const SERVER_KEY_FILE = join(folder, 'server.key');
  await writeFile(SERVER_KEY_FILE, 'a'.repeat(64), { mode: 0o600 });
  const env = { DATABASE_URL: await server.createDatabase(), SERVER_KEY_FILE, DATA_DIR: folder };
  const cases: [script: string, ready: RegExp, how: string, end: (run: Run) => unknown][] = [
    ['worker', /the worker follows the log/, 'SIGTERM of npm alone', ({ npm }) => npm.kill('SIGTERM')],
    ['worker', /the worker follows the log/, 'SIGHUP of npm alone', ({ npm }) => npm.kill('SIGHUP')],
    [
      'worker',
      /the worker follows the log/,
      'SIGKILL of what npm runs',
      async ({ said }) => {
        const worker = Number(/"pid":(\d+)/.exec(said())?.[1]);
        process.kill(await parentOf(worker), 'SIGKILL');
      },
    ],
    ['api', /the api serves/, 'SIGTERM of npm alone', ({ npm }) => npm.kill('SIGTERM')],
  ];
  for (const [script, ready, how, end] of cases) {
    const run = npm(t, ['run', script], env);
    await run.until(ready);
    await end(run);
    await run.code;
    t.same(order(run.said()), [script], `${script}, ${how}: ${run.said()}`);
  }
});
