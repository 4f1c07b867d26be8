import { createMerging } from '@averment/commands';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { submitOf, voteOn } from './support/party-edits.ts';
import { decide as decideEdit, expect, furnish, movedClaim, propose, publish, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

type Own = Harness;
/** Follows what was decided, as the worker does. */
const follow = async ({ log }: Own): Promise<void> => {
  const merging = createMerging({ log, clock: systemClock });
  let [after, last] = [0n, -1n];
  while (after !== last) {
    last = after;
    for (const { type, stream, revision, position } of await log.readAll(after, 10_000, { texts: false })) {
      after = position;
      if (/^Party(Merged|Unmerged|PrivacySet)$/.test(type)) await merging.follow({ stream, revision });
    }
  }
};
const register = async (own: Own, body: object, key: 'contributor' | 'reviewer' = 'contributor') =>
  text(expect(await own.ask('POST', '/v1/parties', { key, body }), 201), 'id');
/** Submits the change and approves it until it is applied; answers the position. */
const apply = async (own: Own, party: string, change: object): Promise<string> => {
  const edit = Number(expect(await submitOf(own, party, change), 201).body.edit);
  for (const key of ['reviewer', 'reviewer2'] as const) {
    const decided = expect(await voteOn(own, party, edit, key), 200);
    if (decided.body.state === 'applied') return text(decided, 'position');
  }
  throw new Error('two approvals were not enough');
};
/** What two offices can agree on. */
const shots = { aspect: 'shots_fired', value: { kind: 'quantity', value: '2', unit: 'shot', comparator: 'exact' } };
const merge = (into: string) => ({ kind: 'merge_party', into, reason: 'The same number in the list of agencies.' });
const unmerge = { kind: 'unmerge_party', reason: 'They are two offices.' };
type Shown = {
  aspects: { aspect: string; about: string | null; state: string; voices: number }[];
  claims: { speaker: string; voice: string }[];
};
const aspects = async (own: Own, incident: string, query = {}) =>
  ((await own.read(`/v1/incidents/${incident}`, { query })).body as Shown).aspects.map(({ about, state, voices }) => ({
    about,
    state,
    voices,
  }));

t.test('one sheriff’s office under two names is one voice once it is merged, two before and after', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const twin = await register(own, { kind: 'agency', name: 'Sheriff of the harbour', externalId: { scheme: 'list', value: '17' } });
  const claims = [movedClaim(world, shots), movedClaim(world, { ...shots, ref: 'c2', speaker: twin })];
  const { incident, position } = await publish(own, world, { claims });
  t.match(await aspects(own, incident), [{ state: 'agreed', voices: 2 }]);

  const answer = expect(await submitOf(own, twin, merge(world.police)), 201);
  t.match(answer.body, { of: { kind: 'party', id: twin }, state: 'submitted' });
  t.match((await own.read(`/v1/parties/${twin}/edits/1`, { key: 'reviewer' })).body, {
    approvals: { needed: 1 },
    versions: [{ changes: [merge(world.police)] }],
  });
  const merged = text(expect(await voteOn(own, twin, 1), 200), 'position');
  t.match(await aspects(own, incident), [{ state: 'single_account', voices: 1 }]);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, {
    claims: [
      { speaker: world.police, voice: world.police },
      { speaker: twin, voice: world.police },
    ],
  });
  t.match((await own.read(`/v1/incidents/${incident}/comparison`)).body, { voices: [{ id: world.police, name: 'Harbour Police' }] });
  t.match(await aspects(own, incident, { asOfPosition: position }), [{ state: 'agreed', voices: 2 }], 'the past record has two');
  t.match((await own.read(`/v1/parties/${twin}`)).body, {
    name: 'Sheriff of the harbour',
    mergedInto: world.police,
    mergedFrom: [],
    version: 2,
  });
  t.match((await own.read(`/v1/parties/${twin}`, { query: { asOfPosition: position } })).body, { mergedInto: null, version: 1 });
  t.match((await own.read('/v1/parties?externalId=list:17', { key: 'contributor' })).body.items, [{ id: twin, mergedInto: world.police }]);
  t.match((await own.read(`/v1/parties/${world.police}`)).body, { mergedFrom: [] });
  await follow(own);
  await follow(own);
  t.match((await own.read(`/v1/parties/${world.police}`)).body, { mergedFrom: [twin], mergedInto: null, version: 1 });

  for (const query of [{}, { asOfPosition: merged }] as Record<string, string>[])
    for (const [party, count] of [
      [world.police, 2],
      [twin, 1],
    ] as const)
      t.equal(
        ((await own.read('/v1/claims', { query: { speaker: party, ...query } })).body.items as object[]).length,
        count,
        `${party} ${JSON.stringify(query)}`,
      );
  t.equal(((await own.read('/v1/claims', { query: { speaker: world.police, asOfPosition: position } })).body.items as object[]).length, 1);
  t.match((await own.read(`/v1/parties/${world.police}/claims/summary`)).body, { claims: 2, incidents: 1 });

  await apply(own, twin, unmerge);
  await follow(own);
  t.match(await aspects(own, incident), [{ state: 'agreed', voices: 2 }]);
  t.match(await aspects(own, incident, { asOfPosition: merged }), [{ state: 'single_account', voices: 1 }]);
  t.match((await own.read(`/v1/parties/${twin}`)).body, { mergedInto: null, version: 3 });
  t.match((await own.read(`/v1/parties/${world.police}`)).body, { mergedFrom: [] });
  t.equal(((await own.read('/v1/claims', { query: { speaker: world.police } })).body.items as object[]).length, 1);
  await exportsAgree(t, own);
});

