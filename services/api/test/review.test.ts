import { catalogue, type DomainEvent } from '@averment/domain';
import { createMemoryLog } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, proposal, propose, publish, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

const editPath = (incident: string, edit: number) => `/v1/incidents/${incident}/edits/${edit}`;
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const lease = (own: Harness, incident: string, edit: number, key: Person, body?: object) =>
  own.ask('POST', `${editPath(incident, edit)}/lease`, { key, body });

t.test('nobody decides, leases or breaks on an edit that they contributed to', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await propose(own, world, {}, 'reviewer');
  for (const decision of ['approve', 'reject', 'request_changes']) {
    t.match(await decide(own, incident, 1, decision, 'reviewer'), problem(403, 'self-approval'), decision);
  }
  t.match(await lease(own, incident, 1, 'reviewer'), problem(403, 'self-approval'));
  expect(await lease(own, incident, 1, 'reviewer2'), 200);
  t.match(await lease(own, incident, 1, 'reviewer', { break: true, reason: 'Mine.' }), problem(403, 'self-approval'));
  t.match(expect(await decide(own, incident, 1, 'approve', 'reviewer2'), 200).body, { state: 'applied' });
});

t.test('an approval binds to a version and lapses when that is revised', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const person = text(
    expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'person', name: 'a resident' } }), 201),
    'id',
  );
  const { incident } = await propose(own, world, { claims: [movedClaim(world), stoodClaim(world, { speaker: person })] });
  t.match(expect(await decide(own, incident, 1, 'approve'), 200).body, {
    state: 'submitted',
    approvals: { needed: 2, given: 1 },
    appliedRevision: null,
  });
  t.match(await decide(own, incident, 1, 'approve'), problem(409, 'vote-repeated'));

  const etag = text(await own.read(editPath(incident, 1), { key: 'contributor' }), 'etag');
  const body = proposal(world, { claims: [movedClaim(world), stoodClaim(world, { speaker: person, lang: 'en-GB' })] });
  const revised = expect(await own.ask('PUT', editPath(incident, 1), { key: 'contributor', body, headers: { 'if-match': etag } }), 200);
  t.match(revised.body, { version: 2, state: 'submitted', refs: { c1: /^claim_/, c2: /^claim_/ } });
  const edit = expect(await own.read(editPath(incident, 1), { key: 'auditor' }), 200);
  t.match(edit.body, {
    version: 2,
    versions: [{ version: 1 }, { version: 2 }],
    votes: [{ by: 'reviewer', version: 1, lapsed: true }],
    approvals: { needed: 2, given: 0 },
  });

  t.match(expect(await decide(own, incident, 1, 'approve'), 200).body, { approvals: { given: 1 } });
  t.match(expect(await decide(own, incident, 1, 'approve', 'reviewer2'), 200).body, {
    state: 'applied',
    approvals: { needed: 2, given: 2 },
  });
});

