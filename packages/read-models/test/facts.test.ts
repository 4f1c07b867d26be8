import { createHash } from 'node:crypto';
import t from 'tap';
import type { Freshness } from '../src/index.ts';
import { models } from './models.ts';
import { createWorld, text } from './world.ts';

const contributor = { role: 'contributor', subject: 'author' } as const;
const app = { role: 'app', subject: 'app' } as const;
const page = { limit: 50, cursor: null };
const sha256 = (of: string): string => createHash('sha256').update(of).digest('hex');

t.test('sources and parties are public once an approved edit uses them', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.source('unused', { title: 'A document of no use', url: null });
  await world.propose('bridge');
  const { queries, advance } = await models(t, world);
  const [article, bureau, department, city] = [
    world.id('source', 'article'),
    ...['bureau', 'department', 'city'].map((name) => world.id('party', name)),
  ];
  t.equal(await queries.source(article, null), null, 'a proposal makes nothing public');
  t.equal(await queries.party(bureau ?? '', app), null);
  t.same((await queries.parties({}, page, app)).items, []);
  t.match(await queries.source(article, contributor), { title: 'About the article' });

  await world.approve('bridge', 1);
  await advance();
  t.match(await queries.source(article, null), {
    id: article,
    kind: 'article',
    publisher: 'The outlet',
    url: 'https://example.org/article',
    textSha256: sha256(text),
    revision: 1,
    withdrawn: false,
  });
  t.match(await queries.party(bureau ?? '', null), { name: 'The bureau', aliases: ['The office'], parent: department, private: false });
  t.match(await queries.party(department ?? '', null), { name: 'The department' }, 'the parent of one that is used');
  t.equal(await queries.party(city ?? '', null), null);
  t.same(
    (await queries.sources({}, page, null)).items.map(({ id }) => id),
    [article],
  );
  t.same(
    (await queries.sources({}, page, contributor)).items.map(({ id }) => id),
    [world.id('source', 'unused'), article],
    'newest first',
  );
});

t.test('sources and parties are found by the beginnings of words, by url, by kind, and page by page', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.party('precinct', { name: 'Zürich 3rd Precinct', aliases: ['Police'] });
  for (let index = 0; index < 3; index += 1)
    await world.source(`page${index}`, { url: `https://example.org/${index}`, authors: ['A reporter'] });
  const { queries } = await models(t, world);
  const names = async (filters: Parameters<typeof queries.parties>[0]) =>
    (await queries.parties(filters, page, contributor)).items.map(({ name }) => name);
  t.same(await names({ q: 'zur prec' }), ['Zürich 3rd Precinct'], 'accents and endings do not matter');
  t.same(await names({ q: '3rd' }), ['Zürich 3rd Precinct']);
  t.same(await names({ q: 'pol' }), ['Zürich 3rd Precinct'], 'an alias');
  t.same(await names({ q: '!' }), []);
  t.same(
    await names({ q: "the ':* | &" }),
    ['The bureau', 'The city', 'The court', 'The department', 'the driver of the stopped car'],
    'no sign has a meaning',
  );
  t.same(await names({ kind: 'court' }), ['The court']);
  const titles = async (filters: Parameters<typeof queries.sources>[0]) =>
    (await queries.sources(filters, page, contributor)).items.map(({ title }) => title);
  t.same(await titles({ url: 'https://example.org/1' }), ['About the page1']);
  t.same(await titles({ q: 'reporter page2' }), ['About the page2']);

  const seen = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const read = await queries.parties({}, { limit: 3, cursor }, contributor);
    seen.push(...read.items.map(({ name }) => name));
    cursor = read.next;
  }
  t.same(seen, [
    'a witness',
    'The bureau',
    'The city',
    'The court',
    'The department',
    'the driver of the stopped car',
    'Zürich 3rd Precinct',
  ]);
});

t.test('a source is known again by its url and text, and its texts are read from the log', async (t) => {
  const world = createWorld();
  await world.cast();
  const { queries, advance } = await models(t, world);
  const id = world.id('source', 'article');
  t.equal(await queries.sourceWith('https://example.org/article', sha256(text)), id);
  t.equal(await queries.sourceWith(null, sha256(text)), null, 'another url');
  await world.changeSource('article', { kind: 'revise_text', text: 'Another text.' });
  await advance();
  t.match(await queries.source(id, contributor), { revision: 2, textSha256: sha256('Another text.') });
  t.same(await queries.sourceText(id, 1, contributor), { id, revision: 1, text, textSha256: sha256(text), pages: null, cues: null });
  t.match(await queries.sourceText(id, null, contributor), { revision: 2, text: 'Another text.' });
  t.equal(await queries.sourceText(id, 3, contributor), null);
  await world.erase(id, 0, '/text');
  await advance();
  t.match(await queries.sourceText(id, 1, contributor), { text: null, textSha256: null });
  t.equal(await queries.sourceText(world.id('source', 'none'), null, contributor), null);
});

