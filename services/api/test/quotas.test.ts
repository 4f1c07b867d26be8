import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { article, expect, furnish, proposal, publish, submit, text } from './support/story.ts';

const harness = await harnessFor(t);
const title = (set: string) => [{ kind: 'correct_incident', set: { title: set }, reason: 'A better title.' }];

t.test('a subject registers so many bytes of sources in a day, and no repeat counts or is refused', async (t) => {
  const own = await harness(t, { quotas: { sourceBytes: 5000, openEdits: null } });
  const send = (length: number, key: string, who: 'contributor' | 'contributor2' = 'contributor') =>
    own.ask('POST', '/v1/sources', { key: who, body: article({ text: 'é'.repeat(length) }), headers: { 'idempotency-key': key } });
  expect(await send(1000, 'a'), 201);
  expect(await send(1000, 'b'), 201);
  expect(await send(1000, 'b'), 201);
  const refused = expect(await send(1000, 'c'), 429);
  t.match(refused.body, { type: '/problems/quota-exceeded' });
  t.match(refused.headers['retry-after'], /^\d{1,5}$/);
  expect(await send(1000, 'a'), 201);
  expect(await send(1000, 'a', 'contributor2'), 201);
  const another = await own.another();
  t.equal(
    (await another.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: 'é'.repeat(1000) }) })).status,
    429,
    'in all processes',
  );
  expect(await send(100, 'd'), 429);
  const all = await Promise.all(
    Array.from({ length: 9 }, (_, index) => send(700, `at once ${index}`.replaceAll(' ', '-'), 'contributor2')),
  );
  const taken = all.filter(({ status }) => status === 201).length;
  t.ok(taken <= 2, `of nine at once ${taken} went in, and no more than there was room for`);
});

t.test('a subject has so many edits open, whether or not the model knows of them already', async (t) => {
  const own = await harness(t, { quotas: { sourceBytes: null, openEdits: 3 } });
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const edit = (what: string, key: 'contributor' | 'contributor2' = 'contributor') => submit(own, incident, revision, cited(what), key);
  const cited = (what: string) =>
    title(what).map((change) => ({ ...change, citations: [{ source: world.source, quote: { exact: 'The city' } }] }));
  const first = expect(await edit('One'), 201);
  expect(await edit('Two'), 201);
  expect(await edit('Three'), 201);
  t.match(expect(await edit('Four'), 429).body, { type: '/problems/quota-exceeded' });
  expect(await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world) }), 429);
  expect(await edit('Another’s', 'contributor2'), 201);
  await own.read(`/v1/incidents/${incident}`);
  expect(await edit('Four, when the model knows'), 429);
  const path = `/v1/incidents/${incident}/edits/${text(first, 'edit')}/withdraw`;
  expect(await own.ask('POST', path, { key: 'contributor', body: { reason: null } }), 200);
  await own.read(`/v1/incidents/${incident}`);
  expect(await edit('Four, when one is withdrawn'), 201);
  expect(await edit('Five'), 429);
});

t.test('a repeat of a submitted edit is answered as the first time, though there is room for no more', async (t) => {
  const own = await harness(t, { quotas: { sourceBytes: null, openEdits: 1 } });
  const world = await furnish(own);
  const send = () =>
    own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world), headers: { 'idempotency-key': 'once' } });
  const [first, second] = [expect(await send(), 201), expect(await send(), 201)];
  t.same(second.body, first.body);
  expect(await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world) }), 429);
});
