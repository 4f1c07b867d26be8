import { recusalStream } from '@averment/domain';
import { decoded } from '@averment/event-log';
import t from 'tap';
import { type Further, type Harness, harnessFor, type Person } from './support/harness.ts';
import { article, decide, expect, furnish, movedClaim, propose, publish, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const declare = (own: Harness, body: object, key: Person | Further = 'reviewer') =>
  own.ask('POST', '/v1/recusals', { key, body: { reason: 'A relative works there.', ...body } });
const end = (own: Harness, id: string, key: Person = 'admin') =>
  own.ask('DELETE', `/v1/recusals/${id}`, { key, body: { reason: 'That was long ago.' } });
const lease = (own: Harness, path: string, key: Person | Further = 'reviewer', body?: object) =>
  own.ask('POST', `${path}/lease`, { key, ...(body && { body }) });
const editAt = (incident: string, edit = 1) => `/v1/incidents/${incident}/edits/${edit}`;
const next = async (own: Harness, key: Person = 'reviewer') => {
  await own.read('/v1/reviews', { key });
  return own.ask('POST', '/v1/reviews/next', { key, body: {} });
};
const decidable = async (own: Harness, key: Person = 'reviewer') =>
  ((await own.read('/v1/reviews?decidable=true', { key })).body.items as { incidentId: string }[]).map(({ incidentId }) => incidentId);
const registered = async (own: Harness, body: object) =>
  text(expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body }), 201), 'id');

