// Runs one task of the project: `node tools/run.mjs <task> [args]`. Plain JavaScript for Node 20, because it runs before anything is installed.
// It installs what tools/package-lock.json pins (pnpm, Node), then the workspace, each only when stale, and runs the task under that Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onCallerGone } from './caller.mjs';
import { installTools, installWorkspace, nodeBinary } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every task: the file that it runs, and the arguments that come before the caller's own. */
const tasks = {
  start: ['services/launcher/src/main.ts'],
  stop: ['services/launcher/src/stop.ts'],
  api: ['services/api/src/main.ts'],
  desk: ['services/desk/src/main.ts'],
  worker: ['services/worker/src/main.ts'],
  rebuild: ['services/worker/src/rebuild.ts'],
  verify: ['services/worker/src/verify.ts'],
  export: ['services/worker/src/export.ts'],
  restored: ['services/worker/src/restored.ts'],
  ledger: ['services/worker/src/ledger-keys.ts'],
  'feed:skip': ['services/worker/src/feed.ts', 'skip'],
  'feed:mended': ['services/worker/src/feed.ts', 'mended'],
  'eventstore:secure': ['packages/event-log/src/eventstoredb/secure-cli.ts'],
  keys: ['services/worker/src/keys.ts'],
  averment: ['packages/cli/src/main.ts'],
  pack: ['tools/pack.mjs'],
  samples: ['packages/samples/src/load.ts'],
  tour: ['test/e2e/write-tour.ts'],
  screenshots: ['test/browser/write-screenshots.ts'],
  client: ['test/clients/write-client.ts'],
  'tour:desk': ['test/browser/write-tour.ts'],
  attributed: ['test/docs/write-attributed.ts'],
  bench: ['test/bench/main.ts'],
  faults: ['test/faults/run.ts'],
  test: ['tools/test.mjs'],
  'test:eventstore': ['tools/test-eventstore.mjs'],
  hostile: ['test/hostile/run.ts'],
  lint: ['tools/lint.mjs'],
  typecheck: ['tools/typecheck.mjs'],
};

const fail = (message) => {
  process.stderr.write(`averment: ${message}\n`);
  process.exit(1);
};

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`needs Node 20.19 or newer, this is ${process.versions.node}`);

const [task = '', ...given] = process.argv.slice(2);
const command = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
if (command === undefined) fail(`there is no task "${task}"; there are ${Object.keys(tasks).join(', ')}`);

/**
 * Tries the port of what serves there before anything is installed. Where data is there, the launcher says better who has it.
 * What is wrong with the settings is said by the program itself.
 */
const tryPort = async () => {
  const { HOST: host = '127.0.0.1', DATA_DIR: dataDir = 'data' } = process.env;
  const [variable, usual] = task === 'desk' ? ['DESK_PORT', '8090'] : ['PORT', '8080'];
  const port = process.env[variable] || usual;
  if (given.length > 0 || !['start', 'api', 'desk'].includes(task) || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return;
  if (task === 'start' && existsSync(resolve(root, dataDir, 'postgres'))) return;
  const server = createServer();
  const error = await new Promise((done) => server.once('error', done).listen(Number(port), host, () => done(undefined)));
  server.close();
  if (error?.code === 'EADDRINUSE') fail(`another program listens on ${host}:${port}: end it, or set ${variable} to another one`);
};

/** Those that serve until they are told to end. They have a channel to this process: once it is closed, however this process ended, they end in order. */
const serves = ['start', 'api', 'desk', 'worker'].includes(task);
const stopping = new AbortController();
let child;

const stop = (signal) => {
  stopping.abort(signal);
  // A process with a channel leaves SIGINT to its parent, since a terminal sends it to both.
  child?.kill(serves && signal === 'SIGINT' ? 'SIGTERM' : signal);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
onCallerGone(task, () => stop('SIGTERM'));
const codeOf = (signal) => 128 + (constants.signals[signal] ?? 0);

await tryPort();
try {
  await installTools(root, stopping.signal);
  await installWorkspace(root, stopping.signal);
} catch (error) {
  if (!stopping.signal.aborted) fail(error instanceof Error ? error.message : String(error));
}
if (stopping.signal.aborted) process.exit(codeOf(stopping.signal.reason));

const run = ([file, ...args], stdio) => {
  if (!existsSync(`${root}${file}`)) fail(`the file of task "${task}" is missing: ${file}`);
  // tsc and the test runner look for their settings in the working directory; every path that a caller gives is relative to it as well.
  const started = spawn(nodeBinary(root), [`${root}${file}`, ...args], { cwd: root, stdio });
  started.on('error', (error) => fail(`could not run ${nodeBinary(root)}: ${error.message}`));
  return started;
};

child = run([...command, ...given], serves ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit');
child.on('exit', (code, signal) => {
  const end = () => process.exit(code ?? codeOf(signal));
  if (task !== 'start' || code === 0) return end();
  // A launcher that was killed, or was told twice to end, may have left its database.
  child = run([...tasks.stop, '--left'], 'inherit');
  child.on('exit', end);
});
