import t from 'tap';
import { exportsAgree } from './support/exported.ts';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, publish, quoting, submit } from './support/story.ts';

const harness = await harnessFor(t);

/** Names that stood in the record until a correction concealed them. */
const [inTitle, inStatement, inPlace, inGrounds] = ['Zebulon', 'Quillfeather', 'Marchbanks', 'Ollivander'];
const names = [inTitle, inStatement, inPlace, inGrounds];
const namesIn = (answer: { text: string }) => names.filter((name) => answer.text.includes(name));

/** An incident whose title, place, claim and dispute name somebody; each is corrected twice, at last with `conceal`. */
const concealed = async (own: Harness) => {
  const world = await furnish(own);
  const named = {
    title: `Harbour police officer shoots at ${inTitle} in Porto Novo`,
    place: { text: `The house of ${inPlace}`, locality: inPlace, region: 'US-WA', country: 'US', precision: 'locality' },
    claims: [
      {
        ref: 'c1',
        aspect: 'vehicle_motion',
        value: { kind: 'boolean', value: true },
        statement: `The harbour police say that ${inStatement} drove toward the officers.`,
        speaker: world.police,
        capacity: 'spokesperson',
        stance: 'asserts',
        citations: [quoting(world.source, 'the car moved toward its officers before the first shot')],
      },
    ],
  };
  const { incident, revision, refs } = await publish(own, world, named);
  const claim = refs.c1 ?? '';
  const citations = [quoting(world.source, 'the car stood still')];
  let base = revision;
  const revisions = [revision];
  const edit = async (changes: object[]) => {
    const number = Number(expect(await submit(own, incident, base, changes), 201).body.edit);
    for (const reviewer of ['reviewer', 'reviewer2'] as const) {
      const decided = expect(await decide(own, incident, number, 'approve', reviewer), 200);
      if (decided.body.state !== 'applied') continue;
      base = Number(decided.body.appliedRevision);
      revisions.push(base);
      break;
    }
    return number;
  };
  const grounds = (more: string) => `${more} saw it otherwise.`;
  await edit([
    {
      kind: 'dispute_claim',
      ref: 'd1',
      claim,
      basis: 'stated',
      by: world.witness,
      capacity: 'eyewitness',
      grounds: grounds(inGrounds),
      citations,
    },
  ]);
  const [found] = (await own.read(`/v1/incidents/${incident}`)).body.disputes as { id: string }[];
  const correct = (more: string, conceal: object) => [
    {
      kind: 'correct_incident',
      set: { title: `Shots in Porto Novo${more}`, place: { ...named.place, text: `The harbour${more}`, locality: `Porto${more}` } },
      ...conceal,
      reason: 'It named somebody.',
      citations,
    },
    {
      kind: 'correct_claim',
      claim,
      set: { statement: `The harbour police say that the car moved${more}.` },
      carry: [found?.id],
      ...conceal,
      reason: 'It named somebody.',
      citations,
    },
    {
      kind: 'correct_entry',
      target: found?.id,
      set: { grounds: grounds(`A witness${more}`) },
      ...conceal,
      reason: 'It named somebody.',
      citations,
    },
  ];
  await edit(correct(` ${names.join(' ')}`, {}));
  const before = base;
  const concealing = await edit(correct('', { conceal: true }));
  return { incident, revisions, before, concealing };
};

