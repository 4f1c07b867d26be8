import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { submitOf, voteOn } from './support/party-edits.ts';
import { decide, expect, furnish, publish, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

t.test('an edit is based on the record as it is where the record has not changed in what it rests on', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const adding = expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  const etag = text(adding, 'etag');
  const rebase = (key: 'contributor' | 'contributor2' | 'reviewer' = 'contributor', headers: object = { 'if-match': etag }) =>
    own.ask('POST', `${path}/rebase`, { key, headers: { ...headers } });
  for (const headers of [{}, { 'if-match': '*' }])
    t.match(await rebase('contributor', headers), { status: 428, body: { type: '/problems/precondition-required' } });
  t.match(await rebase(), { status: 409, body: { type: '/problems/edit-state' } }, 'there is nothing to rebase');

  const rank = [{ kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'It was filmed.' }];
  expect(await submit(own, incident, revision, rank), 201);
  const ranked = expect(await decide(own, incident, 3, 'approve'), 200);
  t.equal((await rebase('contributor2')).status, 404, 'nobody else sees it');
  t.match(await rebase('reviewer'), { status: 403, body: { type: '/problems/not-author' } });
  t.match(await rebase('contributor', { 'if-match': '"2-other"' }), { status: 412 });

  const before = (await own.read(path, { key: 'reviewer' })).body;
  const headers = { 'idempotency-key': 'rebase-once', 'if-match': etag };
  const rebased = expect(await rebase('contributor', headers), 200);
  t.match(rebased.body, { edit: 2, state: 'submitted', version: 2, baseRevision: ranked.body.appliedRevision });
  t.same((await rebase('contributor', headers)).body, rebased.body, 'the same request is answered the same');
  const after = (await own.read(path, { key: 'reviewer' })).body as { versions: { rationale: string; changes: object[] }[] };
  const [first, second] = after.versions;
  t.same([second?.rationale, second?.changes], [first?.rationale, first?.changes], 'it says the same');
  t.notSame(after, before);
  expect(await decide(own, incident, 2, 'approve'), 200);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, { claims: [{ rank: 'preferred' }, { standing: 'standing' }] });
});

t.test('what is in the way is named, and votes of before lapse', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const citations = [quoting(world.source, 'the car stood still')];
  const reason = 'The source says otherwise.';
  const correct = (title: string) => [{ kind: 'correct_incident', set: { title }, reason, citations }];
  const retract = [{ kind: 'retract_claim', claim: refs.c1, reason }];
  for (const changes of [correct('A shot at the harbour'), correct('A shot at a car'), retract])
    expect(await submit(own, incident, revision, changes), 201);
  expect(await decide(own, incident, 4, 'approve'), 200);
  const applied = expect(await decide(own, incident, 2, 'approve'), 200);
  const rebase = async (edit: number) => {
    const path = `/v1/incidents/${incident}/edits/${edit}`;
    const headers = { 'if-match': text(await own.read(path, { key: 'contributor' }), 'etag') };
    return own.ask('POST', `${path}/rebase`, { key: 'contributor', headers });
  };
  t.match(await rebase(3), {
    status: 409,
    body: { type: '/problems/edit-outdated', events: [{ revision: applied.body.appliedRevision, type: 'IncidentCorrected' }] },
  });
  expect(await rebase(4), 200);
  const { body } = await own.read(`/v1/incidents/${incident}/edits/4`, { key: 'reviewer' });
  t.match(body, { version: 2, approvals: { given: 0 }, votes: [{ by: 'reviewer', lapsed: true }] });
  t.match(await rebase(2), { status: 409, body: { type: '/problems/edit-state' } }, 'it is decided');
});

t.test('edits of parties are rebased likewise', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const rename = { kind: 'rename_party', name: 'Port Police', from: '2003', until: null, reason: 'By an act of that year.' };
  const ori = { kind: 'correct_party', set: { identifiers: [{ scheme: 'ori', value: 'WA0170000' }] }, reason: 'As the list has it.' };
  expect(await submitOf(own, world.police, rename), 201);
  expect(await submitOf(own, world.police, ori), 201);
  expect(await voteOn(own, world.police, 1), 200);
  const path = `/v1/parties/${world.police}/edits/2`;
  const headers = { 'if-match': text(await own.read(path, { key: 'contributor' }), 'etag') };
  const answer = expect(await own.ask('POST', `${path}/rebase`, { key: 'contributor', headers }), 200);
  t.match(answer.body, { incidentId: null, version: 2, baseRevision: 2 });
  expect(await voteOn(own, world.police, 2), 200);
  t.match((await own.read(`/v1/parties/${world.police}`, { key: 'reviewer' })).body, {
    name: 'Port Police',
    identifiers: [{ value: 'WA0170000' }],
  });
});
