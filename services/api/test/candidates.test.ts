import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, proposal, propose, publish, quoting, submit, text, type World } from './support/story.ts';

const harness = await harnessFor(t);

type Candidate = { incidentId: string; score: number; reasons: { code: string; points: number }[]; status: string };
const candidatesOf = async (own: Harness, incident: string, key: Person | null = null): Promise<Candidate[]> =>
  expect(await own.read(`/v1/incidents/${incident}/candidates`, { key }), 200).body.items as Candidate[];
const named = async (own: Harness, incident: string, key: Person | null = null) =>
  (await candidatesOf(own, incident, key)).map(({ incidentId }) => incidentId);
const pairs = async (own: Harness, key: Person | null = null) =>
  (expect(await own.read('/v1/candidates', { key }), 200).body.items as { incidents: string[]; reasons: object[] }[]).map(({ incidents }) =>
    [...incidents].sort(),
  );

const person = async ({ ask }: Harness, name: string): Promise<string> =>
  text(expect(await ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'person', name } }), 201), 'id');
const harmed = (world: World, about: string) => ({
  aspect: 'hit_by_gunfire',
  about,
  value: { kind: 'boolean', value: true },
  statement: 'The police say that gunfire hit the driver.',
  speaker: world.police,
  capacity: 'spokesperson',
  stance: 'asserts',
  citations: [quoting(world.source, 'before the first shot')],
});
/** A change that is approved by as many as it takes. */
const apply = async (own: Harness, incident: string, change: object) => {
  const { revision } = (await own.read(`/v1/incidents/${incident}`)).body;
  const edit = Number(expect(await submit(own, incident, Number(revision), [change]), 201).body.edit);
  for (const reviewer of ['reviewer', 'reviewer2'] as const) {
    if (expect(await decide(own, incident, edit, 'approve', reviewer), 200).body.state === 'applied') return;
  }
  throw new Error('two approvals were not enough');
};
const far = { occurred: { date: '2024-05-01' }, place: null };

t.test('a proposal is answered with what it may be the same as, as far as its author may read it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const hidden = await propose(own, world, {}, 'contributor2');
  await publish(own, world, far);
  await own.read('/v1/incidents');
  const send = (key: Person, idempotencyKey: string) =>
    own.ask('POST', '/v1/incidents', {
      key,
      body: proposal(world, { occurred: { date: '2026-01-15' } }),
      headers: { 'idempotency-key': idempotencyKey },
    });
  const answer = expect(await send('contributor', 'again'), 201);
  const codes = ['next_day', 'same_locality', 'same_agency', 'same_source'];
  t.match(answer.body.candidates, [{ incidentId: incident, score: 79, status: 'published' }]);
  t.strictSame(
    (answer.body.candidates as Candidate[]).map(({ reasons }) => reasons.map(({ code }) => code)),
    [codes],
    'and one alone',
  );
  const seen = (await send('reviewer', 'other')).body.candidates as Candidate[];
  t.ok(
    seen.some(({ incidentId, status }) => incidentId === hidden.incident && status === 'proposed'),
    'a reviewer reads proposals',
  );
  await own.read('/v1/incidents');
  const repeated = await send('contributor', 'again');
  t.equal(text(repeated, 'incidentId'), text(answer, 'incidentId'));
  const edited = await submit(own, incident, Number((await own.read(`/v1/incidents/${incident}`)).body.revision), [
    {
      kind: 'correct_incident',
      set: { title: 'Another title of it' },
      reason: 'It was not right.',
      citations: [quoting(world.source, 'the car stood still')],
    },
  ]);
  t.strictSame(edited.body.candidates, [], 'an edit proposes no incident');
});