t.test('what a correction conceals is for reviewers and auditors, wherever and whenever it stood', async (t) => {
  const own = await harness(t);
  const { incident, revisions, before, concealing } = await concealed(own);
  const [first = 0, disputed = 0, , last = 0] = revisions;
  const events = (await own.read(`/v1/incidents/${incident}/events`, { key: 'auditor' })).body.items as {
    revision: number;
    recordedAt: string;
  }[];
  const recordedAt = (revision: number) => events.find((event) => event.revision === revision)?.recordedAt ?? '';
  const path = `/v1/incidents/${incident}`;
  const reads: [string, Record<string, string>?][] = [
    [path],
    ...revisions.map((revision): [string, Record<string, string>] => [path, { asOfRevision: String(revision) }]),
    [path, { asOf: recordedAt(first) }],
    [`${path}/comparison`, { asOfRevision: String(first) }],
    [`${path}/events`],
    [`${path}/diff`, { from: String(first), to: String(last) }],
    [`${path}/diff`, { from: String(first), to: String(disputed) }],
    [`${path}/diff`, { from: String(before), to: String(last) }],
    ['/v1/incidents'],
    ...revisions.map((revision): [string, Record<string, string>] => ['/v1/incidents', { asOf: recordedAt(revision) }]),
    ['/v1/claims', { incident }],
  ];
  const asked: [Person | null, string, Record<string, string>?][] = reads.flatMap(([read, query]) =>
    ([null, 'app', 'contributor', 'contributor2'] as const).map((key): [Person | null, string, Record<string, string>?] => [
      key,
      read,
      query,
    ]),
  );
  for (const key of ['app', 'contributor'] as const) asked.push([key, '/v1/events', { limit: '500' }]);
  for (const part of ['', ...[1, 2, 3, 4].flatMap((edit) => [`/${edit}`, `/${edit}/preview`])])
    asked.push(['contributor', `${path}/edits${part}`]);
  asked.push(['contributor', '/v1/reviews', { author: 'me', state: 'all' }]);
  for (const [key, read, query = {}] of asked) {
    const answer = expect(await own.read(read, { key, query }), 200);
    t.strictSame(namesIn(answer), [], `${key} ${read} ${JSON.stringify(query)}`);
  }

  for (const key of ['reviewer', 'auditor'] as const) {
    const seen = async (read: string, query = {}) => namesIn(expect(await own.read(read, { key, query }), 200));
    t.strictSame(await seen(path), names, `${key} reads in the corrections what was replaced`);
    t.strictSame(await seen(path, { asOfRevision: String(disputed) }), names, `${key} reads the past as it was`);
    t.strictSame(await seen(`${path}/diff`, { from: String(before), to: String(last) }), names);
    t.strictSame(await seen(`${path}/events`), names);
    t.ok((await seen('/v1/incidents', { asOf: recordedAt(first) })).includes(inTitle), `${key} lists the past as it was`);
    t.strictSame(await seen(`${path}/edits/${concealing}/preview`), names);
  }

  type Correction = { changes: { field: string; from: unknown; to: unknown; concealed?: true }[] };
  const document = (await own.read(path)).body as { corrections: Correction[]; title: string; concealed?: true };
  t.strictSame(
    document.corrections.map(({ changes }) =>
      changes.map(({ field, from, to, concealed }) => [field, from !== null, to !== null, concealed]),
    ),
    [
      [
        ['title', false, false, true],
        ['place', true, true, undefined],
      ],
      [['statement', false, false, true]],
      [['grounds', false, false, true]],
      [
        ['title', false, true, true],
        ['place', true, true, undefined],
      ],
      [['statement', false, true, true]],
      [['grounds', false, true, true]],
    ],
    'in its place it says that it is concealed',
  );
  t.match(
    document.corrections[3]?.changes[1]?.from,
    { text: null, locality: null, region: 'US-WA', concealed: true },
    'of a place the texts',
  );
  const past = (await own.read(path, { query: { asOfRevision: String(disputed) } })).body;
  t.match(past, {
    title: null,
    concealed: true,
    place: { text: null, concealed: true },
    claims: [{ statement: null, concealed: true }],
    disputes: [{ grounds: null, concealed: true }],
  });
  const listed = (await own.read('/v1/incidents', { query: { asOf: recordedAt(first) } })).body.items as object[];
  t.match(listed, [{ title: null, concealed: true, place: { text: null, locality: null, concealed: true } }]);
  const differences = (await own.read(`${path}/diff`, { query: { from: String(before), to: String(last) } })).body.changes as object[];
  t.match(
    differences.filter((difference) => 'concealed' in difference),
    [{ pointer: '/title', from: null, to: String, concealed: true }],
  );
  const shown = (await own.read(`${path}/events`)).body.items as { type: string; data: object }[];
  t.match(shown[0], { type: 'IncidentReported', data: { title: null, concealed: true } });
  await exportsAgree(t, own);
});

t.test('no search finds what is concealed, in the past neither', async (t) => {
  const own = await harness(t);
  const { incident, revisions } = await concealed(own);
  const events = (await own.read(`/v1/incidents/${incident}/events`, { key: 'auditor' })).body.items as {
    revision: number;
    recordedAt: string;
  }[];
  for (const revision of revisions) {
    const asOf = events.find((event) => event.revision === revision)?.recordedAt ?? '';
    for (const q of [inTitle, inStatement, inPlace]) {
      for (const key of [null, 'contributor', 'reviewer'] as const) {
        t.match((await own.read('/v1/incidents', { key, query: { q, asOf } })).body, { items: [] }, `${q} as of ${revision}`);
      }
    }
    t.match((await own.read('/v1/incidents', { query: { locality: inPlace, asOf } })).body, { items: [] });
    t.equal(((await own.read('/v1/incidents', { query: { q: 'Porto OR officers OR harbour', asOf } })).body.items as []).length <= 1, true);
  }
});

t.test('a concealment needs two approvals, and a text in every field that it sets', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const citations = [quoting(world.source, 'the car stood still')];
  const claim = refs.c1 ?? '';
  const base = { kind: 'correct_claim', claim, conceal: true, reason: 'It named somebody.', citations };
  const refused = async (set: object, pointer: string, more: object = {}) =>
    t.match(
      await submit(own, incident, revision, [{ ...base, set, ...more }]),
      { status: 422, body: { errors: [{ pointer: `/changes/0/set/${pointer}` }] } },
      pointer,
    );
  await refused({ statement: 'The police say that the car moved.', capacity: 'official' }, 'capacity');
  await refused({ value: { kind: 'boolean', value: true } }, 'value');
  await refused({ scope: { measure: 'metres', population: null, place: null, period: null, base: null } }, 'scope');
  const incidentFields = { kind: 'correct_incident', claim: undefined };
  await refused({ agencies: [world.police] }, 'agencies', incidentFields);
  await refused({ occurred: { date: '2026-01-15' } }, 'occurred', incidentFields);

  const sent = expect(await submit(own, incident, revision, [{ ...base, set: { statement: 'The police say that the car moved.' } }]), 201);
  t.match((await own.read(`/v1/incidents/${incident}/edits/${sent.body.edit}`, { key: 'reviewer' })).body, {
    approvals: { needed: 2, why: /conceals/ },
    versions: [{ changes: [{ conceal: true }] }],
  });
  const one = expect(await decide(own, incident, Number(sent.body.edit), 'approve'), 200);
  t.match(one.body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
  t.match(expect(await decide(own, incident, Number(sent.body.edit), 'approve', 'reviewer2'), 200).body, { state: 'applied' });
});