t.test('a contributor alone makes nobody public', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const body = { kind: 'person', name: 'a resident', private: false, publicRole: 'bystander with a phone' };
  const person = text(expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body }), 201), 'id');
  const { incident } = await propose(own, world, { claims: [movedClaim(world), stoodClaim(world, { speaker: person })] });
  t.match((await own.read(editPath(incident, 1), { key: 'reviewer' })).body, { approvals: { needed: 2, policy: 4 } });
  t.match((await own.read('/v1/reviews', { key: 'reviewer' })).body.items, [{ priority: 'high', approvals: { needed: 2 } }]);
  t.match(expect(await decide(own, incident, 1, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
  const applied = expect(await decide(own, incident, 1, 'approve', 'reviewer2'), 200);
  t.match(applied.body, { state: 'applied' });

  const { refs } = (await own.read(editPath(incident, 1), { key: 'reviewer' })).body as { refs: Record<string, string> };
  const base = Number(applied.body.appliedRevision);
  const rank = (claim: string | undefined) => ({ kind: 'rank_claim', claim, rank: 'preferred', reason: 'Closest.' });
  expect(await submit(own, incident, base, [rank(refs.c2)]), 201);
  t.match(
    expect(await decide(own, incident, 2, 'approve'), 200).body,
    { state: 'applied', approvals: { needed: 1 } },
    'two have made them so',
  );
});

t.test('what two have retracted one does not reinstate', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const change = (kind: string) => [{ kind, claim: refs.c1, reason: 'Looked again.' }];
  expect(await submit(own, incident, revision, change('retract_claim')), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);
  const retracted = expect(await decide(own, incident, 2, 'approve', 'reviewer2'), 200);
  expect(await submit(own, incident, Number(retracted.body.appliedRevision), change('reinstate_claim')), 201);
  t.match(expect(await decide(own, incident, 3, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
});

t.test('of two edits on one claim the other waits for its author once one is approved', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const correction = (statement: string) => ({
    kind: 'correct_claim',
    claim: refs.c1,
    set: { statement },
    reason: 'Closer to the words.',
    citations: [quoting(world.source, 'the car moved toward its officers before the first shot')],
  });
  expect(await submit(own, incident, revision, [correction('The harbour police say that the car moved at them.')]), 201);
  const later = [correction('The harbour police say that the car moved at its officers.')];
  expect(await submit(own, incident, revision, later, 'contributor2'), 201);
  const applied = expect(await decide(own, incident, 2, 'approve'), 200);
  const refused = await decide(own, incident, 3, 'approve');
  t.match(refused, problem(409, 'edit-outdated'));
  const outdated = { problem: 'edit-outdated', events: refused.body.events };
  const waits = { edit: 3, state: 'submitted', nextActor: 'author', outdated };
  t.match((await own.read(editPath(incident, 3), { key: 'reviewer' })).body, waits);
  t.match((await own.read('/v1/reviews?waitingFor=author&outdated=true', { key: 'reviewer' })).body.items, [waits]);
  t.same((await own.read('/v1/reviews?waitingFor=reviewer', { key: 'reviewer' })).body.items, []);
  t.match((await own.read('/v1/reviews?author=me&waitingFor=author', { key: 'contributor2' })).body.items, [waits]);
  t.match((await own.read('/v1/reviews/stats', { key: 'auditor' })).body, { open: 1, waitingFor: { reviewer: 0, author: 1 }, outdated: 1 });
  t.match(await own.read('/v1/reviews?outdated=perhaps', { key: 'reviewer' }), problem(400, 'invalid-parameter'));

  const etag = text(await own.read(editPath(incident, 3), { key: 'contributor2' }), 'etag');
  const body = { baseRevision: applied.body.appliedRevision, rationale: 'Rebased.', changes: later };
  expect(await own.ask('PUT', editPath(incident, 3), { key: 'contributor2', headers: { 'if-match': etag }, body }), 200);
  t.match((await own.read('/v1/reviews', { key: 'reviewer' })).body.items, [{ edit: 3, nextActor: 'reviewer', outdated: null }]);
  t.match(expect(await decide(own, incident, 3, 'approve'), 200).body, { state: 'applied' });
});

t.test('a reviewer takes the own vote back before the edit is decided', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'retract_claim', claim: refs.c1, reason: 'Wrong incident.' }]), 201);
  const path = `${editPath(incident, 2)}/decision`;
  const tag = async () => text(await own.read(editPath(incident, 2), { key: 'reviewer' }), 'etag');
  const takeBack = (key: Person, etag: string, more: { body?: object; headers?: Record<string, string> } = {}) =>
    own.ask('DELETE', path, { key, body: more.body, headers: { 'if-match': etag, ...more.headers } });

  t.match(await takeBack('reviewer', await tag()), problem(409, 'no-vote'), 'there is none yet');
  expect(await decide(own, incident, 2, 'approve'), 200);
  expect(await lease(own, incident, 2, 'reviewer2'), 200);
  t.match(await own.ask('DELETE', path, { key: 'reviewer' }), problem(428, 'precondition-required'));
  t.match(await takeBack('reviewer', '*'), problem(428, 'precondition-required'));
  t.match(await takeBack('reviewer', '"stale"'), problem(412, 'etag-mismatch'));
  t.match(await takeBack('reviewer2', await tag()), problem(409, 'no-vote'), 'nobody takes back that of another');
  t.match(await takeBack('contributor', await tag()), problem(403, 'forbidden'));
  t.match(await takeBack('reviewer', await tag(), { body: { reason: 7 } }), problem(422, 'invalid-body'));

  const sent = { body: { reason: 'I had the other article in mind.' }, headers: { 'idempotency-key': 'back' } };
  const etag = await tag();
  const back = expect(await takeBack('reviewer', etag, sent), 200);
  t.match(back.body, { edit: 2, state: 'submitted', version: 1, position: /^\d+$/ });
  t.equal(back.headers.etag, back.body.etag);
  t.not(back.body.etag, etag);
  t.same(expect(await takeBack('reviewer', etag, sent), 200).body, back.body, 'the same again is answered as before');
  t.match(await takeBack('reviewer', etag, { ...sent, body: {} }), problem(422, 'idempotency-key-reused'));
  t.match(await takeBack('reviewer', etag), problem(412, 'etag-mismatch'));
  t.match(await takeBack('reviewer', await tag()), problem(409, 'no-vote'));
  const edit = (await own.read(editPath(incident, 2), { key: 'auditor' })).body;
  t.match(edit, {
    approvals: { needed: 2, given: 0 },
    lease: { holder: 'reviewer2' },
    votes: [{ decision: 'approve', by: 'reviewer', lapsed: true, withdrawn: { reason: 'I had the other article in mind.' } }],
  });

  t.match(expect(await decide(own, incident, 2, 'approve', 'reviewer2'), 200).body, { state: 'submitted', approvals: { given: 1 } });
  t.match(expect(await decide(own, incident, 2, 'approve'), 200).body, { state: 'applied', approvals: { needed: 2, given: 2 } });
  t.match(await takeBack('reviewer', await tag()), problem(409, 'edit-state'), 'a vote that has decided stays');

  const events = `/v1/incidents/${incident}/events`;
  const seenBy = async (key: Person | null) => (await own.read(events, { key })).body.items as { type: string; approvedBy: string[] }[];
  const [withdrawn] = (await seenBy('auditor')).filter(({ type }) => type === 'EditVoteWithdrawn');
  t.match(withdrawn, { actor: 'reviewer', edit: 2, data: { version: 1, reason: 'I had the other article in mind.' } });
  t.notOk(
    (await seenBy(null)).some(({ type }) => type === 'EditVoteWithdrawn'),
    'it is of the review',
  );
  t.same((await seenBy('auditor')).at(-1)?.approvedBy.toSorted(), ['reviewer', 'reviewer2']);
});

