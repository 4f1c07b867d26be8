import type { IncidentDocument } from '@averment/domain';
import t from 'tap';
import { everyRow, type Models, models } from './models.ts';
import { createWorld, type World } from './world.ts';

const merge = (world: World, into: string) => [{ kind: 'merge_incident', into: world.id('incident', into), reason: 'They are the same.' }];
const documentOf = async ({ queries }: Models, world: World, name: string): Promise<IncidentDocument> =>
  JSON.parse((await queries.incident(world.id('incident', name), null))?.body ?? '{}');
const claimsOf = (document: IncidentDocument): string[] => document.claims.map(({ incidentId }) => incidentId);

t.test('a merge is a link, also by way of others, and is taken back exactly', async (t) => {
  const world = createWorld();
  await world.cast();
  const [one, two, three] = ['bridge', 'market', 'harbour'].map((name) => world.id('incident', name));
  for (const name of ['bridge', 'market', 'harbour']) await world.publish(name);
  const all = await models(t, world);
  await all.advance();
  const before = await documentOf(all, world, 'harbour');
  const etag = (await all.queries.incident(three ?? '', null))?.etag;

  await world.apply('bridge', merge(world, 'market'));
  await world.apply('market', merge(world, 'harbour'));
  await all.advance();
  t.match(await documentOf(all, world, 'bridge'), { status: 'merged', mergedInto: two, mergeCut: false });
  const target = await documentOf(all, world, 'harbour');
  t.same(target.mergedFrom, [two, one]);
  t.same(claimsOf(target), [three, two, one]);
  const { items } = await all.queries.claims({ incident: one ?? '' }, { limit: 10, cursor: null }, null);
  t.match(items, [{ incidentId: one }], 'the claims stay with their incident');

  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await world.apply('market', [{ kind: 'unmerge_incident', reason: 'They are not.' }]);
  await world.correctParty('bureau', { name: 'The bureau' });
  await all.advance();
  t.same(await documentOf(all, world, 'harbour'), before);
  t.equal((await all.queries.incident(three ?? '', null))?.etag, etag, 'the same bytes again');
  t.same((await documentOf(all, world, 'market')).mergedFrom, [one]);
});

t.test('a circle made by two approvals at once is cut by log order, flagged, and heals', async (t) => {
  const world = createWorld();
  await world.cast();
  for (const name of ['bridge', 'market']) await world.publish(name);
  const all = await models(t, world);
  const [one, two] = ['bridge', 'market'].map((name) => world.id('incident', name));
  const first = await world.submit('bridge', merge(world, 'market'));
  const second = await world.submit('market', merge(world, 'bridge'));
  await world.decide('bridge', first.edit, 'reviewer', 'approve');
  await world.decide('market', second.edit, 'reviewer', 'approve');
  // Each decision sees the other incident as it was before the other decision.
  await Promise.all([
    world.decide('bridge', first.edit, 'reviewer2', 'approve'),
    world.decide('market', second.edit, 'reviewer2', 'approve'),
  ]);
  await all.advance();
  t.match(await documentOf(all, world, 'bridge'), { mergedInto: two, mergeCut: false, mergedFrom: [] });
  t.match(await documentOf(all, world, 'market'), { mergedInto: one, mergeCut: true, mergedFrom: [one] });

  await world.apply('bridge', [{ kind: 'unmerge_incident', reason: 'Not so.' }]);
  await all.advance();
  t.match(await documentOf(all, world, 'bridge'), { mergedInto: null, mergedFrom: [two] }, 'what was cut counts now');
  t.match(await documentOf(all, world, 'market'), { mergedInto: one, mergeCut: false, mergedFrom: [] });

  const live = await everyRow(all.pool);
  await all.rebuild();
  t.same(await everyRow(all.pool), live);
});
