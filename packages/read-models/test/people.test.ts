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