t.test('claims are listed across incidents, and a speaker is summed up unless private', async (t) => {
  const world = createWorld();
  await world.cast();
  const long = `${'word '.repeat(99)}word`;
  await world.source('long', { text: long });
  const citations = [{ source: world.id('source', 'long'), quote: { exact: long } }];
  await world.publish('bridge', {
    claims: [world.claim(), world.claim({ aspect: 'fled', speaker: world.id('party', 'witness'), capacity: 'eyewitness', citations })],
  });
  await world.publish('market', { occurred: { date: '2025-10' } });
  const [first, second] = world.stateOf('bridge').claims.keys();
  await world.apply('bridge', [{ kind: 'retract_claim', claim: first, reason: 'It was not said.' }]);
  const { queries, advance } = await models(t, world);
  const found = async (filters: Parameters<typeof queries.claims>[0]) =>
    (await queries.claims(filters, page, app)).items.map(
      ({ id, standing }) => `${id === first ? 'first' : id === second ? 'second' : 'third'} ${standing}`,
    );
  const bureau = world.id('party', 'bureau');
  t.same(await found({}), ['third standing', 'second standing', 'first retracted'], 'the latest added first');
  t.same(await found({ speaker: bureau }), ['third standing', 'first retracted']);
  t.same(await found({ speaker: bureau, standing: 'retracted' }), ['first retracted']);
  t.same(await found({ aspect: 'fled' }), ['second standing']);
  t.same(await found({ source: world.id('source', 'long') }), ['second standing']);
  t.same(await found({ to: '2025-12-31' }), ['third standing'], 'by the day of the incident');
  t.same(await found({ incident: world.id('incident', 'bridge') }), ['second standing', 'first retracted']);
  const { items, next } = await queries.claims({}, { limit: 2, cursor: null }, null);
  t.match(
    items[1],
    {
      incidentId: world.id('incident', 'bridge'),
      incidentTitle: 'Officers stop a car near the bridge',
      citations: [{ quote: { exact: long.slice(0, 299), shortened: true } }],
    },
    'without a key quotes are cut',
  );
  t.match((await queries.claims({}, { limit: 2, cursor: next }, null)).items, [{ id: first }]);
  t.match(
    (await queries.claims({ aspect: 'fled' }, page, app)).items,
    [{ citations: [{ quote: { exact: long.slice(0, 299), shortened: true } }] }],
    'for an app too',
  );
  t.match((await queries.claims({ aspect: 'fled' }, page, contributor)).items, [{ citations: [{ quote: { exact: long } }] }]);

  t.match(await queries.partySummary(bureau, null), {
    party: { id: bureau },
    incidents: 2,
    claims: 2,
    byStanding: [
      { standing: 'standing', claims: 1 },
      { standing: 'retracted', claims: 1 },
    ],
  });
  t.equal(await queries.partySummary(world.id('party', 'witness'), contributor), null, 'a private person');
  t.equal(await queries.partySummary(world.id('party', 'court'), null), null, 'not public yet');

  await world.correctParty('witness', { private: false, publicRole: 'judge' });
  await advance();
  t.match(await queries.partySummary(world.id('party', 'witness'), null), { claims: 1 });
});

t.test('reads of one turn are one statement, and each gets its own answer', async (t) => {
  const world = createWorld();
  await world.cast();
  for (const name of ['bridge', 'market', 'harbour']) await world.publish(name);
  const { queries, pool } = await models(t, world);
  const query = pool.query.bind(pool);
  let statements = 0;
  pool.query = ((...args: Parameters<typeof query>) => {
    statements += 1;
    return query(...args);
  }) as typeof pool.query;
  const ids = ['bridge', 'market', 'bridge', 'nowhere', 'harbour'].map((name) => world.id('incident', name));
  const found = await Promise.all(ids.map((id) => queries.incident(id, null)));
  t.same(
    found.map((each) => (each === null ? null : JSON.parse(each.body ?? '{}').id)),
    [ids[0], ids[1], ids[0], null, ids[4]],
  );
  t.equal(statements, 1);

  let noteFreshness: Freshness | undefined;
  const reading = { held: found[1]?.etag, noteFreshness: (freshness: Freshness) => (noteFreshness = freshness) };
  t.same(await queries.incident(ids[1] ?? '', null, reading), { etag: found[1]?.etag, body: null }, 'what the caller holds is not read');
  t.same(noteFreshness, { position: await world.log.head(), parked: new Set() }, 'how the model stood is told');
  t.match((await queries.incident(ids[0] ?? '', null, reading))?.body, ids[0], 'another text is');
  t.equal(statements, 3, 'in the same statement');
});
