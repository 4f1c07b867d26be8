import t from 'tap';
import { everyRow, models, poisoned } from './models.ts';
import { createWorld } from './world.ts';

const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;

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
      { kind: 'correct_incident', set: { title: 'Corrected' }, reason: 'It was wrong.', citations: world.claim().citations },
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

t.test('what rests on a stream that waits is known: by its names, its edits, and merges that wait themselves', async (t) => {
  const world = createWorld();
  const witness = world.id('party', 'witness');
  const bad = new Set([`${witness} 0`, `${world.id('source', 'leaflet')} 0`, `${world.id('incident', 'market')} 0`]);
  await world.cast();
  await world.source('leaflet');
  await world.publish('bridge', { claims: [world.claim({ speaker: witness, capacity: 'eyewitness' })] });
  await world.publish('harbour');
  await world.publish('market');
  await world.publish('square', {
    claims: [world.claim({ citations: [{ source: world.id('source', 'leaflet'), quote: { exact: 'the car moved' } }] })],
  });
  const all = await models(t, world, poisoned(bad));
  await all.advance();
  await world.apply('market', [{ kind: 'merge_incident', into: world.id('incident', 'harbour'), reason: 'The same.' }]);
  await world.submit('square', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled', speaker: witness, capacity: 'eyewitness' }) }]);
  await all.advance();
  const waits = async (name: string, edits = false) => {
    const parked = (await all.runner().parked()).filter(({ state }) => state === 'parked');
    return all.queries.parkedUnder(world.id('incident', name), new Set(parked.map(({ stream }) => stream)), edits);
  };
  t.equal(await waits('bridge'), 1, 'a party that it names');
  t.equal(await waits('harbour'), 1, 'an incident that is merged into it');
  t.equal(await waits('square'), 1, 'a source that it cites');
  t.equal(await waits('square', true), 2, 'a party that an edit of it names');
  await world.publish('quay');
  await all.advance();
  t.equal(await waits('quay'), 0);
  await all.rebuild();
  t.equal(await waits('harbour'), 1, 'a rebuild knows it too');

  bad.delete(`${world.id('incident', 'market')} 0`);
  const { matched, applied } = await all.runner().retryAll({ stream: world.id('incident', 'market') }, 10, 'admin');
  t.same({ matched, applied }, { matched: 2, applied: 2 });
  t.equal(await waits('harbour'), 0);
  bad.clear();
  t.match(await all.runner().retryAll({}, 10, 'admin'), { matched: 4, applied: 4, left: 0 });
  for (const name of ['bridge', 'harbour', 'square']) t.equal(await waits(name, true), 0, name);
});

t.test('parked events are retried and skipped by what they are', async (t) => {
  const world = createWorld();
  await world.cast();
  for (let index = 0; index < 6; index += 1) await world.party(`odd${index}`);
  const streams = Array.from({ length: 6 }, (_, index) => world.id('party', `odd${index}`));
  const bad = new Set(streams.map((stream) => `${stream} 0`));
  const all = await models(t, world, poisoned(bad));
  await all.advance();
  const parked = async () => (await all.runner().parked()).filter(({ state }) => state === 'parked').length;
  t.equal(await parked(), 12, 'in both models');
  for (const filter of [{ projection: 'times' }, { stream: 'party_x' }, { type: 'ClaimAdded' }, { error: 'no such' }, { error: '%' }])
    t.match(await all.runner().skipAll(filter, 10, 'admin'), { matched: 0, applied: 0, left: 0 }, JSON.stringify(filter));

  t.match(await all.runner().retryAll({ error: 'pois' }, 5, 'admin'), { matched: 12, applied: 0, parked: 5, left: 7 });
  for (const stream of streams.slice(2)) bad.delete(`${stream} 0`);
  const first = await all.runner().retryAll({ type: 'PartyRegistered', projection: 'record' }, 4, 'admin');
  const second = await all.runner().retryAll({ type: 'PartyRegistered', projection: 'record' }, 4, 'admin');
  t.equal(first.applied + second.applied, 4, 'those that still fail keep no others waiting');
  t.match(await all.runner().skipAll({ projection: 'record' }, 10, 'admin'), { matched: 2, applied: 2, parked: 0, left: 0 });
  t.match(await all.runner().skipAll({ projection: 'record' }, 10, 'admin'), { matched: 0 }, 'nothing is done twice');
  t.match(await all.runner().retryAll({}, 10, 'admin'), { matched: 6, applied: 4, parked: 2 });
  t.same((await all.runner().parked()).map(({ projection, state }) => `${projection} ${state}`).sort(), [
    'record skipped',
    'record skipped',
    'reviews parked',
    'reviews parked',
  ]);
});
