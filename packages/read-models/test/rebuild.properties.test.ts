import { createMemoryStore } from '@averment/event-log/testing';
import fc from 'fast-check';
import t from 'tap';
import { everyRow, models } from './models.ts';
import { begin, story, take } from './story.ts';
import { createWorld } from './world.ts';

t.test('whatever happens, in whatever batches and with whatever restarts, the rows are those of a rebuild in one go (P5)', async (t) => {
  const reached = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(story, fc.boolean(), async (steps, lags) => {
      const undo: (() => Promise<void> | void)[] = [];
      const world = createWorld({ store: createMemoryStore({ lags }) });
      await begin(world);
      const { pool, advance, restart, rebuild } = await models({ teardown: (run) => void undo.push(run) }, world);
      try {
        for (const step of steps) {
          if (await take(world, step)) reached.set(step.what, (reached.get(step.what) ?? 0) + 1);
          if (step.restart !== null) await restart(step.restart);
          if (step.advance) await advance();
        }
        await advance();
        const live = await everyRow(pool);
        await rebuild();
        const rebuilt = await everyRow(pool);
        for (const table of Object.keys(rebuilt)) t.same(live[table], rebuilt[table], table);
        return t.passing();
      } finally {
        for (const each of undo) await each();
      }
    }),
    { numRuns: 4, endOnFailure: true },
  );
  t.comment(`steps that went in: ${[...reached].map(([what, times]) => `${what} ${times}`).join(', ')}`);
});