t.test('requested changes wait for the author, and a rejection ends', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await propose(own, world);
  t.match(await decide(own, incident, 1, 'request_changes', 'reviewer', null), problem(422, 'invalid-change'), 'a reason is needed');
  const asked = expect(await decide(own, incident, 1, 'request_changes'), 200);
  t.match(asked.body, { state: 'changes_requested' });
  t.match(await decide(own, incident, 1, 'approve', 'reviewer2'), problem(409, 'edit-state'));
  t.match((await own.read('/v1/reviews?waitingFor=author', { key: 'reviewer' })).body.items, [
    { incidentId: incident, nextActor: 'author' },
  ]);
  const headers = { 'if-match': text(asked, 'etag') };
  expect(
    await own.ask('PUT', editPath(incident, 1), { key: 'contributor', body: proposal(world, { rationale: 'Better now.' }), headers }),
    200,
  );
  t.match(expect(await decide(own, incident, 1, 'reject', 'reviewer2'), 200).body, { state: 'rejected', appliedRevision: null });
  t.equal((await own.read(`/v1/incidents/${incident}`)).status, 404, 'it never was public');
});

t.test('an edit is revised and withdrawn by its author alone', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const withdraw = (key: Person, headers: Record<string, string> = {}) =>
    own.ask('POST', `${editPath(incident, 1)}/withdraw`, { key, body: { reason: 'Not sure.' }, headers });
  const revise = (key: Person) => own.ask('PUT', editPath(incident, 1), { key, body: proposal(world), headers: { 'if-match': etag } });
  t.match(await withdraw('reviewer'), problem(403, 'not-author'));
  t.match(await revise('reviewer'), problem(403, 'not-author'));
  t.match(await withdraw('contributor2'), problem(404, 'not-found'), 'another contributor does not see that there is one');
  t.match(await revise('contributor2'), problem(404, 'not-found'));
  t.match(await withdraw('contributor', { 'if-match': '"stale"' }), problem(412, 'etag-mismatch'));
  t.match(expect(await withdraw('contributor'), 200).body, { state: 'withdrawn' });
  t.match(await withdraw('contributor'), problem(409, 'edit-state'));
});

