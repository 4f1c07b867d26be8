import { type DomainEvent, evolveIncident, initialIncident, recordEvents } from '@averment/domain';
import { decoded } from '@averment/event-log';
import fc from 'fast-check';
import t from 'tap';
import { appendsOf } from '../src/projections/appends.ts';
import { createCounting } from '../src/queries/counting.ts';
import { models } from './models.ts';
import { begin, story, take } from './story.ts';
import { createWorld, type World } from './world.ts';

/** What documents are made of; not what the review needs of the record. */
const recordOf = (events: readonly DomainEvent[]) => {
  const state = events.reduce(evolveIncident, initialIncident());
  const { status, recordRevision, recordedAt, fields, mergedInto, claims, disputes, proceedings, rulings, corrections, namedBy } = state;
  return { status, recordRevision, recordedAt, fields, mergedInto, claims, disputes, proceedings, rulings, corrections, namedBy };
};

/** The record events of the whole appends up to a position. */
const recordAt = (events: readonly DomainEvent[], position: bigint): DomainEvent[] =>
  appendsOf(events)
    .filter((append) => append.position <= position)
    .flatMap((append) => append.events)
    .filter(({ type }) => recordEvents.has(type));

const ranked = (world: World, name: string, rank: string) => {
  const [claim] = world.stateOf(name).claims.keys();
  return { kind: 'rank_claim', claim, rank, reason: `It is ${rank}.` };
};

t.test('the record folded from what counts is the record, at every position and however much was noted before', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      story,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.infiniteStream(fc.nat()),
      async (...given) => {
        const [told, chunk, every, random] = given;
        const undo: (() => Promise<void> | void)[] = [];
        const world = createWorld();
        await begin(world);
        for (const step of told) await take(world, step);
        const { pool } = await models({ teardown: (run) => void undo.push(run) }, world);
        try {
          const counting = createCounting({ pool, log: world.log }, { chunk, every });
          const head = Number(await world.log.head());
          for (const stream of world.incidents.keys()) {
            const events = decoded(await world.log.readStream(stream, 0));
            for (let asked = 0; asked < 12; asked += 1) {
              const position = BigInt((random.next().value ?? 0) % (head + 1));
              t.same(recordOf(await counting(stream, position)), recordOf(recordAt(events, position)), `${stream} at ${position}`);
            }
          }
        } finally {
          for (const each of undo) await each();
        }
      },
    ),
    { numRuns: 3, endOnFailure: true },
  );
});

t.test('of what no longer counts no text is read, and what was noted is not read again', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('stop');
  for (const rank of ['preferred', 'normal', 'deprecated', 'normal', 'preferred', 'deprecated'])
    await world.apply('stop', [ranked(world, 'stop', rank)]);
  const stream = world.id('incident', 'stop');
  const { pool } = await models(t, world);
  const read = { texts: [] as number[], from: [] as number[], last: 0n };
  const log: World['log'] = {
    ...world.log,
    readStream: async (name, from, options) => {
      const events = await world.log.readStream(name, from, options);
      read.last = [read.last, ...events.map(({ position }) => position)].reduce((one, other) => (one > other ? one : other));
      if (options?.texts === false) read.from.push(from);
      else read.texts.push(...events.map(({ revision }) => revision));
      return events;
    },
  };
  const counting = createCounting({ pool, log }, { chunk: 8, every: 6 });
  const head = await world.log.head();
  const ranks = async (until: bigint) =>
    (await counting(stream, until)).flatMap((event) => (event.type === 'ClaimRanked' ? [event.data] : []));
  const last = { rank: 'deprecated', reason: 'It is deprecated.' };
  t.match(await ranks(head), [last]);
  t.equal(read.texts.length, new Set(read.texts).size);
  t.equal(read.texts.length, 1 + 1 + 1, 'the report, its claim, and the last rank');

  const notes = async () =>
    (await pool.query('SELECT revision FROM runner.counted ORDER BY revision')).rows.map(({ revision }) => revision);
  while ((await notes()).length < 3) await new Promise((resolve) => setImmediate(resolve));
  const noted = await notes();
  read.from.length = 0;
  t.match(await ranks(head), [last]);
  t.same(read.from.at(0), noted.at(-1), 'from the last note on');

  read.last = 0n;
  const published = (await world.log.readStream(stream, 0)).find(({ type }) => type === 'ClaimAdded')?.position ?? 0n;
  t.same(await ranks(published), [], 'then there was no rank');
  t.equal(read.last, published, 'nor was anything read of what came later');

  await pool.query("UPDATE runner.counted SET sha256 = 'that of another log', setting = '{}'");
  t.match(await ranks(head), [last], 'what was noted of another log is not believed');
  while ((await notes()).length < 3) await new Promise((resolve) => setImmediate(resolve));
  await pool.query('UPDATE runner.counted SET version = 0, staying = ARRAY[99]');
  t.match(await ranks(head), [last], 'nor what another rule has counted');
});
