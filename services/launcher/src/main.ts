import { fileURLToPath } from 'node:url';
import { commandLine, settingsHelp } from '@averment/platform';
import { start } from './start.ts';

const usage = `npm start

Runs a PostgreSQL of its own, the API and the worker, until Ctrl-C or \`npm stop\` ends them; the data stays in DATA_DIR. Settings, from the environment:
${settingsHelp()}`;

commandLine('npm start', usage).read({});

const fileOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

await start({
  api: fileOf('services/api/src/main.ts'),
  worker: fileOf('services/worker/src/main.ts'),
  samples: fileOf('packages/samples/src/load.ts'),
});