t.test('what the caller may not see is not there, also for writes', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await propose(own, world);
  const edits = { baseRevision: 0, rationale: 'Of mine.', changes: [{ kind: 'add_claim', claim: stoodClaim(world) }] };
  for (const path of [
    `/v1/incidents/${incident}`,
    `/v1/incidents/${incident}/comparison`,
    `/v1/incidents/${incident}/events`,
    editPath(incident, 1),
    `${editPath(incident, 1)}/preview`,
  ]) {
    t.match(await own.read(path, { key: 'contributor2' }), problem(404, 'not-found'), path);
    t.equal((await own.read(path, { key: 'contributor' })).status, 200, `${path} for its author`);
    t.equal((await own.read(path, { key: 'auditor' })).status, 200, `${path} for an auditor`);
  }
  t.match(await own.ask('POST', `/v1/incidents/${incident}/edits`, { key: 'contributor2', body: edits }), problem(404, 'not-found'));
  t.match(
    await own.ask('POST', `/v1/incidents/${incident}/edits`, { key: 'contributor', body: edits }),
    problem(409, 'incident-state'),
    'its author sees that it takes none yet',
  );
  t.match(
    await own.ask('POST', `/v1/incidents/incident_${'0'.repeat(26)}/edits`, { key: 'contributor', body: edits }),
    problem(404, 'not-found'),
  );
  for (const path of [`/v1/sources/${world.source}`, `/v1/parties/${world.police}`]) {
    t.equal((await own.read(path)).status, 404, 'no approved edit uses it');
    t.equal((await own.read(path, { key: 'app' })).status, 404);
    t.equal((await own.read(path, { key: 'contributor2' })).status, 200);
  }
  expect(await decide(own, incident, 1, 'approve'), 200);
  t.equal((await own.read(`/v1/sources/${world.source}`)).status, 200);
  t.equal((await own.read(`/v1/parties/${world.police}`)).status, 200);
  t.equal((await own.read(`/v1/parties/${world.city}`)).status, 404, 'nothing published uses the city');
});

t.test('a lease tells who is at work, and is no more than that', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  const held = async () => (await own.read(editPath(incident, 2), { key: 'contributor' })).body.lease;
  const back = (key: Person) => own.ask('DELETE', `${editPath(incident, 2)}/lease`, { key });

  t.equal(await held(), null);
  const first = expect(await lease(own, incident, 2, 'reviewer'), 200).body.lease as { until: string };
  t.match(await held(), { holder: 'reviewer', until: first.until });
  t.match(await lease(own, incident, 2, 'reviewer2'), {
    status: 409,
    body: { type: '/problems/lease-held', lease: { holder: 'reviewer', until: first.until } },
  });
  const renewed = expect(await lease(own, incident, 2, 'reviewer'), 200).body.lease as { until: string };
  t.ok(renewed.until >= first.until, 'taking it again renews it');
  t.match(expect(await back('reviewer2'), 200).body.lease, { holder: 'reviewer' }, 'giving back takes nothing from others');
  t.match((await own.read('/v1/reviews?state=in_review&holder=reviewer', { key: 'reviewer2' })).body.items, [
    { edit: 2, lease: { holder: 'reviewer' } },
  ]);
  t.match((await own.read('/v1/reviews?holder=me', { key: 'reviewer' })).body.items, [{ edit: 2 }]);
  expect(await back('reviewer'), 200);
  t.equal(await held(), null);

  expect(await lease(own, incident, 2, 'reviewer'), 200);
  t.match(
    expect(await decide(own, incident, 2, 'request_changes', 'reviewer2'), 200).body,
    { state: 'changes_requested' },
    'a decision needs none and is not refused by another’s',
  );
  t.equal(await held(), null, 'and ends it');
  t.match(await lease(own, incident, 2, 'reviewer'), problem(409, 'edit-state'), 'only a submitted edit is leased');
});

t.test('any decision ends a lease, also an approval that is not enough', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'retract_claim', claim: refs.c1, reason: 'Wrong incident.' }]), 201);
  expect(await lease(own, incident, 2, 'reviewer2'), 200);
  t.match(expect(await decide(own, incident, 2, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
  t.equal((await own.read(editPath(incident, 2), { key: 'reviewer' })).body.lease, null);
  t.equal((await own.pool.query('SELECT FROM work.leases')).rowCount, 0);
});

t.test('a lease of an earlier version reads as none, and can be taken', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  expect(await lease(own, incident, 1, 'reviewer'), 200);
  expect(
    await own.ask('PUT', editPath(incident, 1), {
      key: 'contributor',
      body: proposal(world, { rationale: 'Better.' }),
      headers: { 'if-match': etag },
    }),
    200,
  );
  t.equal((await own.read(editPath(incident, 1), { key: 'reviewer' })).body.lease, null);
  t.match(expect(await lease(own, incident, 1, 'reviewer2'), 200).body, { version: 2, lease: { holder: 'reviewer2' } });
});