t.test('an incident is found by the survivor, as agency, speaker and person', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const twin = await register(own, { kind: 'agency', name: 'Sheriff of the harbour' });
  const { incident, position } = await publish(own, world, {
    agencies: [twin],
    claims: [movedClaim(world, { speaker: twin, about: world.witness })],
  });
  const driver = await register(own, { kind: 'described_role', name: 'the person in the car' });
  const ids = async (query: Record<string, string>) =>
    ((await own.read('/v1/incidents', { query })).body.items as { id: string }[]).map(({ id }) => id);
  t.same(await ids({ agency: world.police }), []);
  await apply(own, twin, merge(world.police));
  await apply(own, world.witness, merge(driver));
  const queries: Record<string, string>[] = [
    { agency: world.police },
    { agency: twin },
    { speaker: world.police },
    { about: driver },
    { speaker: world.police, about: driver },
  ];
  for (const query of queries) t.same(await ids(query), [incident], JSON.stringify(query));
  t.same(await ids({ agency: world.police, asOfPosition: position }), []);
  t.same(await ids({ q: 'harbour police' }), [incident], 'by its name too');
  t.match(await aspects(own, incident), [{ about: driver }]);
  t.match((await own.read('/v1/claims', { query: { about: driver } })).body.items, [{ about: world.witness }]);
  await exportsAgree(t, own);
});