t.test(
  'who is recused from a party neither leases nor decides what uses it, or one below it, in any process, and is given other edits',
  async (t) => {
    const own = await harness(t);
    const other = await own.another();
    const world = await furnish(own);
    const unit = await registered(own, { kind: 'agency', name: 'Harbour Police Boat Unit', parent: world.police });
    const used = await propose(own, world, { agencies: [], claims: [movedClaim(world, { speaker: unit })] });
    const free = await propose(own, world, {
      title: 'City clerk describes shots at the harbour of Porto Novo',
      agencies: [world.city],
      claims: [stoodClaim(world)],
    });
    t.match(expect(await next(own), 200).body, { incidentId: used.incident }, 'what waits longest');
    expect(await decide(own, used.incident, 1, 'approve'), 200);
    const at = await submit(own, used.incident, 0, [{ kind: 'add_claim', claim: stoodClaim(world) }]);
    t.match(at, problem(409, 'edit-outdated'), 'a base of before');
    const { revision } = expect(await own.read(`/v1/incidents/${used.incident}`), 200).body;
    expect(await submit(own, used.incident, Number(revision), [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
    const edit = editAt(used.incident, 2);
    expect(await lease(own, edit), 200);

    const declared = expect(await declare(own, { party: world.police }), 201);
    t.match(declared.body, { subject: 'reviewer', id: /^recusal_/ });
    t.match(await declare(own, { party: world.police }), problem(409, 'record-state'), 'it is so already');
    for (const process of [own, other]) {
      t.match(await lease(process, edit), problem(403, 'recused'));
      t.match(await decide(process, used.incident, 2, 'approve'), problem(403, 'recused'));
      t.match(await decide(process, used.incident, 2, 'reject'), problem(403, 'recused'));
    }
    expect(await own.ask('DELETE', `${edit}/lease`, { key: 'reviewer' }), 200);
    expect(await lease(own, edit, 'reviewer2'), 200);
    t.match(await lease(own, edit, 'reviewer', { break: true, reason: 'Away.' }), problem(403, 'recused'));
    expect(await own.ask('DELETE', `${edit}/lease`, { key: 'reviewer2' }), 200);
    t.match(expect(await next(own), 200).body, { incidentId: free.incident }, 'the other one is given, though this one is there');
    t.same(await decidable(own), [free.incident]);
    t.same((await decidable(own, 'reviewer2')).sort(), [used.incident, free.incident].sort());
    t.equal(((await own.read('/v1/reviews?decidable=false', { key: 'reviewer' })).body.items as object[]).length, 1);

    t.match(await end(own, text(declared, 'id'), 'admin'), { status: 200 });
    t.same((await decidable(own)).length, 2);
    expect(await decide(other, used.incident, 2, 'approve'), 200);
  },
);

t.test('nobody ends the own recusal, by any subject, nor says it of another', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await propose(own, world);
  t.match(await declare(own, { incident, subject: 'reviewer2' }), problem(403, 'forbidden'));
  for (const key of ['auditor', 'app'] as const) t.match(await declare(own, { incident }, key), problem(403, 'forbidden'));
  t.match(await declare(own, { party: 'party_01h455vb4pex5vsknk084sn02q' }), problem(422, 'invalid-change'));
  t.match(await declare(own, { incident }, 'contributor2'), problem(422, 'invalid-change'), 'nor is an unpublished incident told of');
  t.match(await declare(own, {}), problem(422, 'invalid-body'));
  t.match(await declare(own, { incident, party: world.city }), problem(422, 'invalid-body'));

  const said = { incident, subject: 'reviewer' };
  const id = text(expect(await declare(own, said, 'admin'), 201), 'id');
  t.match(await decide(own, incident, 1, 'approve'), problem(403, 'recused'));
  t.match(await own.ask('DELETE', `/v1/recusals/${id}`, { key: 'reviewer', body: { reason: 'x' } }), problem(403, 'forbidden'));
  expect(await own.ask('PUT', '/v1/people/reviewer', { key: 'admin', body: { person: 'Both' } }), 200);
  expect(await own.ask('PUT', '/v1/people/admin2', { key: 'admin', body: { person: 'Both' } }), 200);
  t.match(await end(own, id, 'admin2'), problem(403, 'recused'), 'who is admin by another subject');
  expect(await own.ask('PUT', '/v1/people/reviewer2', { key: 'admin', body: { person: 'Both' } }), 200);
  t.match(await decide(own, incident, 1, 'approve', 'reviewer2'), problem(403, 'recused'), 'nor decides the other subject of that person');
  t.match(await end(own, id), { status: 200 });
  t.match(await end(own, id), problem(409, 'record-state'));
  expect(await decide(own, incident, 1, 'approve', 'reviewer2'), 200);

  const list = async (key: Person, query = '') => expect(await own.ask('GET', `/v1/recusals${query}`, { key }), 200).body;
  const item = {
    id,
    subject: 'reviewer',
    incident,
    party: null,
    declaredBy: 'admin',
    ended: { by: 'admin', reason: 'That was long ago.' },
  };
  t.match(await list('admin'), { items: [item], next: null });
  t.match(await list('auditor'), { items: [item] });
  t.match(await list('reviewer2'), { items: [item] }, 'that of the same person');
  t.match(await list('contributor'), { items: [] });
  const further = text(expect(await declare(own, { party: world.city }, 'contributor'), 201), 'id');
  const first = await list('auditor', '?limit=1');
  t.match(first, { items: [item], next: id });
  t.match(await list('auditor', `?limit=1&cursor=${first.next}`), { items: [{ id: further }], next: null });
  t.match(await own.ask('GET', '/v1/recusals?cursor=no', { key: 'admin' }), problem(400, 'invalid-parameter'));
});

t.test('a recusal is one event, however often it is sent, and its reason a text', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const headers = { 'idempotency-key': 'once' };
  const body = { party: world.city, reason: 'A certain relative works there.' };
  const sent = await Promise.all([1, 2, 3].map(() => own.ask('POST', '/v1/recusals', { key: 'reviewer', headers, body })));
  for (const answer of sent) t.same(expect(answer, 201).body, sent[0]?.body);
  t.match(await own.ask('POST', '/v1/recusals', { key: 'reviewer', headers, body: { ...body, reason: 'Else' } }), { status: 422 });
  const events = decoded(await own.log.readStream(recusalStream, 0, { texts: false }));
  t.match(events, [{ type: 'RecusalDeclared', actor: 'reviewer', data: { party: world.city, incident: null } }]);
  t.equal(events.length, 1);
  t.notMatch(JSON.stringify(events.map(({ data }) => data)), /certain/);
});

t.test('an approval counts no more once its reviewer is recused, and edits of the party itself are the party’s', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const resident = await registered(own, { kind: 'person', name: 'a resident' });
  const { incident } = await propose(own, world, { claims: [movedClaim(world, { speaker: resident })] });
  t.match(expect(await decide(own, incident, 1, 'approve'), 200).body, { approvals: { needed: 2, given: 1 } });
  expect(await declare(own, { party: resident, subject: 'reviewer' }, 'admin'), 201);
  t.match(expect(await decide(own, incident, 1, 'approve', 'reviewer2'), 200).body, {
    state: 'submitted',
    approvals: { needed: 2, given: 1 },
  });
  const third = own.ask('POST', `${editAt(incident)}/decision`, {
    key: 'reviewer3',
    headers: { 'if-match': text(await own.read(editAt(incident), { key: 'reviewer2' }), 'etag') },
    body: { decision: 'approve', reason: null },
  });
  t.match(expect(await third, 200).body, { state: 'applied', approvals: { needed: 2, given: 2 } });

  const changes = [{ kind: 'set_privacy', private: true, publicRole: null, reason: 'It was looked at.' }];
  const sent = { key: 'contributor', body: { baseRevision: 1, rationale: 'As it is.', changes } } as const;
  expect(await own.ask('POST', `/v1/parties/${resident}/edits`, sent), 201);
  t.match(await lease(own, `/v1/parties/${resident}/edits/1`), problem(403, 'recused'));
  t.match(await lease(own, `/v1/parties/${resident}/edits/1`, 'reviewer2'), { status: 200 });
  t.same(await decidable(own), []);
});

t.test('who is recused from an incident is so from what it is merged into', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const survivor = await publish(own, world);
  const source = text(expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ title: 'Again' }) }), 201), 'id');
  const claims = [movedClaim(world, { citations: [quoting(source, 'the car moved toward its officers before the first shot')] })];
  const merged = await publish(own, world, { title: 'Shots at the harbour of Porto Novo', claims });
  expect(await declare(own, { incident: merged.incident }), 201);
  const change = { kind: 'merge_incident', into: survivor.incident, reason: 'It is the same one.' };
  expect(await submit(own, merged.incident, merged.revision, [change]), 201);
  t.match(await lease(own, editAt(merged.incident, 2)), problem(403, 'recused'));
  for (const key of ['reviewer2', 'reviewer3'] as const) expect(await decide(own, merged.incident, 2, 'approve', key as Person), 200);
  expect(await submit(own, survivor.incident, survivor.revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  t.match(await lease(own, editAt(survivor.incident, 2)), problem(403, 'recused'));
});