t.test('a lease ends by itself, by the database’s clock', async (t) => {
  const own = await harness(t, { reviewLease: 1 });
  const { incident } = await propose(own, await furnish(own));
  const { until } = expect(await lease(own, incident, 1, 'reviewer'), 200).body.lease as { until: string };
  // The clock is waited for where it is read.
  await own.pool.query(`SELECT pg_sleep_until('${until}')`);
  t.equal((await own.read(editPath(incident, 1), { key: 'reviewer' })).body.lease, null);
  t.match(expect(await lease(own, incident, 1, 'reviewer2'), 200).body.lease, { holder: 'reviewer2' });
});

t.test('a broken lease is recorded with its reason', async (t) => {
  const own = await harness(t);
  const { incident } = await propose(own, await furnish(own));
  t.match(await lease(own, incident, 1, 'reviewer2', { break: true, reason: 'On leave.' }), problem(409, 'no-lease'));
  expect(await lease(own, incident, 1, 'reviewer'), 200);
  t.match(await lease(own, incident, 1, 'reviewer2', { break: true }), { status: 422, body: { errors: [{ pointer: '/reason' }] } });
  t.match(
    await lease(own, incident, 1, 'reviewer', { break: true, reason: 'Mine.' }),
    problem(409, 'record-state'),
    'the own one is given back',
  );
  const broken = expect(await lease(own, incident, 1, 'reviewer2', { break: true, reason: 'On leave.' }), 200);
  t.match(broken.body, { lease: null, position: /^\d+$/ });
  t.equal((await own.read(editPath(incident, 1), { key: 'reviewer' })).body.lease, null);
  const { items } = (await own.read(`/v1/incidents/${incident}/events`, { key: 'auditor' })).body as { items: object[] };
  t.match(items.at(-1), { type: 'ReviewLeaseBroken', actor: 'reviewer2', data: { holder: 'reviewer', reason: 'On leave.' } });
  t.match(expect(await lease(own, incident, 1, 'reviewer2'), 200).body.lease, { holder: 'reviewer2' });
});

t.test('of many who take an edit at once one has it', async (t) => {
  const own = await harness(t);
  const other = await own.another();
  const { incident } = await propose(own, await furnish(own));
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => lease(index % 2 ? own : other, incident, 1, index % 3 ? 'reviewer' : 'reviewer2')),
  );
  const holders = new Set(answers.map(({ body }) => (body.lease as { holder: string }).holder));
  t.equal(holders.size, 1, 'all are told of the same holder');
  t.strictSame([...new Set(answers.map(({ status }) => status))].toSorted(), [200, 409]);
});

t.test('an edit that the log could never take is refused when it is submitted', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const citations = Array.from({ length: 50 }, () => ({ source: world.source, position: { start: 0, end: 10 } }));
  const claims = Array.from({ length: 40 }, (_, index) => ({
    kind: 'add_claim',
    claim: movedClaim(world, { ref: `c${index}`, citations }),
  }));
  const length = (await own.log.readAll(0n, 1000)).length;
  t.match(await submit(own, incident, revision, claims), problem(422, 'edit-too-large'));
  t.match(
    await submit(own, incident, revision, Array(101).fill({ kind: 'unmerge_incident', reason: 'x' })),
    problem(422, 'invalid-body'),
    'and 101 changes are too many',
  );
  t.equal((await own.log.readAll(0n, 1000)).length, length, 'nothing was written');
});

t.test('what an approval would append is measured where it may be too much, and only there', async (t) => {
  const log = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom });
  const measured: number[] = [];
  const sizeOf: typeof log.sizeOf = (events) => {
    measured.push(events.length);
    return log.sizeOf(events);
  };
  const own = await harness(t, { log: { ...log, sizeOf } });
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const claims = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ kind: 'add_claim', claim: movedClaim(world, { ref: `c${index}` }) }));
  expect(await submit(own, incident, revision, claims(1)), 201);
  t.same(measured, []);
  expect(await submit(own, incident, revision, claims(20)), 201);
  t.same(measured, [22], 'the vote, the application, and each claim');
});

