import type { DomainEvent } from '@averment/domain';
import type { EventLog, Logged } from '@averment/event-log';
import { createMemoryStore } from '@averment/event-log/testing';
import { createLogger } from '@averment/platform';
import fc from 'fast-check';
import type { Pool } from 'pg';
import t from 'tap';
import type { Projection } from '../src/projection.ts';
import { createRecordProjection } from '../src/projections/record/index.ts';
import { createReviewsProjection } from '../src/projections/reviews/index.ts';
import { buildInBulk } from '../src/runner/bulk.ts';
import { createModel, dropModel, nextModel } from '../src/runner/model.ts';
import { installed } from './installed.ts';
import { everyRow, models } from './models.ts';
import { begin, story, take } from './story.ts';
import { createWorld, type World } from './world.ts';

const logger = createLogger({ level: 'silent', name: 'test' });
const projections = () => [createRecordProjection(installed), createReviewsProjection(installed)];

/** Builds these beside the models in use, up to the head of the log. */
const beside = async (
  pool: Pool,
  log: World['log'],
  built: readonly Projection[],
  limits: { pageSize?: number; isRoomy?: () => boolean } = {},
): Promise<number> => {
  const session = await pool.connect();
  try {
    const next = built.map(nextModel);
    for (const model of next) {
      await dropModel(session, model.schema);
      await createModel(session, model, 'test.0');
    }
    const shared = { pool, session, log, logName: async () => 'test.0', logger, stopped: () => false };
    return await buildInBulk({ ...shared, models: next, until: await log.head(), ...limits });
  } finally {
    session.release();
  }
};

t.test('whatever is kept of the first reading, in whatever pages, the rows are those of the live models (P5)', async (t) => {
  await fc.assert(
    fc.asyncProperty(story, fc.boolean(), fc.integer({ min: 1, max: 60 }), fc.nat(4), async (steps, lags, pageSize, pages) => {
      const undo: (() => Promise<void> | void)[] = [];
      const world = createWorld({ store: createMemoryStore({ lags }) });
      await begin(world);
      const { pool, advance } = await models({ teardown: (run) => void undo.push(run) }, world);
      try {
        for (const step of steps) {
          await take(world, step);
          if (step.advance) await advance();
        }
        await advance();
        const live = await everyRow(pool);
        const equal = async (how: string) => {
          const built = await everyRow(pool, '_next');
          for (const table of Object.keys(live)) t.same(built[table], live[table], `${how}: ${table}`);
        };
        await beside(pool, world.log, projections());
        await equal('together');
        let left = pages;
        await beside(pool, world.log, projections(), { pageSize, isRoomy: () => left-- > 0 });
        await equal(`in pages of ${pageSize}, the first ${pages} of them kept`);
        for (const one of projections()) await beside(pool, world.log, [one], { isRoomy: () => false });
        await equal('alone, with nothing kept');
        return t.passing();
      } finally {
        for (const each of undo) await each();
      }
    }),
    { numRuns: 3, endOnFailure: true },
  );
});

/** The log as a program reads it that knows nothing of these events, by stream and revision. */
const unknowing = (log: World['log'], unknown: ReadonlySet<string>): World['log'] => {
  const without = (events: Logged<DomainEvent>[]): Logged<DomainEvent>[] =>
    events.map((event) =>
      unknown.has(`${event.stream} ${event.revision}`)
        ? { ...event, undecodable: 'unknown_type' as const, error: 'this program knows no such event', type: event.type as string }
        : event,
    );
  return {
    ...log,
    readAll: async (...asked: Parameters<EventLog<DomainEvent>['readAll']>) => without(await log.readAll(...asked)),
    readStream: async (...asked: Parameters<EventLog<DomainEvent>['readStream']>) => without(await log.readStream(...asked)),
  };
};

t.test('what cannot be decoded is parked as it is event by event, with what rests on it', async (t) => {
  const world = createWorld();
  await world.cast();
  for (const name of ['bridge', 'market', 'harbour']) await world.publish(name);
  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await world.correctParty('bureau', { name: 'The bureau, renamed again' });
  await world.apply('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled' }) }]);
  await world.apply('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled', stance: 'denies' }) }]);
  await world.apply('market', [{ kind: 'merge_incident', into: world.id('incident', 'harbour'), reason: 'The same.' }]);
  const bridge = (revision: number) => `${world.id('incident', 'bridge')} ${revision}`;
  const unknown = new Set([
    bridge(6),
    bridge(9),
    `${world.id('party', 'bureau')} 1`,
    `${world.id('source', 'article')} 0`,
    `${world.id('incident', 'market')} 5`,
  ]);
  const log = unknowing(world.log, unknown);
  const parkedIn = async (pool: Pool, isNext: boolean) => {
    const { rows } = await pool.query(
      `SELECT projection, stream, revision, first_revision, position, type, error, attempts, erasure_waits, merges_into FROM runner.parked
        WHERE model LIKE '%next' = $1 ORDER BY projection, stream`,
      [isNext],
    );
    return rows;
  };

  const { pool, advance } = await models(t, { ...world, log });
  await advance();
  await beside(pool, log, projections());
  const parked = await parkedIn(pool, true);
  t.same(parked, await parkedIn(pool, false));
  t.equal(parked.length, 8, 'four streams in each of both models');
  const [live, built] = [await everyRow(pool), await everyRow(pool, '_next')];
  for (const table of Object.keys(live)) t.same(built[table], live[table], table);
});

t.test('a rebuild takes what it can in one go, and all else batch by batch', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  await world.publish('harbour');
  let batches = 0;
  const poison = new Set<string>();
  const { pool, advance, runner, rebuild } = await models(t, world, (projection) => ({
    ...projection,
    apply: async (tx, events, context) => {
      if (context.schema.includes('_next')) batches += 1;
      await projection.apply(tx, events, context);
    },
    bulk: () => {
      const building = projection.bulk?.() ?? { pass: () => [] };
      return {
        ...building,
        take: (groups, folded) => {
          if (groups.some((group) => [...group.keys()].some((stream) => poison.has(stream)))) throw new Error('poison');
          return building.take?.(groups, folded) ?? [];
        },
      };
    },
  }));
  await advance();
  const live = await everyRow(pool);
  const { events } = await runner().rebuild('record');
  t.equal(events, (await world.log.readAll(0n, 1000)).length);
  t.match(await runner().rebuildAll(['record', 'reviews']), [
    { projection: 'record', swapped: true, parked: [] },
    { projection: 'reviews', swapped: true, parked: [] },
  ]);
  t.equal(batches, 0);
  t.same(await everyRow(pool), live);

  poison.add(world.id('incident', 'bridge'));
  await rebuild();
  t.ok(batches > 0);
  t.same(await everyRow(pool), live);
});

t.test('a rebuild in one go that is told to stop leaves the live models as they were', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  let stopping: (() => Promise<void>) | undefined;
  const { pool, advance, runner, restart, rebuild } = await models(t, world, (projection) => ({
    ...projection,
    bulk: () => {
      const building = projection.bulk?.() ?? { pass: () => [] };
      return {
        ...building,
        take: (groups, folded) => {
          void stopping?.();
          return building.take?.(groups, folded) ?? [];
        },
      };
    },
  }));
  await advance();
  const live = await everyRow(pool);
  const stopped = runner();
  stopping = () => stopped.close();
  await t.rejects(stopped.rebuildAll(['record', 'reviews']), { name: 'RebuildStopped' });
  t.same(await everyRow(pool), live);
  stopping = undefined;
  await restart();
  await rebuild();
  t.same(await everyRow(pool), live);
});
