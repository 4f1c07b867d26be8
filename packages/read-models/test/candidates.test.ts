import { type Profile, personNames, profileOf, standardVocabulary } from '@averment/domain';
import { decoded } from '@averment/event-log';
import t from 'tap';
import { type Profiled, writeCandidates } from '../src/projections/candidates/index.ts';
import { pairAll } from '../src/projections/candidates/pairs.ts';
import { models } from './models.ts';
import { createWorld } from './world.ts';

const schema = 'record_v21';

/** Incidents that only their source brings together. */
const rowOfList = (number: number): NonNullable<Profiled> => {
  const id = `incident_${String(number).padStart(4, '0')}`;
  const profile: Profile = profileOf(
    {
      id,
      fields: {
        title: '',
        occurred: { date: null },
        place: { text: '', locality: 'Mesa', region: 'US-CO', country: 'US', point: null, precision: 'locality' },
        agencies: ['party_a'],
      } as never,
      claims: [{ aspect: 'shots_fired', about: null, value: { kind: 'none' }, citations: [{ source: 'source_list' } as never] }],
      members: [id],
      distinct: [],
    },
    {
      vocabulary: standardVocabulary,
      parties: () => ({ kind: 'agency', private: false, names: ['Mesa Police'], survivor: null }),
      sources: () => ({ url: null }),
    },
  );
  return { incident: id, published: true, retracted: false, authors: [], profile };
};

t.test('a key that too many have brings nothing together, in whatever order they came', async (t) => {
  const { pool } = await models(t, createWorld());
  const tx = await pool.connect();
  t.teardown(() => tx.release());
  const write = (...rows: (readonly [string, Profiled])[]) => writeCandidates(tx, schema, new Map(rows));
  const list = Array.from({ length: 201 }, (_, number) => rowOfList(number));
  const [last, ...others] = list.toReversed().map((row) => [row.incident, row] as const);
  const pairs = async () => (await tx.query(`SELECT count(*)::int AS n FROM ${schema}.candidate_pairs`)).rows[0].n;
  const all = 200 * 199 * 0.5;
  for (let from = 0; from < others.length; from += 90) await write(...others.slice(from, from + 90));
  t.equal(await pairs(), all);
  await write(last ?? ['', null]);
  t.equal(await pairs(), 0, 'one more, and it says too little');
  await write([others[0]?.[0] ?? '', null]);
  t.equal(await pairs(), all, 'one less, and it says enough again');
  await tx.query(`TRUNCATE ${schema}.candidate_pairs`);
  await pairAll(tx, schema);
  t.equal(await pairs(), all, 'all at once finds the same');
});

t.test('what incidents are compared by goes with the texts that it was made of', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.party('victim', { kind: 'person', name: 'Zanzi Barbara', private: false, publicRole: 'the mayor' });
  await world.source('listed', { url: 'https://example.org/zanzibar' });
  const claim = {
    aspect: 'hit_by_gunfire',
    about: world.id('party', 'victim'),
    citations: [{ source: world.id('source', 'listed'), quote: { exact: 'the car moved' } }],
  };
  await world.propose('bridge', { claims: [world.claim(claim)] });
  await world.propose('market', { claims: [world.claim(claim)] });
  const { pool, advance } = await models(t, world);
  await advance();
  const shown = async () => JSON.stringify((await pool.query(`SELECT profile FROM ${schema}.profiles`)).rows);
  const keys = async () => (await pool.query(`SELECT count(DISTINCT key)::int AS n FROM ${schema}.meeting_keys`)).rows[0].n;
  const reasons = async () => JSON.stringify((await pool.query(`SELECT reasons FROM ${schema}.candidate_pairs`)).rows);
  const surname = personNames('Zanzi Barbara')[0]?.whole ?? '-';
  const [before, known] = [await shown(), await keys()];
  t.ok(before.includes(surname) && before.includes('example.org/zanzibar'), 'proposals are compared by them');
  t.match(await reasons(), /same_person/);
  await world.erase(world.id('party', 'victim'), 0, '/name');
  await world.erase(world.id('source', 'listed'), 0, '/url');
  await advance();
  const after = await shown();
  t.notOk(after.includes(surname) || after.includes('zanzibar'), 'neither name nor address is there');
  t.ok((await keys()) < known, 'nor a key of them');
  t.notMatch(await reasons(), /same_person/);
});

t.test('a text that is kept from the public is compared with nothing', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const stream = world.id('incident', 'bridge');
  const { pool, advance } = await models(t, world);
  await advance();
  const localities = async () =>
    (await pool.query(`SELECT profile->'locality'->>'name' AS name FROM ${schema}.profiles`)).rows.map(({ name }) => name);
  t.same(await localities(), ['minneapolis']);
  const events = decoded(await world.log.readStream(stream, 0));
  const revision = events.find(({ type }) => type === 'IncidentReported')?.revision ?? 0;
  await world.restrict('TextRestricted', stream, revision, ['/place/locality']);
  await advance();
  t.same(await localities(), [null]);
});
