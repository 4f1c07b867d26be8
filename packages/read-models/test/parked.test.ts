import t from 'tap';
import type { Projection } from '../src/index.ts';
import { everyRow, models } from './models.ts';
import { createWorld } from './world.ts';

const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;

/** Projections that cannot take one event of a stream while it is poison. */
const poisoned =
  (poison: Set<string>) =>
  (projection: Projection): Projection => ({
    ...projection,
    apply: async (tx, events, context) => {
      const bad = events.find(({ stream, revision }) => poison.has(`${stream} ${revision}`));
      if (bad !== undefined) throw new Error('poison');
      await projection.apply(tx, events, context);
    },
  });

for (const [what, poison] of [
  ['a correction of a party', (world: ReturnType<typeof createWorld>) => `${world.id('party', 'bureau')} 1`],
  ['a party from its registration on', (world: ReturnType<typeof createWorld>) => `${world.id('party', 'bureau')} 0`],
  ['a source', (world: ReturnType<typeof createWorld>) => `${world.id('source', 'article')} 0`],
  ['an incident in its middle', (world: ReturnType<typeof createWorld>) => `${world.id('incident', 'bridge')} 6`],
  ['a merged incident', (world: ReturnType<typeof createWorld>) => `${world.id('incident', 'market')} 5`],
] as const) {
  t.test(`${what} is parked, the rest goes on, and a retry leaves the rows of a rebuild`, async (t) => {
    const world = createWorld();
    const bad = new Set([poison(world)]);
    await world.cast();
    await world.publish('bridge');
    await world.publish('market');
    await world.publish('harbour');
    const all = await models(t, world, poisoned(bad));
    await all.advance();
    await world.correctParty('bureau', { name: 'The renamed bureau' });
    await world.apply('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled' }) }]);
    await world.apply('market', [{ kind: 'merge_incident', into: world.id('incident', 'harbour'), reason: 'The same.' }]);
    await world.correctParty('city', { name: 'The renamed city' });
    await world.correctParty('bureau', { parent: world.id('party', 'city') });
    await world.apply('bridge', [
      { kind: 'correct_incident', set: { title: 'Corrected' }, reason: 'Wrong.', citations: world.claim().citations },
    ]);
    await world.submit('harbour', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled', speaker: world.id('party', 'witness') }) }]);
    await all.advance();
    const parked = await all.runner().parked();
    t.ok(parked.length > 0 && parked.every(({ stream, revision }) => bad.has(`${stream} ${revision}`)), 'only that one waits');
    t.ok(await all.queries.incident(world.id('incident', 'harbour'), null), 'others are read');
    t.ok((await all.queries.incidents({}, { limit: 9, cursor: null, position: null }, null)).items.length > 0);

    bad.clear();
    for (const { id } of parked) t.match(await all.runner().retry(id, 'admin'), { outcome: 'applied' });
    await all.advance();
    t.same(await all.runner().parked(), []);
    const live = await everyRow(all.pool);
    await all.rebuild();
    const rebuilt = await everyRow(all.pool);
    for (const table of Object.keys(rebuilt)) t.same(live[table], rebuilt[table], table);
    t.ok(await all.queries.edit(world.id('incident', 'harbour'), 2, reviewer));
  });
}
