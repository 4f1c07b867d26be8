import { policyStream } from '@averment/domain';
import { decoded } from '@averment/event-log';
import t from 'tap';
import { type Further, type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
type Rules = {
  approvals: { usual: number; kinds: Record<string, number>; holds: Record<string, number>; touches: Record<string, number> };
  dueHours: Record<string, number>;
  openEdits: number | null;
};
const proposalLike = {
  occurred: { date: '2026-01-15', time: null, timeZone: 'America/Los_Angeles' },
  place: { text: 'Porto Novo', locality: 'Porto Novo', region: 'US-WA', country: 'US', precision: 'locality' },
};
const inForce = async (own: Harness) =>
  expect(await own.ask('GET', '/v1/policy', { key: 'reviewer' }), 200).body as { version: number; rules: Rules };
const proposeRules = (own: Harness, rules: object, key: Person = 'admin', headers = {}) =>
  own.ask('POST', '/v1/policy/proposals', { key, headers, body: { rules, reason: 'We learned that from an error.' } });
const approve = (own: Harness, id: string, key: Person | `avk_${string}` = 'admin2', headers = {}) =>
  own.ask('POST', `/v1/policy/proposals/${id}/approve`, { key, headers });
/** Brings the rules into force that `change` makes of those that are. */
const adopt = async (own: Harness, change: (rules: Rules) => object): Promise<number> => {
  const { rules } = await inForce(own);
  const id = text(expect(await proposeRules(own, change(rules)), 201), 'id');
  return Number(expect(await approve(own, id), 200).body.version);
};
const withKinds = (kinds: Record<string, number>) => (rules: Rules) => ({
  ...rules,
  approvals: { ...rules.approvals, kinds: { ...rules.approvals.kinds, ...kinds } },
});
const editPath = (incident: string, edit = 1) => `/v1/incidents/${incident}/edits/${edit}`;
const shown = async (own: Harness, incident: string, edit = 1) => (await own.read(editPath(incident, edit), { key: 'reviewer' })).body;
const queued = async (own: Harness, incident: string) =>
  ((await own.read('/v1/reviews', { key: 'reviewer' })).body.items as Record<string, unknown>[]).find(
    (item) => item.incidentId === incident,
  );
const third = async (own: Harness, incident: string, edit = 1, key: Further = 'reviewer3') =>
  own.ask('POST', `${editPath(incident, edit)}/decision`, {
    key,
    headers: { 'if-match': String((await shown(own, incident, edit)).etag) },
    body: { decision: 'approve', reason: null },
  });

t.test('rules are proposed by one admin and approved by another, and are in force in every process', async (t) => {
  const own = await harness(t);
  const other = await own.another();
  const { version, rules } = await inForce(own);
  t.equal(version, 4);
  t.same((await own.log.readStream(policyStream, 0)).length, 0, 'to read them writes nothing');
  t.match(await proposeRules(own, rules), problem(409, 'policy-state'), 'the same again');
  t.match(await proposeRules(own, { ...rules, approvals: { usual: 2 } }), problem(422, 'invalid-body'));
  t.match(await proposeRules(own, withKinds({ no_kind: 2 })(rules)), problem(422, 'invalid-body'));

  const sent = withKinds({ add_claim: 2 })(rules);
  const [first, again] = await Promise.all([1, 2].map(() => proposeRules(own, sent, 'admin', { 'idempotency-key': 'once' })));
  t.same(expect(again as typeof first & object, 201).body, (first as typeof first & object).body);
  const id = String(first?.body.id);
  t.match(await approve(own, id, 'admin'), problem(403, 'self-approval'));
  expect(await own.ask('PUT', '/v1/people/admin', { key: 'admin', body: { person: 'One' } }), 200);
  expect(await own.ask('PUT', '/v1/people/admin2', { key: 'admin', body: { person: 'One' } }), 200);
  t.match(await approve(own, id), problem(403, 'self-approval'), 'one person with two subjects');
  expect(await own.ask('PUT', '/v1/people/admin2', { key: 'admin', body: { person: null } }), 200);
  for (const key of ['reviewer', 'contributor', 'auditor'] as const) t.match(await approve(own, id, key), problem(403, 'forbidden'));
  t.equal((await inForce(other)).version, 4, 'nothing has changed yet');

  const stale = text(expect(await proposeRules(own, withKinds({ add_claim: 3 })(rules), 'admin2'), 201), 'id');
  const both = await Promise.all([
    approve(own, id, 'admin2', { 'idempotency-key': 'a' }),
    approve(other, id, 'admin2', { 'idempotency-key': 'b' }),
  ]);
  t.same(both.map(({ status }) => status).sort(), [200, 409], 'of two approvals at once one counts');
  const won = both[0]?.status === 200 ? 'a' : 'b';
  t.match(
    await approve(other, id, 'admin2', { 'idempotency-key': won }),
    { status: 200, body: { version: 5, state: 'adopted' } },
    'a replay',
  );
  t.match(await approve(own, stale, 'admin'), problem(409, 'policy-state'), 'that one was made for other rules');
  const rejected = await own.ask('POST', `/v1/policy/proposals/${stale}/reject`, { key: 'admin2', body: { reason: 'It is stale.' } });
  t.match(expect(rejected, 200).body, { state: 'rejected', version: 5 });
  t.match(await approve(own, 'policy_01h455vb4pex5vsknk084sn02q'), problem(404, 'not-found'));
  for (const process of [own, other]) t.match(await inForce(process), { version: 5, rules: sent });

  const events = decoded(await own.log.readStream(policyStream, 0));
  t.same(
    events.map(({ type, actor }) => `${type} ${actor}`),
    [
      ...Array(4).fill('PolicyNoted admin'),
      'PolicyProposed admin',
      'PolicyProposed admin2',
      'PolicyAdopted admin2',
      'PolicyRejected admin2',
    ],
    'each version so far stands first, once',
  );
});

t.test('what was in force when is told, and which version a vote was cast under', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  await adopt(own, withKinds({ add_claim: 2 }));
  await own.read('/v1/incidents');
  const history = expect(await own.ask('GET', '/v1/policy/history', { key: 'contributor' }), 200).body.items as Record<string, unknown>[];
  t.match(history, [
    { version: 1, since: '2026-11-22', proposedBy: null, rules: { approvals: { holds: { personalAspect: 1 }, touches: { ruling: 1 } } } },
    { version: 2, rules: { approvals: { touches: { ruling: 2 } } } },
    { version: 3, rules: { approvals: { holds: { personalAspect: 2 } } } },
    { version: 4, approvedBy: null },
    { version: 5, proposedBy: 'admin', approvedBy: 'admin2', reason: 'We learned that from an error.' },
  ]);
  const at = async (asOf: string) => own.ask('GET', '/v1/policy', { key: 'auditor', query: { asOf } });
  const { since } = history[4] as { since: string };
  t.match(expect(await at('2026-11-23T00:00:00Z'), 200).body, { version: 1 });
  t.match(expect(await at(new Date(Date.parse(since) - 1000).toISOString()), 200).body, { version: 4 });
  t.match(expect(await at(since), 200).body, { version: 5 });
  t.equal((await at('2026-11-01')).status, 404);
  t.match(await at('2999-01-01'), problem(400, 'time-in-future'));
  t.match(await own.ask('GET', '/v1/policy'), { status: 401 });
  t.match((await shown(own, incident)).approvals, { policy: 4, needed: 1 }, 'what was decided keeps its version');
  const proposals = expect(await own.ask('GET', '/v1/policy/proposals', { key: 'admin' }), 200).body;
  t.match(proposals, { items: [{ state: 'adopted', base: 4, proposedBy: 'admin', closedBy: 'admin2' }], next: null });
});