t.test('what is served changes its tag for whom it changes, and only for those', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const citations = [quoting(world.source, 'the car stood still')];
  const correct = async (base: number, statement: string, more: object) => {
    const change = { kind: 'correct_claim', claim: refs.c1, set: { statement }, reason: 'It named somebody.', citations, ...more };
    const edit = Number(expect(await submit(own, incident, base, [change]), 201).body.edit);
    await decide(own, incident, edit, 'approve');
    return Number(
      (await decide(own, incident, edit, 'approve', 'reviewer2')).body.appliedRevision ??
        (await own.read(`/v1/incidents/${incident}`)).body.revision,
    );
  };
  const corrected = await correct(revision, 'The harbour police say that it moved.', {});
  const then = { asOfRevision: String(revision) };
  const tags = async () => {
    const found: unknown[] = [];
    for (const key of [null, 'contributor', 'reviewer'] as const)
      found.push((await own.read(`/v1/incidents/${incident}`, { key, query: then })).headers.etag);
    return found;
  };
  const before = await tags();
  await correct(corrected, 'The harbour police say that the car moved.', { conceal: true });
  const after = await tags();
  t.not(after[0], before[0]);
  t.not(after[1], before[1]);
  t.equal(after[2], before[2]);
  const held = await own.read(`/v1/incidents/${incident}`, { query: then, headers: { 'if-none-match': String(before[0]) } });
  t.equal(held.status, 200, 'who holds it as it was gets it anew');
});

t.test('what was retracted, an entry or the whole incident, can still be concealed, and nothing else of it be changed', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world, { title: `Harbour police officer shoots at ${inTitle} in Porto Novo` });
  const citations = [quoting(world.source, 'the car stood still')];
  let base = revision;
  const apply = async (changes: object[]) => {
    const edit = Number(expect(await submit(own, incident, base, changes), 201).body.edit);
    const first = expect(await decide(own, incident, edit, 'approve'), 200);
    const last = first.body.state === 'applied' ? first : expect(await decide(own, incident, edit, 'approve', 'reviewer2'), 200);
    base = Number(last.body.appliedRevision);
  };
  await apply([
    {
      kind: 'dispute_claim',
      claim: refs.c1,
      basis: 'stated',
      by: world.witness,
      capacity: 'eyewitness',
      grounds: `${inGrounds} saw it otherwise.`,
      citations,
    },
  ]);
  const [{ id: dispute = '' } = {}] = (await own.read(`/v1/incidents/${incident}`)).body.disputes as { id: string }[];
  await apply([{ kind: 'retract_entry', target: dispute, reason: 'It was made up.' }]);
  const ofEntry = (conceal: boolean) => ({
    kind: 'correct_entry',
    target: dispute,
    set: { grounds: 'Somebody saw it otherwise.' },
    conceal,
    reason: 'It had a name.',
    citations,
  });
  const ofTitle = (conceal: boolean) => ({
    kind: 'correct_incident',
    set: { title: 'Harbour police officer shoots at a car' },
    conceal,
    reason: 'It had a name.',
    citations,
  });
  expect(await submit(own, incident, base, [ofEntry(false)]), 409);
  await apply([ofEntry(true)]);
  await apply([{ kind: 'retract_incident', reason: 'It is another one.' }]);
  for (const changes of [[ofTitle(false)], [ofTitle(true), { kind: 'rank_claim', claim: refs.c1, rank: 'normal', reason: 'As before.' }]])
    expect(await submit(own, incident, base, changes), 409);
  await apply([ofTitle(true)]);
  const now = await own.read(`/v1/incidents/${incident}`);
  t.match(now.body, { status: 'retracted', title: 'Harbour police officer shoots at a car' });
  for (const path of ['', '/events', `?asOfRevision=${revision}`, `/diff?from=${revision}&to=${base}`])
    t.same(namesIn(await own.ask('GET', `/v1/incidents/${incident}${path}`)), [], path);
  t.same(namesIn(await own.ask('GET', '/v1/events', { key: 'app', query: { limit: '500' } })), []);
  t.same(namesIn(await own.ask('GET', `/v1/incidents/${incident}/events`, { key: 'reviewer' })), [inTitle, inGrounds]);
  await exportsAgree(t, own);
});
