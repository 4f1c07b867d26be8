import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { submitOf, voteOn } from './support/party-edits.ts';
import { decide, expect, furnish, movedClaim, proposal, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const handOver = (own: Harness, path: string, key: Person, to: string, headers: Record<string, string> = {}) =>
  own.ask('POST', `${path}/handover`, { key, headers, body: { to, reason: 'Its author has left.' } });
const etagOf = async (own: Harness, path: string) => text(await own.read(path, { key: 'reviewer' }), 'etag');
const tagged = async (own: Harness, path: string) => ({ 'if-match': await etagOf(own, path) });

t.test('an edit whose author is gone is handed to another contributor, whose own it is', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const path = `/v1/incidents/${incident}/edits/1`;
  const asked = expect(await own.ask('POST', `${path}/comments`, { key: 'reviewer', body: { text: 'Who says so?' } }), 201);
  t.match(await own.read(path, { key: 'contributor2' }), problem(404, 'not-found'));

  t.match(await handOver(own, path, 'reviewer2', 'contributor2'), problem(428, 'precondition-required'));
  t.match(await handOver(own, path, 'reviewer2', 'contributor2', { 'if-match': '*' }), problem(428, 'precondition-required'));
  t.match(await handOver(own, path, 'reviewer2', 'contributor2', { 'if-match': '"1-other"' }), problem(412, 'etag-mismatch'));
  for (const key of ['contributor', 'auditor', 'admin'] as const)
    t.match(await handOver(own, path, key, 'contributor2', { 'if-match': etag }), problem(403, 'forbidden'), key);
  for (const to of ['reviewer2', 'contributor', 'auditor', 'nobody-of-that-name'])
    t.match(await handOver(own, path, 'reviewer2', to, { 'if-match': etag }), {
      status: 422,
      body: { errors: [{ pointer: '/to' }] },
    });
  t.match(await handOver(own, path, 'reviewer2', 'averment:anchoring', { 'if-match': etag }), { status: 422 });

  const headers = { 'if-match': etag, 'idempotency-key': 'gone' };
  const [first, again] = await Promise.all([
    handOver(own, path, 'reviewer2', 'contributor2', headers),
    handOver(own, path, 'reviewer2', 'contributor2', headers),
  ]);
  t.match(first, { status: 200, body: { edit: 1, state: 'submitted', version: 1, author: 'contributor2' } });
  t.same(again.body, first.body, 'the same request is answered the same');
  t.match(await handOver(own, path, 'reviewer2', 'reviewer', headers), problem(422, 'idempotency-key-reused'));
  t.match(await handOver(own, path, 'reviewer', 'contributor', { 'if-match': etag }), problem(412, 'etag-mismatch'), 'of two one wins');

  const acts = [{ act: 'handed_over', by: 'reviewer2', version: 1, to: 'contributor2', reason: 'Its author has left.' }];
  for (const key of ['contributor', 'contributor2', 'reviewer', 'auditor'] as const) {
    t.match(await own.read(path, { key }), { status: 200, body: { author: 'contributor2', versions: [{ by: 'contributor' }], acts } }, key);
    t.match(await own.read(`/v1/incidents/${incident}`, { key }), { status: 200, body: { status: 'proposed' } }, key);
    t.match((await own.read(`/v1/incidents/${incident}/edits`, { key })).body.items, [{ edit: 1 }], key);
  }
  const queued = async (key: Person, author: string) =>
    ((await own.read('/v1/reviews', { key, query: { author } })).body.items as unknown[]).length;
  t.same([await queued('contributor2', 'me'), await queued('contributor', 'me'), await queued('reviewer', 'contributor2')], [1, 0, 1]);

  const tag = { 'if-match': text(first, 'etag') };
  const body = proposal(world, { claims: [movedClaim(world), stoodClaim(world)] });
  t.match(await own.ask('PUT', path, { key: 'contributor', headers: tag, body }), problem(403, 'not-author'));
  t.match(await own.ask('POST', `${path}/withdraw`, { key: 'contributor', headers: tag }), problem(403, 'not-author'));
  const resolve = (key: Person) => own.ask('POST', `${path}/comments/${text(asked, 'id')}/resolve`, { key });
  t.match(await resolve('contributor'), problem(403, 'not-author'));
  expect(await resolve('contributor2'), 200);
  const revised = expect(await own.ask('PUT', path, { key: 'contributor2', headers: tag, body }), 200);
  t.match(revised.body, { version: 2, refs: { c1: /^claim_/, c2: /^claim_/ } });
  t.match((await decide(own, incident, 1, 'approve', 'reviewer2')).body, { state: 'applied' }, 'who handed it over did not contribute');

  const events = (await own.read(`/v1/incidents/${incident}/events`, { key: 'auditor' })).body.items as { type: string }[];
  t.match(
    events.find(({ type }) => type === 'EditHandedOver'),
    { actor: 'reviewer2', data: { version: 1, to: 'contributor2', reason: 'Its author has left.' } },
  );
  t.match(
    events.find(({ type }) => type === 'IncidentReported'),
    { author: 'contributor2', approvedBy: ['reviewer2'] },
  );
  const feed = (await own.read('/v1/events', { key: 'app' })).body.items as { type: string }[];
  t.notOk(feed.some(({ type }) => type === 'EditHandedOver'));
  t.match(await handOver(own, path, 'reviewer', 'contributor', await tagged(own, path)), problem(409, 'edit-state'));
});