t.test('stricter rules bind what is open, in the queue and at the vote; laxer ones close no vote early', async (t) => {
  const own = await harness(t);
  const other = await own.another();
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  t.match(await queued(own, incident), { approvals: { needed: 1, policy: 4 }, priority: 'normal' });

  t.equal(await adopt(own, withKinds({ add_claim: 3 })), 5);
  t.match(await queued(own, incident), { approvals: { needed: 3, why: 'Three approvals: it adds a claim.', policy: 5 }, priority: 'high' });
  t.match((await shown(own, incident, 2)).approvals, { needed: 3, policy: 5 });
  t.match(expect(await decide(other, incident, 2, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 3, given: 1 } });
  t.match(expect(await decide(own, incident, 2, 'approve', 'reviewer2'), 200).body, {
    state: 'submitted',
    approvals: { needed: 3, given: 2 },
  });

  // The edit was submitted when one sufficed, so that is what the laxer rules leave; two have approved, and nothing happens by itself.
  const before = (await own.log.readStream(incident, 0)).length;
  t.equal(await adopt(own, withKinds({ add_claim: 1 })), 6);
  t.match(await shown(own, incident, 2), { state: 'submitted', approvals: { needed: 1, given: 2, policy: 6 } });
  t.equal((await own.log.readStream(incident, 0)).length, before);
  t.match(expect(await third(own, incident, 2), 200).body, { state: 'applied' });
  t.match((await shown(own, incident, 2)).votes, [{}, {}, {}]);
  const votes = decoded(await own.log.readStream(incident, 0)).filter(({ type, edit }) => type === 'EditApproved' && edit === 2);
  t.match(
    votes.map(({ data }) => data),
    [
      { policy: 5, needed: 3 },
      { policy: 5, needed: 3 },
      { policy: 6, needed: 1 },
    ],
  );

  // What is submitted under strict rules takes what these ask, whatever is adopted since.
  await adopt(own, withKinds({ report_incident: 2 }));
  const strict = await propose(own, world, { title: 'Again shots at the harbour of Porto Novo' });
  await adopt(own, withKinds({ report_incident: 1 }));
  const why = 'Two approvals: it proposes an incident, under version 7 of the policy, with which it was submitted.';
  t.match(await queued(own, strict.incident), { approvals: { needed: 2, why, policy: 8 } });
  t.match(expect(await decide(own, strict.incident, 1, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 2 } });
  t.match(expect(await decide(other, strict.incident, 1, 'approve', 'reviewer2'), 200).body, { state: 'applied' });
});

