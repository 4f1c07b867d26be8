import t from 'tap';
import { everyRow, models } from './models.ts';
import { createWorld } from './world.ts';

const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;
const app = { role: 'app', subject: 'author' } as const;
const page = { limit: 50, cursor: null };

t.test('whether a party is private counts as it is by now, in every answer about the past, kept ones too', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.party('mayor', { kind: 'person', name: 'Ada Quillfeather', private: false, publicRole: 'the mayor' });
  const claims = [world.claim({ speaker: world.id('party', 'mayor'), capacity: 'official' })];
  const position = await world.publish('bridge', { claims });
  const id = world.id('incident', 'bridge');
  const all = await models(t, world);
  const { queries, advance, pool, rebuild } = all;

  const told = async (viewer: typeof reviewer | null) => {
    await advance();
    const moment = { position };
    const listed = async (more: object) => (await queries.incidents({ q: 'Quillfeather' }, { ...page, ...more }, viewer)).items.length;
    const documents = [
      (await queries.incident(id, viewer))?.body,
      (await queries.comparison(id, viewer))?.body,
      (await queries.incidentAt(id, moment, viewer))?.body,
      (await queries.comparisonAt(id, moment, viewer))?.body,
      JSON.stringify(await queries.claims({}, page, viewer)),
      JSON.stringify(await queries.party(world.id('party', 'mayor'), viewer)),
    ];
    const found = [await listed({}), await listed({ position }), (await queries.parties({ q: 'Quillfeather' }, page, viewer)).items.length];
    return [...documents.map((document) => document?.includes('Quillfeather')), ...found.map((count) => count === 1)];
  };
  const everywhere = Array(9).fill(true);
  t.strictSame(await told(null), everywhere);
  const as = (isPrivate: boolean) =>
    world.correctParty('mayor', isPrivate ? { private: true } : { private: false, publicRole: 'the mayor' });
  for (const isPrivate of [true, false, true]) {
    await as(isPrivate);
    t.strictSame(await told(null), Array(9).fill(!isPrivate), `private: ${isPrivate}`);
    t.strictSame(await told(reviewer), everywhere, 'reviewers read the name all the time');
    t.match((await queries.incidentAt(id, { position }, null))?.body, `"private":${isPrivate}`);
    const live = await everyRow(pool);
    await rebuild();
    t.same(await everyRow(pool), live);
  }
});

t.test(
  'whose privacy is confirmed is looked for where the name may stand, in whatever order things come, and as a rebuild does it',
  async (t) => {
    const world = createWorld();
    await world.cast();
    const all = await models(t, world);
    const { queries, advance, pool, rebuild } = all;
    const published = async (name: string, body: Parameters<typeof world.publish>[1]) => {
      await world.publish(name, body);
      return world.id('incident', name);
    };
    const asRebuilt = async (said: string) => {
      await advance();
      const live = await everyRow(pool);
      await rebuild();
      t.same(await everyRow(pool), live, said);
    };
    const names = async (id: string) => (await queries.incident(id, null))?.body?.includes('Quillfeather');

    await world.party('child', { kind: 'person', name: 'Ada Quillfeather' });
    const before = await published('bridge', { title: 'A car of the Quillfeather family is stopped' });
    const apart = await published('market', {});
    await advance();
    t.ok(await names(before), 'while nobody has confirmed it');
    await world.correctParty('child', { private: true });
    const after = await published('pier', { title: 'Ada Quillfeather’s car is stopped' });
    await asRebuilt('confirmed between two incidents');
    t.same(await Promise.all([before, after].map(names)), [false, false]);

    const correct = (name: string, title: string) =>
      world.apply(name, [
        { kind: 'correct_incident', set: { title }, conceal: false, reason: 'It was wrong.', citations: world.claim().citations },
      ]);
    await correct('market', 'A. Quillfeather’s car is stopped');
    await asRebuilt('a later event of an incident says the name');
    t.notOk(await names(apart));

    await world.source('told', { title: 'What became of Ada Quillfeather', text: 'The car stood still.' });
    const citations = [{ source: world.id('source', 'told'), quote: { exact: 'The car stood still.' } }];
    const through = await published('harbour', { claims: [world.claim({ citations })] });
    await asRebuilt('a source does');
    t.notOk(await names(through));

    await world.correctParty('child', { name: 'Ada Nightjar' });
    const renamed = await published('mill', { title: 'Nightjar stopped in a car' });
    await world.correctParty('child', { private: false, publicRole: 'the mayor' });
    const open = await published('quay', { title: 'Nightjar, the mayor, is stopped' });
    await asRebuilt('named anew, and public');
    t.match((await queries.incident(renamed, null))?.body, 'Nightjar');
    await world.correctParty('child', { private: true });
    await asRebuilt('private again');
    for (const id of [renamed, open]) t.notMatch((await queries.incident(id, null))?.body, 'Nightjar');

    await world.erase(world.id('party', 'child'), 0, '/name');
    await asRebuilt('the name of before is erased');
    t.same(await Promise.all([before, after, apart].map(names)), [true, true, true], 'what nobody knows is looked for no more');
  },
);

