import { createMemoryStore } from '@averment/event-log/testing';
import fc from 'fast-check';
import t from 'tap';
import { createCopy } from './copy.ts';
import { everyRow, models } from './models.ts';
import { begin, story, take } from './story.ts';
import { createWorld } from './world.ts';

const readers = [
  { viewer: null, all: false },
  { viewer: null, all: true },
  { viewer: { role: 'contributor', subject: 'somebody' }, all: false },
  { viewer: { role: 'auditor', subject: 'auditor' }, all: true },
] as const;

/** After each step it is read on by so many pages, of so many incidents each; 0 is until nothing is left. */
const reading = fc.array(fc.record({ pages: fc.nat(2), limit: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 20 });

t.test(
  'a copy that is fed by the delta alone is what is served, whenever its pages are read and whatever happens between them',
  async (t) => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(story, reading, fc.boolean(), async (steps, reads, lags) => {
        const undo: (() => Promise<void> | void)[] = [];
        const world = createWorld({ store: createMemoryStore({ lags }) });
        await begin(world);
        const all = await models({ teardown: (run) => void undo.push(run) }, world);
        const copies = readers.map(({ viewer, all: every }) => createCopy(all, viewer, every));
        const same = async (said: string) => {
          for (const [index, copy] of copies.entries()) {
            await copy.catchUp();
            t.same(copy.has(), await copy.served(), `${said}, reader ${index}`);
            for (const why of copy.gone.values()) seen.set(why.gone, (seen.get(why.gone) ?? 0) + 1);
          }
        };
        try {
          for (const [index, step] of steps.entries()) {
            await take(world, step);
            if (step.restart !== null) await all.restart(step.restart);
            if (step.advance) await all.advance();
            const { pages, limit } = reads[index % reads.length] ?? { pages: 1, limit: 1 };
            if (pages === 0) await same(`after step ${index}, ${step.what}`);
            else for (const copy of copies) for (let page = 0; page < pages; page += 1) await copy.read(limit);
          }
          await all.advance();
          await same('at the end');
          const live = await everyRow(all.pool);
          await all.rebuild();
          const rebuilt = await everyRow(all.pool);
          for (const table of Object.keys(rebuilt).filter((name) => name.endsWith('changed'))) t.same(live[table], rebuilt[table], table);
          await same('after a rebuild');
          return t.passing();
        } finally {
          for (const each of undo) await each();
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
    t.comment(`what copies were told to drop: ${[...seen].map(([what, times]) => `${what} ${times}`).join(', ')}`);
  },
);
