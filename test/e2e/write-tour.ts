import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from '@averment/platform';
import { runTour, stepsOf, tours } from './tour.ts';

const usage = `npm run tour -- [--url <http://127.0.0.1:8080>] [--data <data>]

Runs the tour of a page against a fresh service, and writes the answers into it.
  --page   README.md, docs/review.md or docs/cli.md
  --url    where the service is
  --data   its data directory, for the first keys`;

const { read, refuse } = commandLine('npm run tour', usage);
const { values } = read({
  page: { type: 'string', default: 'README.md' },
  url: { type: 'string', default: 'http://127.0.0.1:8080' },
  data: { type: 'string', default: 'data' },
});
const root = join(import.meta.dirname, '..', '..');
const tour = tours.find(({ page }) => page === values.page);
if (tour === undefined) refuse(`there is no tour on ${values.page}; there are ${tours.map(({ page }) => page).join(' and ')}`);
const { page, heading } = tour ?? { page: '', heading: '' };
const path = join(root, page);
let text = await readFile(path, 'utf8');
const steps = stepsOf(text, heading);
const answers = await runTour(steps, { url: values.url, dataDir: values.data }, root);
for (const [index, { from, to }] of [...steps.entries()].reverse()) {
  if (from >= 0) text = `${text.slice(0, from)}${answers[index]}${text.slice(to)}`;
}
await writeFile(path, text);
