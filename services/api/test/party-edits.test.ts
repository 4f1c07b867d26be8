import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { expect, furnish, movedClaim, propose, publish, quoting, text } from './support/story.ts';

const harness = await harnessFor(t);

type Own = Awaited<ReturnType<typeof harness>>;
type Key = 'contributor' | 'reviewer';
const submit = (own: Own, path: string, changes: object[], { key = 'contributor' as Key, baseRevision = 1 } = {}) =>
  own.ask('POST', `${path}/edits`, { key, body: { baseRevision, rationale: 'As it is written there.', changes } });
const decide = async (own: Own, path: string, edit: number, key: 'reviewer' | 'reviewer2' = 'reviewer') => {
  const now = expect(await own.read(`${path}/edits/${edit}`, { key: 'reviewer' }), 200);
  return own.ask('POST', `${path}/edits/${edit}/decision`, {
    key,
    headers: { 'if-match': text(now, 'etag') },
    body: { decision: 'approve', reason: 'Looked at.' },
  });
};
const register = async (own: Own, body: object) =>
  `/v1/parties/${text(expect(await own.ask('POST', '/v1/parties', { key: 'reviewer', body }), 201), 'id')}`;
const correct = (set: object, more: object = {}) => ({ kind: 'correct_party', set, reason: 'It was misspelt here.', ...more });
const setPrivate = { kind: 'set_privacy', private: true, reason: 'It is a private person.' };
const setPublic = { kind: 'set_privacy', private: false, publicRole: 'mayor', reason: 'It is the mayor.' };

t.test('an agency that was misspelt is corrected, for everybody who reads of it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const path = `/v1/parties/${world.police}`;
  const { incident, position } = await publish(own, world);
  const change = correct(
    { name: 'Harbor Police', aliases: ['Harbour Police'], parent: world.city },
    { citations: [quoting(world.source, 'The Harbour Police')] },
  );
  const answer = expect(await submit(own, path, [change]), 201);
  t.match(answer.body, { of: { kind: 'party', id: world.police }, incidentId: null, edit: 1, state: 'submitted', version: 1 });
  t.match((await own.read(`${path}/edits/1`, { key: 'reviewer' })).body, {
    approvals: { needed: 1 },
    makesPublic: { parties: [{ id: world.city }] },
    versions: [{ changes: [{ ...change, citations: [{ source: world.source, quote: { exact: 'The Harbour Police' } }] }] }],
  });
  t.match((await own.read('/v1/reviews', { key: 'reviewer' })).body, { items: [{ of: { id: world.police }, title: 'Harbour Police' }] });
  expect(await decide(own, path, 1), 200);
  t.match((await own.read(path)).body, { name: 'Harbor Police', version: 2, parent: world.city });
  const names = async (query = {}) =>
    ((await own.read(`/v1/incidents/${incident}`, { query })).body.parties as { id: string; name: string }[]).find(
      ({ id }) => id === world.police,
    )?.name;
  t.equal(await names(), 'Harbor Police');
  t.equal(await names({ asOfPosition: position }), 'Harbour Police', 'the public reads what a party was called then');
  t.match(await own.read(path, { query: { asOfPosition: position } }), {
    status: 200,
    body: { name: 'Harbour Police', version: 1, parent: null },
  });
  t.match((await own.read('/v1/parties', { query: { q: 'harbor' } })).body, { items: [{ id: world.police }] });
});