t.test('nobody decides what they were handed or have written, by whichever subject', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const person = (subject: string) => own.ask('PUT', `/v1/people/${subject}`, { key: 'admin', body: { person: 'R. Viewer' } });
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  expect(await handOver(own, path, 'reviewer2', 'reviewer', await tagged(own, path)), 200);
  t.match(await decide(own, incident, 2, 'approve', 'reviewer'), problem(403, 'self-approval'));
  t.match(await own.ask('POST', `${path}/lease`, { key: 'reviewer' }), problem(403, 'self-approval'));
  t.match(await own.ask('POST', '/v1/reviews/next', { key: 'reviewer', body: {} }), { status: 204 });
  for (const subject of ['reviewer2', 'contributor2']) expect(await person(subject), 200);
  t.match(
    await handOver(own, path, 'reviewer2', 'contributor2', await tagged(own, path)),
    { status: 422, body: { errors: [{ pointer: '/to' }] } },
    'the other subject of the same person',
  );
  const rebased = await own.ask('POST', `${path}/rebase`, { key: 'reviewer', headers: await tagged(own, path) });
  t.match(rebased, problem(409, 'edit-state'), 'it is theirs to rebase');
  expect(await person('reviewer'), 200);
  t.match(await decide(own, incident, 2, 'approve', 'reviewer2'), problem(403, 'self-approval'), 'who it was handed to is the same person');
});

