import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from '@averment/platform';
import { runTour, stepsOf } from './tour.ts';

const usage = `npm run tour -- [--url <http://127.0.0.1:8080>] [--data <data>]

Runs the README's tour against a fresh service, and writes the answers into the README.
  --url    where the service is
  --data   its data directory, for the first keys`;

const { values } = commandLine('npm run tour', usage).read({
  url: { type: 'string', default: 'http://127.0.0.1:8080' },
  data: { type: 'string', default: 'data' },
});
const root = join(import.meta.dirname, '..', '..');
const path = join(root, 'README.md');
let readme = await readFile(path, 'utf8');
const steps = stepsOf(readme, '## Five minutes');
const answers = await runTour(steps, { url: values.url, dataDir: values.data }, root);
for (const [index, { from, to }] of [...steps.entries()].reverse()) {
  if (from >= 0) readme = `${readme.slice(0, from)}${answers[index]}${readme.slice(to)}`;
}
await writeFile(path, readme);
