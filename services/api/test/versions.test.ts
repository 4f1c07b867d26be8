import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { submitOf } from './support/party-edits.ts';
import { expect, furnish, movedClaim, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

t.test('what a version says otherwise than another one is told change by change, wherever they stand', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const add = { kind: 'add_claim', claim: stoodClaim(world) };
  const rank = { kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'It was filmed.' };
  const title = { kind: 'correct_incident', set: { title: 'A shot at the harbour' }, basis: 'editorial', reason: 'It was too long.' };
  const first = expect(await submit(own, incident, revision, [add, rank, title]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  const statement = 'A witness says that the car was standing still.';
  const changes = [
    { ...title, set: { title: 'Shots at the harbour' } },
    { ...add, claim: stoodClaim(world, { statement }) },
  ];
  const body = { baseRevision: revision, rationale: 'The source says it plainly.', changes };
  expect(await own.ask('PUT', path, { key: 'contributor', headers: { 'if-match': text(first, 'etag') }, body }), 200);
  const diff = (from: number, to: number, key: 'reviewer' | 'contributor' | 'contributor2' = 'reviewer') =>
    own.read(`${path}/versions/${from}/diff/${to}`, { key });
  const { body: told } = expect(await diff(1, 2), 200);
  t.match(told, {
    changes: [
      { pointer: '/rationale', from: 'As the source says.', to: 'The source says it plainly.' },
      { pointer: '/changes/1', from: { kind: 'rank_claim' }, to: null },
      { pointer: '/changes/0/set/title', from: 'A shot at the harbour', to: 'Shots at the harbour' },
      { pointer: '/changes/1/claim/statement', from: 'A witness says that the car stood still.', to: statement },
    ],
  });
  t.equal((told.changes as unknown[]).length, 4, 'and no more');
  t.match((await diff(2, 1, 'contributor')).body, {
    changes: [
      { pointer: '/rationale' },
      { pointer: '/changes/0/claim/statement' },
      { pointer: '/changes/1', from: null, to: { kind: 'rank_claim' } },
      { pointer: '/changes/2/set/title' },
    ],
  });
  t.same((await diff(2, 2)).body, { changes: [] });
  for (const [from, to] of [
    [1, 3],
    [3, 1],
    [0, 1],
  ] as const)
    t.equal((await diff(from, to)).status, 404);
  t.equal((await diff(1, 2, 'contributor2')).status, 404, 'others do not see the edit');
});

t.test('two changes of one claim are told apart by their order, and of a party it is told likewise', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const add = (ref: string) => ({ kind: 'add_claim', claim: movedClaim(world, { ref, statement: 'The police say that it moved.' }) });
  const first = expect(await submit(own, incident, revision, [add('a'), add('b')]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  const body = { baseRevision: revision, rationale: 'As the source says.', changes: [add('b'), add('a'), add('c')] };
  expect(await own.ask('PUT', path, { key: 'contributor', headers: { 'if-match': text(first, 'etag') }, body }), 200);
  t.match((await own.read(`${path}/versions/1/diff/2`, { key: 'reviewer' })).body, {
    changes: [{ pointer: '/changes/2', from: null, to: { kind: 'add_claim' } }],
  });

  const ori = (value: string) => ({
    kind: 'correct_party',
    set: { identifiers: [{ scheme: 'ori', value }] },
    reason: 'As the list has it.',
  });
  const sent = expect(await submitOf(own, world.police, ori('WA0170000')), 201);
  const party = `/v1/parties/${world.police}/edits/1`;
  const again = { baseRevision: 1, rationale: 'It is so.', changes: [ori('WA0170001')] };
  expect(await own.ask('PUT', party, { key: 'contributor', headers: { 'if-match': text(sent, 'etag') }, body: again }), 200);
  t.match((await own.read(`${party}/versions/1/diff/2`, { key: 'reviewer' })).body, {
    changes: [{ pointer: '/changes/0/set/identifiers', to: [{ value: 'WA0170001' }] }],
  });
});