t.test('until when edits are due, and how many a subject may have open, is in the rules', async (t) => {
  const own = await harness(t, { quotas: { sourceBytes: null, openEdits: 3 } });
  const world = await furnish(own);
  const { incident } = await propose(own, world);
  const due = async () => {
    const item = await queued(own, incident);
    return (Date.parse(String(item?.dueAt)) - Date.parse(String(item?.submittedAt))) / 3_600_000;
  };
  t.equal(await due(), 72);
  await adopt(own, (rules) => ({ ...rules, dueHours: { urgent: 1, high: 12, normal: 24 }, openEdits: 2 }));
  t.equal(await due(), 24, 'also of what is open');
  expect(await decide(own, incident, 1, 'request_changes'), 200);
  const more = () =>
    own.ask('POST', '/v1/incidents', { key: 'contributor', body: { ...proposalOf(world), title: `${Math.random()} shots` } });
  const proposalOf = (from: typeof world) => ({
    ...proposalLike,
    agencies: [from.city],
    claims: [stoodClaim(from)],
    rationale: 'Another one.',
  });
  expect(await more(), 201);
  t.match(await more(), problem(429, 'quota-exceeded'), 'fewer than the installation allows');
  await adopt(own, (rules) => ({ ...rules, openEdits: 100 }));
  expect(await more(), 201);
  t.match(await more(), problem(429, 'quota-exceeded'), 'no more than that');
});