t.test('where a merge is refused, it says where the party went', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const agency = (name: string, more = {}) => register(own, { kind: 'agency', name, ...more });
  const [one, two, three] = [await agency('The first office'), await agency('The second office'), await agency('The third office')];
  const below = await agency('The precinct', { parent: one });
  await own.read(`/v1/parties/${one}`);
  const refusal = async (party: string, change: object) => {
    const { status, body } = await submitOf(own, party, change);
    const [error] = (body.errors ?? []) as { pointer: string; message: string }[];
    return [status, error?.pointer, error?.message ?? body.detail];
  };
  t.match(await refusal(one, merge(one)), [422, '/changes/0/into', /itself/]);
  t.match(await refusal(one, merge(world.witness)), [422, '/changes/0/into', /body/]);
  t.match(await refusal(one, merge(`${one.slice(0, -3)}000`)), [422, '/changes/0/into', /no party/]);
  t.match(await refusal(one, merge(below)), [422, '/changes/0/into', /above itself/]);
  t.match(await refusal(one, unmerge), [409, '/changes/0', /not merged/]);

  await apply(own, one, merge(two));
  t.match(await refusal(three, merge(one)), [409, '/changes/0/into', `is merged itself: merge into ${two}`]);
  t.match(await refusal(two, merge(one)), [409, '/changes/0/into', /merged itself/]);
  t.match(await refusal(one, { kind: 'correct_party', set: { name: 'Another' }, reason: 'It was misspelt here.' }), [
    409,
    undefined,
    new RegExp(two),
  ]);
  await apply(own, two, merge(three));
  await follow(own);
  t.match(await refusal(world.police, merge(one)), [409, '/changes/0/into', `is merged itself: merge into ${three}`]);
  t.match(await refusal(three, merge(one)), [409, '/changes/0/into', /merged itself/], 'a chain closes no circle');
  t.match((await own.read(`/v1/parties/${three}`, { key: 'reviewer' })).body, { mergedFrom: [two] });
  t.match((await own.read(`/v1/parties/${two}`, { key: 'reviewer' })).body, { mergedFrom: [one], mergedInto: three });

  // What is said from now on names the survivor.
  const named = await own.ask('POST', '/v1/incidents', {
    key: 'contributor',
    body: {
      title: 'Shots at the harbour',
      occurred: { date: '2026-01-14', timeZone: 'UTC' },
      place: null,
      agencies: [one],
      claims: [movedClaim(world, { speaker: one })],
      rationale: 'An article.',
    },
  });
  t.match(named, { status: 422 });
  t.match(named.body.errors, [
    { pointer: '/agencies/0', message: `this party is merged into ${three}: name that one` },
    { pointer: '/claims/0/speaker', message: `this party is merged into ${three}: name that one` },
  ]);
  t.match(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name: 'A desk', parent: one } }), {
    status: 422,
    body: { errors: [{ pointer: '/parent', message: `is merged into ${three}: name that one` }] },
  });
  // One in the middle is taken out again, with what was merged into it.
  await apply(own, two, unmerge);
  await follow(own);
  t.match(await refusal(world.police, merge(one)), [409, '/changes/0/into', `is merged itself: merge into ${two}`]);
});

t.test('two merges at once that close a circle make one voice', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const twin = await register(own, { kind: 'agency', name: 'Sheriff of the harbour' });
  const { incident } = await publish(own, world, { claims: [movedClaim(world), movedClaim(world, { ref: 'c2', speaker: twin })] });
  expect(await submitOf(own, twin, merge(world.police)), 201);
  expect(await submitOf(own, world.police, merge(twin)), 201);
  // Each is decided on what its reviewer's process knew.
  const change = (into: string) => ({
    type: 'PartyMerged' as const,
    id: crypto.randomUUID(),
    at: '2026-11-30T12:00:00.000Z',
    actor: 'reviewer',
    edit: null,
    command: crypto.randomUUID(),
    request: null,
    correlation: null,
    data: { into, reason: 'They are one.' },
  });
  await own.log.append(twin, 1, [change(world.police)]);
  await own.log.append(world.police, 1, [change(twin)]);
  await follow(own);
  t.match(await aspects(own, incident), [{ state: 'single_account', voices: 1 }]);
  await apply(own, world.police, unmerge);
  await follow(own);
  t.match(await aspects(own, incident), [{ voices: 1 }]);
  t.match((await own.read(`/v1/parties/${world.police}`)).body, { mergedInto: null, mergedFrom: [twin] });
});

t.test('an edit that waits may name a party that was merged meanwhile', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const twin = await register(own, { kind: 'agency', name: 'Sheriff of the harbour' });
  const { incident, revision } = await publish(own, world);
  const claim = movedClaim(world, { ref: 'c2', speaker: twin });
  const edit = Number(expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim }]), 201).body.edit);
  await apply(own, twin, merge(world.police));
  t.match(expect(await decideEdit(own, incident, edit, 'approve'), 200).body, { state: 'applied' });
  t.match(await aspects(own, incident), [{ state: 'single_account', voices: 1 }]);
});

