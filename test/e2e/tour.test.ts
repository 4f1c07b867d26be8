import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startServer } from './server.ts';
import { masked, runTour, stepsOf, tours } from './tour.ts';

const root = join(import.meta.dirname, '..', '..');

for (const { page, heading } of tours) {
  t.test(`the tour of ${page} shows exactly what the service answers`, async (t) => {
    const steps = stepsOf(readFileSync(join(root, page), 'utf8'), heading);
    // Receivers of webhooks are on this machine.
    const server = await startServer(t, { WEBHOOK_PRIVATE_ADDRESSES: 'on' });
    const answers = await runTour(steps, server, root);
    t.equal(answers.length, steps.length, 'every step ran');
    for (const [index, step] of steps.entries()) {
      if (step.from >= 0) t.equal(masked(answers[index] ?? ''), masked(step.answer), step.command.split('\n')[0] ?? '');
    }
  });
}