t.test('what breaks a rule is refused, with its place', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const path = `/v1/parties/${world.police}`;
  await own.read(path);
  const places = async (path: string, changes: object[], key: Key = 'contributor') => {
    const answer = await submit(own, path, changes, { key });
    return [answer.status, ...((answer.body.errors ?? []) as { pointer: string }[]).map(({ pointer }) => pointer)];
  };
  t.same(await places(path, [correct({})]), [422, '/changes/0/set']);
  t.same(
    await places(path, [correct({ private: true })]),
    [422, '/changes/0/set/private', '/changes/0/set'],
    'privacy is a change of its own',
  );
  t.same(await places(path, [correct({ parent: world.police })]), [422, '/changes/0/set/parent']);
  t.same(await places(path, [correct({ parent: world.witness })]), [422, '/changes/0/set/parent']);
  t.same(await places(path, [setPrivate]), [422, '/changes/0/private']);
  t.same(await places(path, [setPublic]), [422, '/changes/0/private']);
  t.same(await places(path, [{ kind: 'withdraw_source', reason: 'It is another kind.' }]), [422, '/changes/0/kind']);
  t.same(await places(path, [correct({ name: 'Cіty of Porto Novo' })]), [409, '/changes/0/set/name'], 'it looks like another');
  t.same(await places(path, [correct({ distinctFrom: [world.city] })]), [403], 'a reviewer says so');
  t.same(await places(path, [correct({ name: 'Cіty of Porto Novo', distinctFrom: [world.city] })], 'reviewer'), [201]);
  const witness = `/v1/parties/${world.witness}`;
  t.same(await places(witness, [correct({ aliases: ['another'] })]), [422, '/changes/0/set/aliases']);
  t.same(await places(witness, [setPrivate]), [201], 'what whoever registered it said alone is confirmed');
  t.same(await places(witness, [{ ...setPublic, publicRole: null }]), [422, '/changes/0/publicRole']);
  t.same(await places(witness, [{ ...setPrivate, publicRole: 'mayor' }]), [422, '/changes/0/publicRole']);
});

t.test('an agency that was renamed speaks under the name of its day, is found by both, and no moment asked for chooses one', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const shown = async (incident: string, query = {}) =>
    (await own.read(`/v1/incidents/${incident}`, { query })).body as { claims: { attributed: string }[]; agencies: { name: string }[] };
  const early = await publish(own, world, { title: 'Shots at the old harbour', occurred: { date: '2001-05' } });
  const late = await publish(own, world, { claims: [movedClaim(world), movedClaim(world, { ref: 'c2', saidAt: '2002-12-31' })] });
  const path = `/v1/parties/${world.police}`;
  const rename = { kind: 'rename_party', name: 'Port Authority Police', from: '2003', until: null, reason: 'By an act of that year.' };
  t.match(await submit(own, path, [{ ...rename, from: null }]), { status: 422, body: { errors: [{ pointer: '/changes/0/from' }] } });
  t.match(await submit(own, `/v1/parties/${world.witness}`, [rename]), { status: 422, body: { errors: [{ pointer: '/changes/0/name' }] } });
  expect(await submit(own, path, [rename]), 201);
  expect(await decide(own, path, 1), 200);

  t.match((await own.read(path)).body, {
    name: 'Port Authority Police',
    formerNames: [{ name: 'Harbour Police', from: null, until: '2003' }],
    version: 2,
  });
  t.match(await shown(early.incident), { agencies: [{ name: 'Harbour Police' }], claims: [{ attributed: /^Harbour Police / }] });
  t.match(await shown(late.incident), {
    agencies: [{ name: 'Port Authority Police' }],
    claims: [{ attributed: /^Port Authority Police / }, { attributed: /^Harbour Police / }],
  });
  t.match(
    await shown(late.incident, { asOfPosition: late.position }),
    { agencies: [{ name: 'Harbour Police' }] },
    'as the record knew it then',
  );
  for (const q of ['Harbour', 'Authority'])
    t.match((await own.read('/v1/parties', { query: { q } })).body.items, [{ id: world.police }], q);
  const twin = await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name: 'Harbour Police' } });
  t.match(
    twin,
    { status: 201, body: { resembles: [{ id: world.police, name: 'Port Authority Police' }] } },
    'it is told of one that had this name',
  );
});