t.test('what a list calls a merged party leads to its survivor', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const externalId = { scheme: 'list', value: '17' };
  const twin = await register(own, { kind: 'agency', name: 'Sheriff of the harbour', externalId });
  await apply(own, twin, merge(world.police));
  t.match(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name: 'Sheriff', externalId } }), {
    status: 409,
    body: { type: '/problems/external-id-taken', existing: world.police },
  });
  const { incident } = await propose(own, world, {
    parties: [{ ref: 'office', kind: 'agency', name: 'Sheriff', externalId }],
    agencies: ['office'],
    claims: [movedClaim(world, { speaker: 'office' })],
  });
  expect(await decideEdit(own, incident, 1, 'approve'), 200);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, { claims: [{ speaker: world.police }], agencies: [{ id: world.police }] });
});

t.test('who a person is takes two to say, and who is private under one name is so under all', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const person = (name: string, more = {}) => register(own, { kind: 'person', name, ...more });
  const open = { private: false, publicRole: 'mayor' };
  const [hidden, hiddenToo] = [await person('The quiet driver'), await person('The quiet driver of the car')];
  const [known, knownToo] = [await person('The mayor', open), await person('The mayor of the city', open)];
  const role = await register(own, { kind: 'described_role', name: 'an official' });
  const refusal = async (party: string, into: string) => {
    const { status, body } = await submitOf(own, party, merge(into));
    return [status, ((body.errors ?? []) as { message: string }[])[0]?.message];
  };
  await own.read('/v1/parties');
  t.match(await refusal(hidden, known), [422, /is public, and this person private/]);
  t.match(await refusal(known, hidden), [422, /is private, and this person public/]);
  t.match(await refusal(known, role), [422, /merge the role into this person/]);

  const claims = [movedClaim(world, { speaker: knownToo, capacity: 'official' })];
  const { incident } = await propose(own, world, { claims, agencies: [] });
  expect(await decideEdit(own, incident, 1, 'approve'), 200);
  const position = text(expect(await decideEdit(own, incident, 1, 'approve', 'reviewer2'), 200), 'position');
  for (const [party, into] of [
    [hidden, hiddenToo],
    [role, known],
    [knownToo, known],
  ] as const) {
    const edit = Number(expect(await submitOf(own, party, merge(into)), 201).body.edit);
    t.match((await own.read(`/v1/parties/${party}/edits/${edit}`, { key: 'reviewer' })).body, {
      approvals: { needed: 2, why: 'Two approvals: it says who a person is.' },
    });
    for (const key of ['reviewer', 'reviewer2'] as const) expect(await voteOn(own, party, edit, key), 200);
  }
  await follow(own);
  t.match((await own.read(`/v1/parties/${known}`, { key: 'contributor' })).body, { mergedFrom: [role, knownToo] });
  t.match((await own.read(`/v1/incidents/${incident}`)).text, /The mayor of the city/);
  const makePrivate = { kind: 'set_privacy', private: true, reason: 'It is a private person.' };
  await apply(own, known, makePrivate);
  await follow(own);
  for (const query of [{}, { asOfPosition: position }] as Record<string, string>[])
    t.notMatch((await own.read(`/v1/incidents/${incident}`, { query })).text, /mayor/i, JSON.stringify(query));
  t.match((await own.read(`/v1/parties/${knownToo}`, { key: 'contributor' })).body, { private: true, name: 'The mayor of the city' });
  t.match((await own.read(`/v1/parties/${knownToo}`)).body, { private: true, name: null, mergedInto: known });
  t.match(await refusal(knownToo, known), [409, undefined]);
  t.equal((await submitOf(own, knownToo, { kind: 'set_privacy', private: false, publicRole: 'mayor', reason: 'It is.' })).status, 409);
});
