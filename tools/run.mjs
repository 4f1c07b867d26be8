// Runs one task of the project: `node tools/run.mjs <task> [args]`. Plain JavaScript for Node 20, because it runs before anything is installed.
// It installs what tools/package-lock.json pins (pnpm, Node 24), then the workspace, each only when stale, and runs the task under Node 24.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { installTools, installWorkspace, nodeBinary } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every task: the file that Node 24 runs, and the arguments that come before the caller's own. */
const tasks = {
  start: ['services/launcher/src/main.ts'],
  api: ['services/api/src/main.ts'],
  worker: ['services/worker/src/main.ts'],
  rebuild: ['services/worker/src/rebuild.ts'],
  verify: ['services/worker/src/verify.ts'],
  restored: ['services/worker/src/restored.ts'],
  'feed:skip': ['services/worker/src/feed.ts', 'skip'],
  'feed:mended': ['services/worker/src/feed.ts', 'mended'],
  'eventstore:secure': ['packages/event-log/src/eventstoredb/secure-cli.ts'],
  keys: ['packages/access/src/cli.ts'],
  samples: ['packages/samples/src/load.ts'],
  tour: ['test/e2e/write-tour.ts'],
  attributed: ['test/docs/write-attributed.ts'],
  bench: ['test/bench/main.ts'],
  faults: ['test/faults/run.ts'],
  test: ['tools/test.mjs'],
  'test:eventstore': ['tools/test-eventstore.mjs'],
  hostile: ['test/hostile/run.ts'],
  lint: ['tools/lint.mjs'],
  typecheck: ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.json'],
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

try {
  await installTools(root);
  await installWorkspace(root);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

const [file, ...fixed] = command;
if (!existsSync(`${root}${file}`)) fail(`the file of task "${task}" is missing: ${file}`);

const child = spawn(nodeBinary(root), [`${root}${file}`, ...fixed, ...given], {
  // tsc and the test runner look for their settings in the working directory; every path that a caller gives is relative to it as well.
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => fail(`could not run Node 24: ${error.message}`));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
