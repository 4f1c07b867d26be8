import t from 'tap';
import { models } from './models.ts';
import { createWorld } from './world.ts';

const viewer = { role: 'reviewer', subject: 'reviewer' } as const;
const page = { limit: 10, cursor: null };

t.test('queries read the version of a model that the runner builds', async (t) => {
  const world = createWorld();
  await world.cast();
  const published = await world.publish('stop');
  await world.submit('stop', [{ kind: 'add_claim', claim: world.claim() }]);
  const incident = world.id('incident', 'stop');

  const built = new Set<string>();
  const { pool, queries, advance } = await models(t, world, (one) => {
    const next = { ...one, version: one.version + 1 };
    built.add(`${next.name}_v${next.version}`);
    return next;
  });
  await advance();
  const { rows } = await pool.query("SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '_v[0-9]+$' ORDER BY nspname");
  t.same(
    rows,
    [...built].sort().map((name) => ({ name })),
    'there is no other',
  );

  const [now, then] = [await queries.incident(incident, viewer), await queries.incidentAt(incident, { position: published }, viewer)];
  t.match(JSON.parse(now?.body ?? ''), { id: incident, status: 'published' });
  t.equal(then?.body, now?.body);
  for (const position of [null, published])
    t.match(await queries.incidents({}, { ...page, position }, viewer), { items: [{ id: incident }] });
  t.match(await queries.incidentEvents(incident, page, viewer), { items: [{ type: 'EditSubmitted' }] });
  t.match(await queries.feed(0n, 1, viewer), { items: [{ type: 'IncidentReported' }] });
  t.match(await queries.claims({}, page, viewer), { items: [{ incidentId: incident }] });
  t.match(await queries.source(world.id('source', 'article'), viewer), { title: 'About the article' });
  t.match(await queries.sources({}, page, viewer), { items: [{ title: 'About the article' }] });
  t.match(await queries.party(world.id('party', 'bureau'), viewer), { name: 'The bureau' });
  t.match(await queries.parties({ q: 'bureau' }, page, viewer), { items: [{ name: 'The bureau' }] });
  t.match(await queries.reviews({}, page, viewer), { items: [{ incidentId: incident, edit: 2 }] });
  t.match(await queries.edit(incident, 2, viewer), { edit: 2, state: 'submitted' });
  t.match(await queries.preview(incident, 2, viewer), { after: { id: incident } });
  t.match(await queries.reviewStats(), { open: 1 });
  t.equal(await queries.storedFold(incident), null, 'only long ones have one');
  t.equal(await queries.parkedUnder(incident, new Set(), true), 0);
});
