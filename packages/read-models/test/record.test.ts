import t from 'tap';
import { models } from './models.ts';
import { createWorld } from './world.ts';

const all = { limit: 50, cursor: null, position: null };
const contributor = { role: 'contributor', subject: 'author' } as const;

t.test('an incident is seen by its author and reviewers until it is approved, then by everybody', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.propose('bridge');
  const { queries, advance } = await models(t, world);
  await advance();
  const id = world.id('incident', 'bridge');
  t.equal(await queries.incident(id, null), null);
  t.equal(await queries.incident(id, { role: 'contributor', subject: 'other' }), null);
  const proposed = JSON.parse((await queries.incident(id, contributor))?.body ?? '{}');
  t.match(proposed, { id, status: 'proposed', revision: null, title: 'Officers stop a car near the bridge', claims: [] });
  t.ok(await queries.incident(id, { role: 'reviewer', subject: 'reviewer' }));
  t.same((await queries.incidents({}, all, contributor)).items, [], 'it is in no list');

  await world.approve('bridge', 1);
  await advance();
  const published = JSON.parse((await queries.incident(id, null))?.body ?? '{}');
  t.match(published, { id, status: 'published', revision: 4, parties: [{ name: 'The bureau' }] });
  t.match((await queries.incidents({}, all, null)).items, [{ id, revision: 4, counts: { claims: 1 } }]);
});