t.test('an app reads as nobody does, whatever else its subject has done', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.propose('bridge');
  const { queries, advance } = await models(t, world);
  await advance();
  const id = world.id('incident', 'bridge');
  t.ok(await queries.incident(id, { role: 'contributor', subject: 'author' }), 'it is its author’s');
  t.equal(await queries.incident(id, app), null);
  t.equal(await queries.edit(id, 1, app), null);
});

t.test('a page of edits ends where it holds enough, and the next one goes on', async (t) => {
  const world = createWorld();
  await world.cast();
  const edits = 3;
  for (let edit = 0; edit < edits; edit += 1) {
    const via: string[] = [];
    for (let n = 0; n < 140; n += 1) {
      await world.party(`outlet ${edit} ${n}`, { kind: 'outlet' });
      via.push(world.id('party', `outlet ${edit} ${n}`));
    }
    const claims = Array.from({ length: 7 }, (_, n) => world.claim({ ref: `c${n}`, via: via.slice(n * 20, n * 20 + 20) }));
    if (edit === 0) await world.publish('bridge');
    await world.submit(
      'bridge',
      claims.map((claim) => ({ kind: 'add_claim', claim })),
    );
  }
  const { queries, advance } = await models(t, world);
  await advance();
  const id = world.id('incident', 'bridge');
  type Page = { items: { edit: number; makesPublic: { parties: object[] } }[]; next: string | null } | null;
  const pages = async (read: (cursor: string | null) => Promise<Page>) => {
    const found: unknown[] = [];
    for (let page = await read(null); page !== null; page = page.next === null ? null : await read(page.next))
      found.push(page.items.map(({ edit, makesPublic }) => [edit, makesPublic.parties.length]));
    return found;
  };
  const wanted = (edit: number) => [edit, 140];
  t.same(await pages((cursor) => queries.reviews({}, { limit: 50, cursor }, reviewer)), [[2, 3].map(wanted), [4].map(wanted)]);
  t.same(await pages((cursor) => queries.edits(id, { limit: 50, cursor }, reviewer)), [[[1, 0], ...[2, 3].map(wanted)], [4].map(wanted)]);
  t.same(
    await pages((cursor) => queries.reviews({}, { limit: 1, cursor }, reviewer)),
    [2, 3, 4].map((edit) => [wanted(edit)]),
  );
});

t.test('an id in a text uses nothing: an edit makes public what it uses, and no more than so much', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.source('note', { title: 'A note' });
  await world.publish('bridge');
  const used = world.id('party', 'newcomer');
  const [told, noted] = [world.id('party', 'bystander'), world.id('source', 'note')];
  for (const name of ['newcomer', 'bystander']) await world.party(name);
  await world.submit('bridge', [
    {
      kind: 'add_claim',
      claim: world.claim({ speaker: used, aspect: 'activity', value: { kind: 'text', value: told, alternatives: [noted] } }),
    },
  ]);
  const { queries, advance } = await models(t, world);
  await advance();
  const id = world.id('incident', 'bridge');
  for (const made of [
    (await queries.edit(id, 2, reviewer))?.makesPublic,
    (await queries.reviews({}, page, reviewer)).items[0]?.makesPublic,
    (await queries.preview(id, 2, reviewer))?.makesPublic,
  ]) {
    t.match(made, { parties: [{ id: used }], sources: [] });
    t.notMatch(JSON.stringify(made), told);
  }
});

t.test('an edit is shown with all that it makes public, also where the model of the record is behind', async (t) => {
  const world = createWorld();
  await world.cast();
  let catchUp = async (): Promise<void> => {
    throw new Error('not reached');
  };
  const waited: bigint[] = [];
  const { queries, runner } = await models(t, world, undefined, undefined, async (position) => {
    waited.push(position);
    await catchUp();
  });
  await runner().advance('record');
  await world.party('newcomer', { parent: world.id('party', 'department'), aliases: ['The new one'] });
  await world.source('note', { title: 'A note', authors: ['Somebody'] });
  const claims = [
    world.claim({
      speaker: world.id('party', 'newcomer'),
      citations: [{ source: world.id('source', 'note'), quote: { exact: 'the car moved' } }],
    }),
  ];
  const position = await world.propose('bridge', { claims });
  await runner().advance('reviews');
  const id = world.id('incident', 'bridge');
  const reads = [
    async () => (await queries.edit(id, 1, reviewer))?.makesPublic,
    async () => (await queries.edits(id, page, reviewer))?.items[0]?.makesPublic,
    async () => (await queries.reviews({}, page, reviewer)).items[0]?.makesPublic,
  ];
  for (const read of reads) await t.rejects(read(), /not reached/, 'it is not shown without');
  t.ok(waited.every((each) => each === position));
  catchUp = async () => void (await runner().advance('record'));
  const names = (made: Awaited<ReturnType<(typeof reads)[0]>>) => [
    made?.parties.map(({ name }) => name).sort(),
    made?.sources.map(({ title }) => title),
  ];
  for (const read of reads)
    t.same(names(await read()), [['The bureau', 'The department', 'The newcomer', 'the driver of the stopped car'], ['A note']]);
  t.match(
    (await reads[0]?.())?.parties.find(({ name }) => name === 'The newcomer'),
    { aliases: ['The new one'] },
    'whole',
  );
});