t.test('edit 1 is revised as a proposal, every other as an edit', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const edit = { baseRevision: 0, rationale: 'As an edit.', changes: [{ kind: 'add_claim', claim: stoodClaim(world) }] };
  t.match(
    await own.ask('PUT', editPath(incident, 1), { key: 'contributor', body: edit, headers: { 'if-match': etag } }),
    problem(422, 'invalid-change'),
  );
  const places = await own.ask('PUT', editPath(incident, 1), {
    key: 'contributor',
    body: proposal(world, { title: 7 }),
    headers: { 'if-match': etag },
  });
  t.match(places, { status: 422, body: { errors: [{ pointer: '/title' }] } }, 'and the places are those of the shape that was meant');
});

t.test('contributors read their own edits and their part of the queue', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }], 'contributor2'), 201);
  const numbers = async (key: Person) =>
    ((await own.read(`/v1/incidents/${incident}/edits`, { key })).body.items as { edit: number }[]).map(({ edit }) => edit).toSorted();
  t.strictSame(await numbers('contributor'), [1]);
  t.strictSame(await numbers('contributor2'), [2]);
  t.strictSame(await numbers('reviewer'), [1, 2]);
  t.match(await own.read(editPath(incident, 2), { key: 'contributor' }), problem(404, 'not-found'));
  t.match(await own.read('/v1/reviews', { key: 'contributor' }), problem(403, 'forbidden'));
  t.match(await own.read('/v1/reviews?author=contributor2', { key: 'contributor' }), problem(403, 'forbidden'));
  const mine = (await own.read('/v1/reviews?author=me', { key: 'contributor2' })).body;
  const named = (await own.read('/v1/reviews?author=contributor2', { key: 'contributor2' })).body;
  const [item, ...others] = mine.items as { etag: string; links: { edit: string; preview: string; of: string } }[];
  t.match(named.items, [{ etag: item?.etag }], 'one’s own name is one’s own');
  t.same(others, []);
  t.match((await own.read(item?.links.edit ?? '', { key: 'contributor2' })).body, { edit: 2, etag: item?.etag });
  for (const link of [item?.links.preview ?? '', item?.links.of ?? ''])
    t.equal((await own.read(link, { key: 'reviewer' })).status, 200, link);
  const asked = { q: 'stood still', incident, decidable: 'true' };
  t.match((await own.read('/v1/reviews', { key: 'reviewer', query: asked })).body.items, [{ edit: 2, parties: [{ id: world.witness }] }]);
  t.same((await own.read('/v1/reviews', { key: 'reviewer', query: { ...asked, q: 'no such word' } })).body.items, []);
  t.match(await own.read('/v1/reviews?incident=nowhere', { key: 'reviewer' }), problem(400, 'invalid-parameter'));
  t.match(mine.items, [
    {
      incidentId: incident,
      edit: 2,
      author: 'contributor2',
      state: 'submitted',
      kinds: ['add_claim'],
      priority: 'normal',
      nextActor: 'reviewer',
    },
  ]);
  t.match((await own.read('/v1/reviews/stats', { key: 'auditor' })).body, {
    open: 1,
    byKind: [{ kind: 'add_claim', open: 1 }],
    byReviewer: [{ reviewer: 'reviewer', decided: 1 }],
  });
});

t.test('the versions of an edit have an end, together', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const alternatives = Array.from({ length: 20 }, (_, index) => `${index} ${'a'.repeat(990)}`);
  const claims = Array.from({ length: 60 }, (_, index) =>
    movedClaim(world, { ref: `c${index}`, aspect: 'place', value: { kind: 'text', value: `Place ${index}`, alternatives } }),
  );
  const path = `/v1/incidents/${incident}/edits/1`;
  const revise = (tag: string) =>
    own.ask('PUT', path, { key: 'contributor', headers: { 'if-match': tag }, body: proposal(world, { claims }) });
  let answer = await revise(etag);
  let versions = 1;
  for (; answer.status === 200; versions += 1) answer = await revise(text(answer, 'etag'));
  t.equal(answer.status, 422);
  t.match(answer.body, { type: '/problems/edit-too-large' });
  t.ok(versions > 5 && versions < 20, `${versions} versions of 1.2 MB`);
});