t.test('a machine submits what the rules let it, and what it submits takes more', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const made = async (kind: string) => {
    const body = { subject: `desk-${kind}`, role: 'contributor', kind };
    return text(expect(await own.ask('POST', '/v1/keys', { key: 'admin', body }), 201), 'key') as `avk_${string}`;
  };
  const [machine, person] = [await made('machine'), await made('person')];
  const send = (key: `avk_${string}`, changes: object[]) =>
    own.ask('POST', `/v1/incidents/${incident}/edits`, { key, body: { baseRevision: revision, rationale: 'As it is written.', changes } });
  const add = [{ kind: 'add_claim', claim: stoodClaim(world) }];
  const correct = [{ kind: 'correct_incident', set: { title: 'Shots' }, basis: 'editorial', reason: 'It is shorter now.', citations: [] }];
  expect(await send(machine, correct), 201);

  await adopt(own, (rules) => ({ ...rules, machines: { kinds: ['add_claim', 'correct_source'], approvals: 2 } }));
  const refused = await send(machine, [...add, ...correct]);
  t.match(refused, problem(403, 'machine-kinds'));
  t.match(refused.body, { detail: /add_claim, correct_source/, errors: [{ pointer: '/changes/1' }] });
  const claims = { claims: [stoodClaim(world)], agencies: [world.city], title: 'Shots again', rationale: 'Again.' };
  t.match(await own.ask('POST', '/v1/incidents', { key: machine, body: { ...proposalLike, ...claims } }), problem(403, 'machine-kinds'));
  const named = {
    baseRevision: 1,
    rationale: 'So.',
    changes: [{ kind: 'correct_party', set: { name: 'Police' }, reason: 'As it is written.' }],
  };
  t.match(await own.ask('POST', `/v1/parties/${world.police}/edits`, { key: machine, body: named }), problem(403, 'machine-kinds'));
  const retitled = { ...named, changes: [{ kind: 'correct_source', set: { title: 'Shots' }, reason: 'As it is written.' }] };
  expect(await own.ask('POST', `/v1/sources/${world.source}/edits`, { key: machine, body: retitled }), 201);
  const source = await own.read(`/v1/sources/${world.source}/edits/1`, { key: 'reviewer' });
  t.match(source.body, { approvals: { needed: 2, why: 'Two approvals: a machine submitted it.' }, versions: [{ machine: true }] });

  const edit = Number(expect(await send(machine, add), 201).body.edit);
  t.match(await shown(own, incident, edit), { approvals: { needed: 2 }, versions: [{ machine: true }] });
  t.match(await shown(own, incident, 2), { approvals: { needed: 2, policy: 5 } }, 'what it submitted before is open, so that it is bound');
  t.match(expect(await decide(own, incident, edit, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
  const ofPerson = Number(expect(await send(person, add), 201).body.edit);
  t.match(await shown(own, incident, ofPerson), { approvals: { needed: 1 }, versions: [{ machine: false }] });
  const events = decoded(await own.log.readStream(incident, 0)).filter(({ type }) => type === 'EditSubmitted');
  t.same(
    events.map(({ data }) => (data as { machine: boolean }).machine),
    [false, true, true, false],
  );
});

t.test('what other rules would make of the open edits is told, edit by edit, and nothing is written', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  const named = {
    baseRevision: 1,
    rationale: 'So.',
    changes: [{ kind: 'correct_party', set: { name: 'Police' }, reason: 'As it is written.' }],
  };
  expect(await own.ask('POST', `/v1/parties/${world.police}/edits`, { key: 'contributor', body: named }), 201);
  const retitled = { ...named, changes: [{ kind: 'correct_source', set: { title: 'Shots' }, reason: 'As it is written.' }] };
  expect(await own.ask('POST', `/v1/sources/${world.source}/edits`, { key: 'contributor', body: retitled }), 201);
  const { rules } = await inForce(own);
  const dryRun = async (tried: object, query = {}) => {
    await own.read('/v1/reviews', { key: 'reviewer' });
    return own.ask('POST', '/v1/policy/dry-run', { key: 'admin', query, body: { rules: tried } });
  };
  type Changed = Record<'incident' | 'source' | 'party', string | null> & Record<'edit' | 'needed' | 'neededThen', number>;
  const told = (answer: { body: Record<string, unknown> }) =>
    (answer.body.edits as Changed[]).map((one) => [one.incident, one.source, one.party, one.edit, one.needed, one.neededThen]);
  t.same(expect(await dryRun(rules), 200).body, { edits: [], looked: 3, next: null });
  const stricter = withKinds({ add_claim: 2, correct_party: 3 })(rules);
  const [of, ofParty] = [
    [incident, null, null, 2, 1, 2],
    [null, null, world.police, 1, 1, 3],
  ];
  const all = expect(await dryRun(stricter), 200);
  t.match(all.body, { looked: 3, next: null });
  t.same(told(all), [of, ofParty]);
  const first = expect(await dryRun(stricter, { limit: '1' }), 200);
  t.equal(first.body.looked, 1);
  t.same(told(first), [of]);
  const second = expect(await dryRun(stricter, { limit: '2', cursor: String(first.body.next) }), 200);
  t.match(second.body, { looked: 2, next: null });
  t.same(told(second), [ofParty]);
  t.equal((await inForce(own)).version, 4);
  t.same((await own.log.readStream(policyStream, 0)).length, 0);

  // Rules that are laxer than those of now leave what the edit was submitted under.
  await adopt(own, () => stricter);
  t.same(told(expect(await dryRun(withKinds({ add_claim: 1, correct_party: 2 })(stricter)), 200)), [
    [incident, null, null, 2, 2, 1],
    [null, null, world.police, 1, 3, 2],
  ]);
  expect(await decide(own, incident, 2, 'reject'), 200);
  t.same(told(expect(await dryRun(rules), 200)), [[null, null, world.police, 1, 3, 1]]);
  for (const key of ['reviewer', 'auditor', 'contributor'] as const)
    t.match(await own.ask('POST', '/v1/policy/dry-run', { key, body: { rules } }), problem(403, 'forbidden'));
});

t.test('an author of whom few edits were applied is asked for one more, as was known when the edit was submitted', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  await adopt(own, (rules) => ({ ...rules, authors: { applied: 2, rejectedPercent: 50, decided: 4 } }));
  const send = async (key: Person) => {
    await own.read('/v1/reviews', { key: 'reviewer' });
    return Number(expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }], key), 201).body.edit);
  };
  const why = 'Two approvals: one more, as its author has fewer than 2 applied edits.';
  const first = await send('contributor');
  t.match(await shown(own, incident, first), { approvals: { needed: 2, why } }, 'one was applied: the proposal');
  const stranger = await send('contributor2');
  t.match(await queued(own, incident), { approvals: { needed: 2, why } });
  expect(await decide(own, incident, first, 'approve'), 200);
  t.match(expect(await decide(own, incident, first, 'approve', 'reviewer2'), 200).body, { state: 'applied' });
  const second = await send('contributor');
  t.match(await shown(own, incident, second), { approvals: { needed: 1 } }, 'two were');
  t.match(expect(await decide(own, incident, second, 'approve'), 200).body, { state: 'applied' });

  for (const edit of [await send('contributor'), await send('contributor'), await send('contributor'), await send('contributor')])
    expect(await decide(own, incident, edit, 'reject'), 200);
  const rejected = await send('contributor');
  t.match(await shown(own, incident, rejected), { approvals: { needed: 2, why: /more than 50 % of the decided edits of its author/ } });
  t.match(await shown(own, incident, stranger), { approvals: { needed: 2, why } }, 'what was known of the others stays');
  const tallies = decoded(await own.log.readStream(incident, 0)).flatMap(({ type, data }) =>
    type === 'EditSubmitted' ? (data as { tally: { applied: number; rejected: number } | null }).tally : [],
  );
  t.match(tallies.at(-1), { applied: 3, rejected: 4 });
});