t.test('to make somebody public takes two, to make somebody private one, at once', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const path = await register(own, { kind: 'person', name: 'The person in the car' });
  const person = path.slice('/v1/parties/'.length);
  const queue = async () =>
    (await own.read('/v1/reviews?sort=dueAt', { key: 'reviewer' })).body.items as {
      of: { id: string };
      priority: string;
      dueAt: string;
      submittedAt: string;
    }[];
  const hours = ({ dueAt, submittedAt }: { dueAt: string; submittedAt: string }) =>
    (Date.parse(dueAt) - Date.parse(submittedAt)) / 3_600_000;

  expect(await submit(own, path, [correct({ name: 'The driver of the car' })]), 201);
  t.match((await own.read(`${path}/edits/1`, { key: 'reviewer' })).body, { approvals: { needed: 2, why: /private person/ } });
  expect(await submit(own, path, [setPublic]), 201);
  t.match(expect(await decide(own, path, 2), 200).body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
  t.match((await own.read(path, { key: 'contributor' })).body, { private: true });
  expect(await decide(own, path, 2, 'reviewer2'), 200);
  t.match((await own.read(path, { key: 'contributor' })).body, { private: false, publicRole: 'mayor', version: 2 });
  t.match(
    (await own.read(`${path}/edits/1`, { key: 'reviewer' })).body,
    { approvals: { needed: 1 } },
    'two have looked at who that is, so that a correction takes one',
  );
  // An edit that uses the person: its privacy was reviewed by two.
  const claim = movedClaim(world, { about: person });
  const { incident } = await propose(own, world, { claims: [claim] });
  t.match((await own.read(`/v1/incidents/${incident}/edits/1`, { key: 'reviewer' })).body, { approvals: { needed: 1 } });
  const published = expect(
    await own.ask('POST', `/v1/incidents/${incident}/edits/1/decision`, {
      key: 'reviewer',
      headers: { 'if-match': text(await own.read(`/v1/incidents/${incident}/edits/1`, { key: 'reviewer' }), 'etag') },
      body: { decision: 'approve', reason: 'Checked.' },
    }),
    200,
  );
  const position = text(published, 'position');
  const shown = async (query = {}) => JSON.stringify((await own.read(`/v1/incidents/${incident}`, { query })).body);
  t.match(await shown(), /The person in the car/);

  const other = await register(own, { kind: 'agency', name: 'A third agency' });
  expect(await submit(own, other, [correct({ name: 'The third agency' })]), 201);
  expect(await submit(own, path, [setPrivate], { baseRevision: 2 }), 201);
  const [first, second] = (await queue())
    .filter(({ of }) => of.id === person || other.endsWith(of.id))
    .filter((item) => hours(item) < 5 || other.endsWith(item.of.id));
  t.match(first, { of: { id: person }, priority: 'high', priorityReasons: [{ code: 'protects_person' }, { code: 'one_approval' }] });
  t.equal(first && hours(first), 4);
  t.equal(second && hours(second), 72);
  t.match(expect(await decide(own, path, 3), 200).body, { state: 'applied', approvals: { needed: 1, given: 1 }, appliedRevision: 3 });

  const now: Record<string, string> = {};
  for (const query of [now, { asOfPosition: position }])
    t.notMatch(await shown(query), /The person in the car|mayor/, JSON.stringify(query));
  for (const query of [now, { asOfPosition: position }, { asOfVersion: '2' }] as Record<string, string>[])
    t.match(
      await own.read(path, { query }),
      { status: 200, body: { name: null, private: true, publicRole: null, aliases: [] } },
      JSON.stringify(query),
    );
  t.match(await own.read(path, { key: 'contributor', query: { asOfVersion: '2' } }), {
    body: { name: 'The person in the car', private: false },
  });
  t.match(await own.read('/v1/parties', { query: { q: 'person' } }), { body: { items: [] } });
  t.notMatch((await own.read('/v1/events', { key: 'app' })).text, /The person in the car|mayor/);
  t.match((await own.read(`/v1/incidents/${incident}`, { key: 'contributor' })).text, /The person in the car/, 'with a key it is read');
});
