import t from 'tap';
import { type Further, type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, propose, publish, submit, text, type World } from './support/story.ts';

const harness = await harnessFor(t);

type Item = { incidentId: string; edit: number; etag: string; lease: { holder: string; until: string } | null };
const next = (own: Harness, key: Person | Further, body?: object, query?: Record<string, string>) =>
  own.ask('POST', '/v1/reviews/next', { key, ...(body && { body }), ...(query && { query }) });
/** What the caller is given; null for 204. */
const given = async (own: Harness, key: Person | Further, body?: object) => {
  const answer = await next(own, key, body);
  return answer.status === 204 ? null : (expect(answer, 200).body as Item);
};
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
/** Waits until the models have everything. */
const caughtUp = (own: Harness) => own.read('/v1/reviews', { key: 'reviewer' });
const region = (name: string, more: object = {}) => ({
  place: { text: 'A street', locality: name, region: `US-${name}`, country: 'US', precision: 'street' },
  ...more,
});
const proposeAll = async (own: Harness, world: World, count: number) => {
  const made: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { incident } = await propose(own, world, { title: `Harbour police shoot at a car, number ${index}` });
    made.push(incident);
  }
  await caughtUp(own);
  return made;
};

t.test('twenty reviewers who ask at once get twenty edits, whatever process answers', async (t) => {
  const own = await harness(t);
  const other = await own.another();
  const made = await proposeAll(own, await furnish(own), 20);
  const reviewers = Array.from({ length: 24 }, (_, index): Further => `reviewer${index + 1}`);
  const answers = await Promise.all(reviewers.map((key, index) => given(index % 2 === 0 ? own : other, key)));
  const items = answers.filter((item) => item !== null);
  t.strictSame(items.map(({ incidentId }) => incidentId).sort(), [...made].sort(), 'each goes to one');
  t.equal(answers.filter((item) => item === null).length, 4, 'and those for whom there is none are told so');
  for (const [index, item] of answers.entries()) if (item) t.match(item, { lease: { holder: reviewers[index] } });
  const again = await Promise.all(reviewers.map((key) => given(other, key)));
  t.strictSame(
    again.map((item) => item?.incidentId),
    answers.map((item) => item?.incidentId),
    'asked again each gives what is held',
  );
  const [first] = reviewers;
  const twice = await Promise.all([given(own, first as Further), given(own, first as Further)]);
  t.equal(twice[0]?.incidentId, twice[1]?.incidentId, 'also at the same moment');
});

t.test('next is the best edit that the caller may approve, until it is decided or given back', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const usual = await propose(own, world, { title: 'Harbour police shoot at a boat' });
  const mine = await propose(own, world, { title: 'Harbour police shoot at a bus' }, 'reviewer');
  expect(await submit(own, incident, revision, [{ kind: 'retract_claim', claim: refs.c1, reason: 'It was not said so.' }]), 201);
  await caughtUp(own);

  const high = await given(own, 'reviewer');
  t.match(
    high,
    { incidentId: incident, edit: 2, priority: 'high', version: 1, lease: { holder: 'reviewer' } },
    'high priority comes first',
  );
  t.match(
    await given(own, 'reviewer', { filters: { priority: 'normal' } }),
    { incidentId: incident, edit: 2 },
    'what is held, whatever the filters say',
  );
  t.match(await given(own, 'reviewer2'), { incidentId: usual.incident }, 'what another holds is nobody else’s');
  expect(await own.ask('DELETE', `/v1/incidents/${usual.incident}/edits/1/lease`, { key: 'reviewer2' }), 200);

  // The models have not heard of the decision.
  const path = `/v1/incidents/${incident}/edits/2/decision`;
  const body = { decision: 'approve', reason: 'Checked.' };
  expect(await own.ask('POST', path, { key: 'reviewer', headers: { 'if-match': high?.etag ?? '' }, body }), 200);
  t.match(await given(own, 'reviewer'), { incidentId: usual.incident }, 'one’s vote is on that edit already, and the third is one’s own');
  expect(await decide(own, usual.incident, 1, 'reject'), 200);
  t.equal(await given(own, 'reviewer'), null, 'nothing is left for who contributed to what is left');
  t.match(await given(own, 'reviewer2'), { incidentId: incident, edit: 2 }, 'the second approval is another’s');
  expect(await own.ask('DELETE', `/v1/incidents/${incident}/edits/2/lease`, { key: 'reviewer2' }), 200);
  t.match(await given(own, 'reviewer2', { filters: { author: 'reviewer' } }), { incidentId: mine.incident }, 'of what the filters say');
  for (const key of ['contributor', 'auditor', 'app', 'admin'] as const) t.match(await next(own, key), problem(403, 'forbidden'), key);
  t.match(await next(own, 'reviewer', { filters: { priority: 'urgent' } }), problem(422, 'invalid-body'));
});