t.test('candidates are told to those who may read both incidents', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const [one, other] = [await publish(own, world), await publish(own, world)];
  const proposed = await propose(own, world, {}, 'contributor2');
  const both = [one.incident, other.incident].sort();
  for (const key of [null, 'app', 'admin', 'contributor'] as const) {
    t.strictSame(await named(own, one.incident, key), [other.incident], `${key}`);
    t.strictSame(await pairs(own, key), [both], `${key}`);
    t.equal((await own.ask('GET', `/v1/incidents/${proposed.incident}/candidates`, { key })).status, 404, `${key}`);
  }
  for (const key of ['contributor2', 'reviewer', 'auditor'] as const) {
    t.strictSame((await named(own, one.incident, key)).sort(), [other.incident, proposed.incident].sort(), key);
    t.strictSame((await named(own, proposed.incident, key)).sort(), both, key);
    t.equal((await pairs(own, key)).length, 3, key);
  }
  const page = await own.read('/v1/candidates', { key: 'reviewer', query: { limit: '2' } });
  const next = await own.read('/v1/candidates', { key: 'reviewer', query: { limit: '2', cursor: text(page, 'next') } });
  t.strictSame([(page.body.items as object[]).length, (next.body.items as object[]).length, next.body.next], [2, 1, null]);
  const first = await own.read(`/v1/incidents/${one.incident}/candidates`, { key: 'reviewer', query: { limit: '1' } });
  const second = await own.read(`/v1/incidents/${one.incident}/candidates`, {
    key: 'reviewer',
    query: { limit: '1', cursor: text(first, 'next') },
  });
  t.strictSame(
    [...(first.body.items as Candidate[]), ...(second.body.items as Candidate[])],
    await candidatesOf(own, one.incident, 'reviewer'),
  );

  expect(await decide(own, proposed.incident, 1, 'reject', 'reviewer'), 200);
  t.strictSame(await named(own, one.incident, 'reviewer'), [other.incident], 'a proposal that is over is compared with nothing');
  t.strictSame(await pairs(own, 'auditor'), [both]);
});

t.test('names of private people count for those alone who may read them, and go with their texts', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const elsewhere = { text: 'The road', locality: 'Porto Alto', region: 'US-WA', country: 'US', precision: 'locality' };
  // Two approvals: each uses a private person.
  const approved = async (name: string, more: object = {}) => {
    const proposed = await propose(own, world, { claims: [harmed(world, await person(own, name))], ...more });
    for (const reviewer of ['reviewer', 'reviewer2'] as const) expect(await decide(own, proposed.incident, 1, 'approve', reviewer), 200);
    return proposed.incident;
  };
  const one = await approved('Marcus Delgado');
  const same = await approved('Delgado, Marcus', { place: elsewhere, agencies: [] });
  const unlike = await approved('Oscar Lind');
  const codes = async (key: Person | null) =>
    Object.fromEntries((await candidatesOf(own, one, key)).map(({ incidentId, reasons }) => [incidentId, reasons.map(({ code }) => code)]));
  const told = ['same_day', 'same_locality', 'same_agency', 'same_source'];
  const whole = await codes('contributor');
  t.strictSame(whole[same], ['same_day', 'same_region', 'other_locality', 'same_person', 'same_source']);
  t.notOk(whole[unlike]?.includes('same_person'));
  t.strictSame(await codes(null), { [unlike]: told }, 'the public is told as if nobody had a name');
  t.strictSame(await codes('app'), await codes(null));
  t.notOk(
    JSON.stringify((await own.pool.query('SELECT * FROM record_v21.candidate_pairs')).rows).includes('elgado'),
    'no reason holds a text',
  );
});

t.test('what was decided not to be the same is no candidate, in either direction, until that is taken back', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const [one, other, third] = [await publish(own, world), await publish(own, world), await publish(own, world)];
  await apply(own, one.incident, { kind: 'distinguish_incident', from: other.incident, reason: 'They are two shootings on one day.' });
  t.strictSame(await named(own, one.incident), [third.incident]);
  t.strictSame(await named(own, other.incident), [third.incident]);
  t.strictSame((await pairs(own, 'reviewer')).length, 2);
  t.match((await own.read(`/v1/incidents/${one.incident}`)).body.distinctFrom, [
    { incident: other.incident, reason: 'They are two shootings on one day.' },
  ]);
  const revision = Number((await own.read(`/v1/incidents/${one.incident}`)).body.revision);
  const merge = { kind: 'merge_incident', into: other.incident, reason: 'They are one.' };
  t.match(await submit(own, one.incident, revision, [merge]), { status: 409 });
  await apply(own, one.incident, { kind: 'undistinguish_incident', from: other.incident, reason: 'It was the same after all.' });
  t.ok((await named(own, other.incident)).includes(one.incident));

  await apply(own, one.incident, { kind: 'merge_incident', into: other.incident, reason: 'They are one.' });
  t.strictSame(await named(own, one.incident), [], 'its survivor has them');
  t.strictSame(await named(own, other.incident), [third.incident]);
  await apply(own, third.incident, { kind: 'retract_incident', reason: 'It was a drill.' });
  t.match(
    await candidatesOf(own, other.incident),
    [{ incidentId: third.incident, status: 'retracted' }],
    'what was retracted may be entered again',
  );
  t.strictSame(await pairs(own, 'reviewer'), [], 'and is no work to be done');
});
