import t from 'tap';
import type { IncidentFilters, IncidentSort } from '../src/index.ts';
import { models } from './models.ts';
import { createWorld } from './world.ts';

const page = { limit: 50, cursor: null, position: null };
const place = (more: object) => ({
  text: 'A street',
  locality: 'Minneapolis',
  region: 'US-MN',
  country: 'US',
  precision: 'street',
  ...more,
});

/** Three published incidents, the oldest first; what was in the second changes. */
const three = async () => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge', { place: place({ point: { lat: 44.98, lon: -93.27 } }) });
  await world.publish('market', {
    title: 'Officers fire shots at a van',
    occurred: { date: '2025-10' },
    place: place({ locality: 'Chicago', region: 'US-IL', point: { lat: 41.9, lon: -87.6 } }),
    agencies: [world.id('party', 'city')],
    claims: [
      world.claim({
        aspect: 'shots_fired',
        about: null,
        value: { kind: 'quantity', value: '3', unit: 'shot', comparator: 'exact' },
        statement: 'The city counts three shots.',
      }),
    ],
  });
  await world.publish('harbour', {
    occurred: { dateText: 'Wednesday' },
    place: place({ locality: 'Suva', region: null, country: 'FJ', point: { lat: -18.1, lon: 178.4 } }),
  });
  return world;
};

t.test('every filter finds what it names', async (t) => {
  const world = await three();
  await world.apply('market', [
    {
      kind: 'dispute_claim',
      claim: [...world.stateOf('market').claims.keys()][0],
      basis: 'stated',
      by: world.id('party', 'city'),
      capacity: 'official',
      grounds: 'The city counts two.',
      citations: [{ source: world.id('source', 'article'), quote: { exact: 'stood still' } }],
    },
  ]);
  const { queries, advance } = await models(t, world);
  await advance();
  const found = async (filters: IncidentFilters, sort: IncidentSort = '-recordedAt') => {
    const { items } = await queries.incidents(filters, { ...page, sort }, null);
    return items.map(({ id }) => ['bridge', 'market', 'harbour'].find((name) => world.id('incident', name) === id));
  };
  t.same(await found({}), ['market', 'harbour', 'bridge'], 'the last change of the record comes first');
  t.same(await found({ q: 'shot' }), ['market'], 'another form of the word');
  t.same(await found({ q: 'bureau harbour' }), ['harbour'], 'a party name and a word of the title');
  t.same(await found({ q: '"three shots" -bridge' }), ['market']);
  t.same(await found({ q: 'no such words' }), []);
  t.same(await found({ region: 'US-MN' }), ['bridge']);
  t.same(await found({ locality: 'chicago' }), ['market']);
  t.same(await found({ agency: world.id('party', 'city') }), ['market']);
  t.same(await found({ aspect: 'shots_fired' }), ['market']);
  t.same(await found({ standing: 'disputed' }), ['market']);
  t.same(await found({ disputed: false }), ['harbour', 'bridge']);
  t.same(await found({ hasRuling: true }), []);
  t.same(await found({ from: '2025-10-20', to: '2025-12-31' }), ['market'], 'an imprecise date matches where it overlaps');
  t.same(await found({ from: '2025-10-20', to: '2025-12-31' }, 'occurred'), ['market'], 'in the order of days too');
  t.same(await found({ from: '2025-10-20' }, 'occurred'), ['market', 'bridge']);
  t.same(await found({ from: '2025-10-20' }, '-occurred'), ['bridge', 'market']);
  t.same(await found({ to: '2026-01-14' }, '-occurred'), ['bridge', 'market']);
  t.same(await found({ from: '2025-11-01' }, 'occurred'), ['bridge']);
  t.same(await found({ from: '2026-01-01', to: '2025-01-01' }, 'occurred'), [], 'no days at all');
  t.same(await found({ from: '2026-01-01', to: '2025-01-01' }), []);
  t.same(await found({ from: '2026-01-14' }), ['bridge'], 'an unknown date matches no bound');
  t.same(await found({ bbox: [-94, 44, -93, 45] }), ['bridge']);
  t.same(await found({ bbox: [170, -30, -170, 0] }), ['harbour'], 'across the antimeridian');
  t.same(await found({ status: 'retracted' }), []);
});

t.test('pages follow one another in every order, and show what was there when the first was read', async (t) => {
  const world = await three();
  const { queries, advance } = await models(t, world);
  await advance();
  const sorts: Record<IncidentSort, string[]> = {
    '-recordedAt': ['harbour', 'market', 'bridge'],
    recordedAt: ['bridge', 'market', 'harbour'],
    '-occurred': ['bridge', 'market', 'harbour'],
    occurred: ['harbour', 'market', 'bridge'],
  };
  const first = await queries.incidents({}, { ...page, limit: 1 }, null);
  await world.apply('bridge', [{ kind: 'retract_incident', reason: 'It never happened.' }]);
  await world.publish('square');
  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await advance();

  const second = await queries.incidents({}, { ...page, limit: 2, cursor: first.next }, null);
  t.equal(second.position, first.position);
  t.match(second.items, [{ id: world.id('incident', 'market') }, { id: world.id('incident', 'bridge'), status: 'published' }]);
  t.equal(second.next, null);
  t.match(second.items[1]?.agencies, [{ name: 'The bureau' }], 'what changed since is not seen');

  for (const [sort, expected] of Object.entries(sorts)) {
    const seen = [];
    for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
      const read = await queries.incidents({}, { limit: 1, cursor, position: BigInt(first.position), sort: sort as IncidentSort }, null);
      seen.push(...read.items.map(({ id }) => id));
      cursor = read.next;
    }
    t.same(
      seen,
      expected.map((name) => world.id('incident', name)),
      sort,
    );
  }
});

t.test('a cursor that no page gave is refused', async (t) => {
  const world = await three();
  const { queries, advance } = await models(t, world);
  await advance();
  const { next } = await queries.incidents({}, { ...page, limit: 1 }, null);
  const forged = Buffer.from(JSON.stringify(['incidents -recordedAt', '99999999999999999999', '1', 'x'])).toString('base64url');
  for (const cursor of ['', 'x', '%', forged, Buffer.from('[').toString('base64url')]) {
    await t.rejects(queries.incidents({}, { ...page, cursor }, null), { name: 'BadCursor' }, cursor);
  }
  await t.rejects(queries.incidents({}, { ...page, cursor: next, sort: 'occurred' }, null), { name: 'BadCursor' }, 'of another order');
  const region = { region: 'US-WA' };
  await t.rejects(queries.incidents(region, { ...page, cursor: next }, null), { name: 'BadCursor' }, 'of other filters');
});