t.test('a lease that has run out blocks nobody, and a revised edit is given anew', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  await caughtUp(own);
  t.match(await given(own, 'reviewer'), { incidentId: incident });
  t.equal(await given(own, 'reviewer2'), null);
  await own.pool.query(`UPDATE work.leases SET until = clock_timestamp() - interval '1 second'`);
  t.match(await given(own, 'reviewer2'), { incidentId: incident, lease: { holder: 'reviewer2' } });
  const body = (await own.read(`/v1/incidents/${incident}/edits/1`, { key: 'contributor' })).body as { versions: { changes: object[] }[] };
  const revision = { rationale: 'Once more.', changes: body.versions[0]?.changes };
  expect(
    await own.ask('PUT', `/v1/incidents/${incident}/edits/1`, {
      key: 'contributor',
      headers: { 'if-match': etag },
      body: { baseRevision: null, ...revision },
    }),
    200,
  );
  t.equal(await given(own, 'reviewer'), null, 'an older version than there is is given to nobody');
  await caughtUp(own);
  t.match(await given(own, 'reviewer'), { incidentId: incident, version: 2, lease: { holder: 'reviewer' } });
});

t.test('filters are saved by each subject alone, and taken by name', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const here = await propose(own, world, region('CA', { title: 'Harbour police shoot at a boat' }));
  const there = await propose(own, world, region('IL', { title: 'Harbour police shoot at a bus' }), 'reviewer2');
  await caughtUp(own);
  const path = '/v1/reviews/views/west%20coast';
  const save = (filters: object, key: Person = 'reviewer') => own.ask('PUT', path, { key, body: { filters } });
  const filters = { region: 'US-CA', decidable: true };
  t.match(await save(filters), { status: 201, body: { name: 'west coast', filters } });
  t.match(await save({ region: 'US-IL' }, 'contributor'), { status: 201 });
  t.match(await save(filters), { status: 200 }, 'the same again');
  t.match(await own.ask('GET', '/v1/reviews/views', { key: 'reviewer' }), {
    body: { items: [{ name: 'west coast', filters }], next: null },
  });
  t.strictSame((await own.ask('GET', path, { key: 'contributor' })).body, { name: 'west coast', filters: { region: 'US-IL' } });
  t.match(await own.ask('GET', path, { key: 'reviewer2' }), problem(404, 'not-found'), 'another’s is nobody’s');

  const listed = async (query: Record<string, string>, key: Person = 'reviewer') =>
    (expect(await own.read('/v1/reviews', { key, query }), 200).body.items as Item[]).map(({ incidentId }) => incidentId);
  t.strictSame(await listed({ view: 'west coast' }), [here.incident]);
  t.strictSame(await listed({ view: 'west coast', region: 'US-IL' }), [there.incident], 'what is sent counts first');
  t.match(await own.read('/v1/reviews', { key: 'reviewer2', query: { view: 'west coast' } }), problem(404, 'not-found'));
  t.match(
    await own.read('/v1/reviews', { key: 'contributor', query: { view: 'west coast' } }),
    problem(403, 'forbidden'),
    'a view shows a contributor no others’ edits',
  );
  expect(await save({ author: 'me' }, 'contributor'), 200);
  t.strictSame(await listed({ view: 'west coast' }, 'contributor'), [here.incident]);
  expect(await own.ask('PUT', '/v1/reviews/views/mine', { key: 'reviewer2', body: { filters: { author: 'me' } } }), 201);
  t.strictSame(await listed({ view: 'mine' }, 'reviewer2'), [there.incident], '`me` is who asks');

  t.match(await next(own, 'reviewer', {}, { view: 'west coast' }), { status: 200, body: { incidentId: here.incident } });
  expect(await own.ask('DELETE', `/v1/incidents/${here.incident}/edits/1/lease`, { key: 'reviewer' }), 200);
  t.match(await next(own, 'reviewer', { filters: { view: 'west coast' } }), { status: 200, body: { incidentId: here.incident } });
  t.match(await next(own, 'reviewer', { filters: { view: 'none' } }), problem(404, 'not-found'));

  t.equal((await own.ask('DELETE', path, { key: 'reviewer' })).status, 204);
  t.equal((await own.ask('DELETE', path, { key: 'reviewer' })).status, 204, 'it may be repeated');
  t.match(await own.ask('GET', path, { key: 'reviewer' }), problem(404, 'not-found'));
  t.equal((await own.ask('GET', path, { key: 'contributor' })).status, 200, 'another’s of the same name stays');
  t.match(await own.ask('PUT', path, { key: 'reviewer', body: { filters: { region: 'Illinois' } } }), problem(422, 'invalid-body'));
  t.match(await own.ask('PUT', path, { key: 'auditor', body: { filters: {} } }), problem(403, 'forbidden'));
});

t.test('a subject keeps so many views, and one that no longer fits is named', async (t) => {
  const own = await harness(t);
  await own.pool.query(`INSERT INTO work.views SELECT 'reviewer', 'v' || n, '{"region": "Mordor"}' FROM generate_series(1, 100) AS n`);
  const save = (name: string) => own.ask('PUT', `/v1/reviews/views/${name}`, { key: 'reviewer', body: { filters: {} } });
  t.match(await save('more'), problem(409, 'too-many-views'));
  t.equal((await save('v7')).status, 200);
  const read = (view: string) => own.ask('GET', '/v1/reviews', { key: 'reviewer', query: { view } });
  t.match(await read('v8'), problem(400, 'invalid-parameter'));
  t.equal((await read('v7')).status, 200);
  t.match(text(await read('v8'), 'detail'), /v8/);
});
