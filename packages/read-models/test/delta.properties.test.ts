import { createMemoryStore } from '@averment/event-log/testing';
import fc from 'fast-check';
import t from 'tap';
import { type Copy, createCopy } from './copy.ts';
import { everyRow, type Models, models, poisoned } from './models.ts';
import { begin, story, take } from './story.ts';
import { createWorld, type World } from './world.ts';

const readers = [
  { viewer: null, all: false },
  { viewer: null, all: true },
  { viewer: { role: 'contributor', subject: 'somebody' }, all: false },
  { viewer: { role: 'auditor', subject: 'auditor' }, all: true },
] as const;

/** The next event of a stream, as `poisoned` names it. */
const nextEvent = async (world: World, pick: number): Promise<string> => {
  const streams = [...world.incidents.keys(), ...world.parties.keys(), ...world.sources.keys()];
  const stream = streams[pick % streams.length] ?? '';
  return `${stream} ${(await world.log.readStream(stream, 0, { texts: false })).length}`;
};

/** Retries all that waits. Answers how many there were. */
const retryAll = async ({ runner }: Pick<Models, 'runner'>): Promise<number> => {
  const parked = await runner().parked();
  for (const { id } of parked) await runner().retry(id, 'admin');
  return parked.length;
};

const readSome = async (copy: Copy, pages: number, limit: number): Promise<void> => {
  for (let page = 0; page < pages; page += 1) await copy.read(limit);
};

/** After each step it is read on by so many pages, of so many incidents each; 0 is until nothing is left. */
const reading = fc.array(fc.record({ pages: fc.nat(2), limit: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 20 });

t.test(
  'a copy that is fed by the delta alone is what is served, whenever its pages are read and whatever happens or waits between them',
  async (t) => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(story, reading, fc.boolean(), async (steps, reads, lags) => {
        const undo: (() => Promise<void> | void)[] = [];
        const world = createWorld({ store: createMemoryStore({ lags }) });
        await begin(world);
        const bad = new Set<string>();
        const all = await models({ teardown: (run) => void undo.push(run) }, world, poisoned(bad));
        const copies = readers.map(({ viewer, all: every }) => createCopy(all, viewer, every));
        const same = async (said: string) => {
          for (const [index, copy] of copies.entries()) {
            await copy.catchUp();
            t.same(copy.has(), await copy.served(), `${said}, reader ${index}`);
            for (const why of copy.gone.values()) seen.set(why.gone, (seen.get(why.gone) ?? 0) + 1);
          }
        };
        /** All events can be taken again, and what waits is retried. */
        const mend = async (): Promise<void> => {
          bad.clear();
          seen.set('retried', (seen.get('retried') ?? 0) + (await retryAll(all)));
        };
        try {
          for (const [index, step] of steps.entries()) {
            if (step.pick % 5 === 0) bad.add(await nextEvent(world, step.pick + step.other));
            if (step.pick % 7 === 0) await mend();
            await take(world, step);
            if (step.restart !== null) await all.restart(step.restart);
            if (step.advance) await all.advance();
            const { pages, limit } = reads[index % reads.length] ?? { pages: 1, limit: 1 };
            if (pages === 0) await same(`after step ${index}, ${step.what}`);
            for (const copy of copies) await readSome(copy, pages, limit);
          }
          await all.advance();
          await mend();
          t.same(await all.runner().parked(), []);
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
    t.comment(`what copies were told to drop, and what had waited: ${[...seen].map(([what, times]) => `${what} ${times}`).join(', ')}`);
  },
);
