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

t.test('the public gets quotes of at most 300 characters, and bytes with an ETag of their own', async (t) => {
  const world = createWorld();
  await world.cast();
  const long = `${'word '.repeat(99)}word`;
  await world.source('long', { text: long });
  const citations = [{ source: world.id('source', 'long'), quote: { exact: long } }];
  await world.publish('bridge', { claims: [world.claim({ citations })] });
  await world.publish('market');
  const { queries } = await models(t, world);
  const [id, short] = [world.id('incident', 'bridge'), world.id('incident', 'market')];
  const [open, keyed] = [await queries.incident(id, null), await queries.incident(id, contributor)];
  t.match(JSON.parse(open?.body ?? '{}'), { claims: [{ citations: [{ quote: { exact: long.slice(0, 299), shortened: true } }] }] });
  t.match(JSON.parse(keyed?.body ?? '{}'), { claims: [{ citations: [{ quote: { exact: long } }] }] });
  t.match([open?.etag, keyed?.etag], [/^"[\w-]+"$/, /^"[\w-]+"$/]);
  t.not(open?.etag, keyed?.etag);
  t.same(await queries.incident(short, null), await queries.incident(short, contributor), 'nothing to cut: the same bytes');
});

t.test('the past by revision stops at whole appends, and has the parties of that time', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  await world.correctParty('bureau', { name: 'The renamed bureau' });
  await world.apply('bridge', [
    { kind: 'correct_incident', set: { title: 'A second title' }, reason: 'It was wrong.', citations: world.claim().citations },
  ]);
  await world.correctParty('bureau', { name: 'The bureau of now' });
  const waited: bigint[] = [];
  const { queries } = await models(t, world, undefined, undefined, async (position) => void waited.push(position));
  const id = world.id('incident', 'bridge');
  const at = async (revision: number, viewer: Parameters<typeof queries.incidentAt>[2] = null) => {
    const past = await queries.incidentAt(id, { revision }, viewer);
    const document = JSON.parse(past?.body ?? 'null');
    return past && [past.asOfRevision, document.revision, document.title, document.parties[0].name];
  };
  const first = 'Officers stop a car near the bridge';
  t.same(await at(4), [4, 4, first, 'The bureau']);
  t.ok(
    waited.length === 1 && waited[0] === (await world.log.readStream(id, 4, { to: 4 }))[0]?.position,
    'it waits for the models to be there',
  );
  t.equal(await at(3), null, 'inside the append that published it, it was not published yet');
  t.same(await at(3, contributor), [0, null, first, 'The bureau'], 'its author saw the proposal');
  t.equal(await at(0, { role: 'contributor', subject: 'other' }), null);
  t.same(await at(5), [5, 4, first, 'The renamed bureau'], 'at the next event of its stream the party had another name');
  t.same(await at(8), [8, 8, 'A second title', 'The renamed bureau']);
  t.equal(await at(9), null, 'no such revision');
  t.match(JSON.parse((await queries.comparisonAt(id, { revision: 4 }, null))?.body ?? '{}'), {
    aspects: [{ aspect: 'vehicle_motion', state: 'single_account' }],
  });
  t.match(JSON.parse((await queries.comparison(id, null))?.body ?? '{}'), { incidentId: id, voices: [{ name: 'The department' }] });
  t.equal(await queries.incidentAt(world.id('incident', 'nowhere'), { revision: 0 }, contributor), null);
});

t.test('a text that is in memory is not read again while its tag stands in the model, and only then', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const { queries, pool } = await models(t, world);
  const id = world.id('incident', 'bridge');
  const first = await queries.incident(id, null);
  const set = (columns: string) => pool.query(`UPDATE record_v21.incidents SET ${columns} WHERE id = $1`, [id]);
  await set("document = 'another text'");
  t.same(await queries.incident(id, null), first, 'the tag is the same, so the text is');
  t.same(await queries.incident(id, contributor), { ...first, body: 'another text' }, 'readers of another tier have texts of their own');
  await set(`etag = '"2"'`);
  t.same(await queries.incident(id, null), { body: 'another text', etag: '"2"' });

  const asking = (held?: string) => ({
    held,
    noteFreshness: () => undefined,
    client: { name: 'reader', signal: new AbortController().signal },
  });
  await set(`etag = '"3"'`);
  t.same(await queries.incident(id, null, asking('"3"')), { body: null, etag: '"3"' }, 'a caller who has the text is not sent it');
  t.same(
    await queries.incident(id, null, asking('"2"')),
    { body: 'another text', etag: '"3"' },
    'and what was not read for one is read for the next',
  );
  t.same(await queries.incident(id, null, asking('"3"')), { body: null, etag: '"3"' });
  await pool.query(`DELETE FROM record_v21.incidents WHERE id = $1`, [id]);
  t.equal(await queries.incident(id, null), null, 'what is in memory does not outlive its row');
  t.equal(await queries.incident(id, null), null);
});