t.test('a rejected edit is opened again by another reviewer than who rejected it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const adding = [{ kind: 'add_claim', claim: stoodClaim(world) }];
  expect(await submit(own, incident, revision, adding), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  const reopen = async (key: Person, headers: Record<string, string> = {}, edit = path) =>
    own.ask('POST', `${edit}/reopen`, {
      key,
      body: { reason: 'The source has it.' },
      headers: { ...(await tagged(own, edit)), ...headers },
    });
  t.match(await reopen('reviewer2'), problem(409, 'edit-state'), 'it is open');
  expect(await decide(own, incident, 2, 'reject', 'reviewer', 'The source does not say so.'), 200);
  t.match(
    await own.ask('POST', `${path}/reopen`, { key: 'reviewer2', body: { reason: 'It does.' } }),
    problem(428, 'precondition-required'),
  );
  t.match(await reopen('reviewer'), problem(403, 'self-approval'));
  t.match(await reopen('contributor'), problem(403, 'forbidden'));
  t.match(await reopen('reviewer2', { 'if-match': '"2-other"' }), problem(412, 'etag-mismatch'));
  t.match(await own.ask('POST', `${path}/reopen`, { key: 'reviewer2', body: {}, headers: await tagged(own, path) }), { status: 422 });

  const headers = { ...(await tagged(own, path)), 'idempotency-key': 'again' };
  const reopened = expect(await reopen('reviewer2', headers), 200);
  t.match(reopened.body, { edit: 2, state: 'submitted', version: 2, baseRevision: revision });
  t.same((await reopen('reviewer2', headers)).body, reopened.body, 'the same request is answered the same');
  const read = (await own.read(path, { key: 'contributor' })).body as { versions: { changes: object[] }[] };
  t.match(read, {
    author: 'contributor',
    versions: [{ by: 'contributor' }, { by: 'contributor', version: 2, rationale: 'As the source says.' }],
    acts: [{ act: 'reopened', by: 'reviewer2', version: 2, to: null, reason: 'The source has it.' }],
    votes: [{ by: 'reviewer', decision: 'reject', lapsed: true }],
    nextActor: 'reviewer',
  });
  t.same(read.versions[1]?.changes, read.versions[0]?.changes, 'it says the same');
  t.match((await decide(own, incident, 2, 'approve', 'reviewer2')).body, { state: 'applied' }, 'who reopened it may decide it');

  const rank = [{ kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'It was filmed.' }];
  const base = Number((await own.read(`/v1/incidents/${incident}`)).body.revision);
  for (let count = 0; count < 2; count += 1) expect(await submit(own, incident, base, rank), 201);
  expect(await decide(own, incident, 3, 'reject'), 200);
  expect(await decide(own, incident, 4, 'approve'), 200);
  t.match(await reopen('reviewer2', {}, `/v1/incidents/${incident}/edits/3`), {
    status: 409,
    body: { type: '/problems/edit-outdated', events: [{ type: 'ClaimRanked' }] },
  });
});

t.test('a rejected proposal is compared with others again once it is open', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await propose(own, world);
  expect(await decide(own, incident, 1, 'reject'), 200);
  const path = `/v1/incidents/${incident}/edits/1`;
  const body = { reason: 'It belongs here.' };
  expect(await own.ask('POST', `${path}/reopen`, { key: 'reviewer2', body, headers: await tagged(own, path) }), 200);
  t.match((await own.read(path, { key: 'contributor' })).body, { state: 'submitted', version: 2 });
  const other = expect(await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world) }), 201);
  t.match(other.body.candidates, [{ incidentId: incident }]);
  t.match((await decide(own, incident, 1, 'approve')).body, { state: 'applied' });
});

t.test('edits of sources and parties are handed over and reopened likewise', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const rename = { kind: 'rename_party', name: 'Port Police', from: '2003', until: null, reason: 'By an act of that year.' };
  expect(await submitOf(own, world.police, rename), 201);
  const path = `/v1/parties/${world.police}/edits/1`;
  t.match(await own.read(path, { key: 'contributor2' }), problem(404, 'not-found'));
  t.match(await handOver(own, path, 'reviewer', 'contributor2', await tagged(own, path)), {
    status: 200,
    body: { incidentId: null, author: 'contributor2' },
  });
  for (const key of ['contributor', 'contributor2'] as const) {
    t.match(await own.read(path, { key }), { status: 200, body: { author: 'contributor2' } });
    t.match(await own.read(`${path}/preview`, { key }), { status: 200 });
  }
  const rejection = { decision: 'reject', reason: 'Of what act?' };
  expect(await own.ask('POST', `${path}/decision`, { key: 'reviewer', headers: await tagged(own, path), body: rejection }), 200);
  const reopen = await own.ask('POST', `${path}/reopen`, {
    key: 'reviewer2',
    body: { reason: 'It is named.' },
    headers: await tagged(own, path),
  });
  t.match(reopen, { status: 200, body: { incidentId: null, version: 2, baseRevision: 1 } });
  expect(await voteOn(own, world.police, 1), 200);
  t.match((await own.read(`/v1/parties/${world.police}`, { key: 'reviewer' })).body, { name: 'Port Police' });
});
