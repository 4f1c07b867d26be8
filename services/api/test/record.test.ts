import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, proposal, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

t.test('an incident is proposed, approved, edited and read', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const proposed = expect(await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world) }), 201);
  const incident = text(proposed, 'incidentId');
  t.match(proposed.body, { edit: 1, state: 'submitted', refs: { c1: /^claim_/ }, position: /^\d+$/ });
  t.equal((await own.read(`/v1/incidents/${incident}`)).status, 404, 'it is not public');
  t.match((await own.read(`/v1/incidents/${incident}`, { key: 'contributor' })).body, { status: 'proposed', revision: null });

  const approved = expect(await decide(own, incident, 1, 'approve'), 200);
  t.match(approved.body, { edit: 1, state: 'applied', approvals: { needed: 1, given: 1 }, appliedRevision: Number });
  const read = expect(await own.read(`/v1/incidents/${incident}`), 200);
  t.match(read.body, {
    status: 'published',
    revision: approved.body.appliedRevision,
    claims: [{ standing: 'standing', incidentId: incident }],
  });

  const edit = expect(await submit(own, incident, Number(read.body.revision), [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  t.equal(edit.body.edit, 2);
  t.match((await own.read(`/v1/incidents/${incident}/edits/2/preview`, { key: 'reviewer' })).body, {
    aspects: [{ aspect: 'vehicle_motion', from: 'single_account', to: 'disputed' }],
  });
  expect(await decide(own, incident, 2, 'approve'), 200);
  t.match((await own.read(`/v1/incidents/${incident}/comparison`)).body, {
    title: 'Harbour police officer shoots at a car in Porto Novo',
    aspects: [{ aspect: 'vehicle_motion', about: null, aboutName: null, state: 'disputed' }],
  });
});

t.test('a kind that there is not is refused with those that there are', async (t) => {
  const own = await harness(t);
  for (const [path, kinds] of [
    ['/v1/parties', /^must be one of agency, court, .*described_role$/],
    ['/v1/reviews', /^must be one of report_incident, add_claim, .*reinstate_incident$/],
  ] as const) {
    t.match(await own.read(path, { key: 'reviewer', query: { kind: 'nope' } }), {
      status: 400,
      body: { errors: [{ pointer: '/query/kind', message: kinds }] },
    });
  }
});

t.test('every list and item that is built from the record answers', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  for (const path of [
    '/v1/sources',
    '/v1/sources?q=harbour',
    `/v1/sources/${world.source}`,
    '/v1/parties?q=harbour&kind=agency',
    `/v1/parties/${world.police}`,
    `/v1/parties/${world.police}/claims/summary`,
    '/v1/incidents?q=harbour&from=2026-01-01&to=2026-12-31&region=US-WA&locality=porto+novo&aspect=vehicle_motion&disputed=false&hasRuling=false&sort=occurred',
    '/v1/claims?aspect=vehicle_motion',
    `/v1/incidents/${incident}/events`,
    '/problems',
    '/problems/edit-outdated',
    '/livez',
    '/readyz',
    '/metrics',
    '/openapi.json',
  ]) {
    const answer = await own.read(path);
    t.equal(answer.status, 200, path);
    if (Array.isArray(answer.body.items)) t.not(answer.body.items.length, 0, `${path} has something`);
  }
  for (const [path, key] of [
    [`/v1/sources/${world.source}/text`, 'contributor'],
    [`/v1/incidents/${incident}/edits`, 'reviewer'],
    [`/v1/incidents/${incident}/edits/1/preview`, 'reviewer'],
    ['/v1/reviews?state=all', 'reviewer'],
    ['/v1/reviews?author=me&state=all', 'contributor'],
    ['/v1/reviews/stats', 'auditor'],
    ['/v1/events', 'app'],
    ['/v1/events', 'auditor'],
    ['/v1/parked', 'admin'],
  ] as const) {
    t.equal((await own.read(path, { key })).status, 200, `${path} as ${key}`);
  }
});

t.test('what is not known of place and time is said, and what is no code or no time of the clock is told', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const asked = (more: object) => own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, more) });
  const places = async (more: object) => {
    const { status, body } = await asked(more);
    return [status, ...(body.errors as { pointer: string }[]).map(({ pointer }) => pointer)];
  };
  const road = { text: 'A road', precision: 'road' };
  t.same(await places({ place: { ...road, country: 'US', region: 'US-ZZ' } }), [422, '/place/region']);
  t.same(await places({ place: { ...road, country: 'CA', region: 'US-WA' } }), [422, '/place/region']);
  t.same(await places({ place: { ...road, country: 'ZZ' } }), [422, '/place/country']);
  t.same(await places({ occurred: { date: '2026-01-14', timeZone: 'CST' } }), [422, '/occurred/timeZone']);
  const clocks = (date: string, time: string, more: object = {}) => ({ occurred: { date, time, timeZone: 'America/Chicago', ...more } });
  t.same(await places(clocks('2026-03-08', '02:30')), [422, '/occurred/time']);
  t.same(await places(clocks('2026-11-01', '01:30')), [422, '/occurred/fold']);
  t.same(await places(clocks('2026-11-01', '01:30', { fold: 2 })), [422, '/occurred/fold']);
  t.same(await places({ ...clocks('2026-11-01', '12:00'), claims: [movedClaim(world, { saidAt: '2026-11-01T01:30' })] }), [
    422,
    '/claims/0/saidAt',
  ]);

  const unknown = await publish(own, world, { place: null, occurred: { date: '[2026-01-07,2026-01-08]', time: '23:00/02:00' } });
  const somewhere = await publish(own, world, { ...clocks('2026-11-01', '01:30', { fold: 1 }), place: { ...road, precision: 'county' } });
  const read = async (incident: string) => (await own.read(`/v1/incidents/${incident}`)).body;
  t.match(await read(unknown.incident), { place: null, occurred: { date: '[2026-01-07,2026-01-08]', time: '23:00/02:00', fold: null } });
  t.match(await read(somewhere.incident), { place: { country: null, region: null, precision: 'county' }, occurred: { fold: 1 } });
  t.match((await own.read(`/v1/incidents/${unknown.incident}/comparison`)).body, { incidentId: unknown.incident });
  const found = async (query: string) => {
    const { items } = (await own.read(`/v1/incidents?${query}`)).body as { items: { id: string }[] };
    return items.map(({ id }) => (id === unknown.incident ? 'unknown' : 'somewhere')).sort();
  };
  t.same(await found('sort=occurred'), ['somewhere', 'unknown']);
  t.same(await found('q=harbour'), ['somewhere', 'unknown']);
  t.same(await found('from=2026-01-08&to=2026-01-08'), ['unknown']);
  t.same(await found('from=2026-01-09'), ['somewhere']);
  for (const nowhere of ['region=US-WA', 'locality=Porto+Novo', 'bbox=-180,-90,180,90']) t.same(await found(nowhere), [], nowhere);
  t.match((await own.read('/v1/reviews?state=all', { key: 'reviewer' })).body, { items: [{ region: null }, { region: null }] });

  const [revision, set] = [Number((await read(unknown.incident)).revision), { place: { ...road, country: 'US', region: 'US-WA' } }];
  const citations = [{ source: world.source, quote: { exact: 'the car stood still' } }];
  const correction = { kind: 'correct_incident', set, reason: 'The place is known.', citations };
  expect(await submit(own, unknown.incident, revision, [correction]), 201);
  expect(await decide(own, unknown.incident, 2, 'approve'), 200);
  const corrected = await read(unknown.incident);
  t.match(corrected, { place: { region: 'US-WA' }, corrections: [{ changes: [{ field: 'place', from: null, to: { region: 'US-WA' } }] }] });
  t.same(await found('region=US-WA'), ['unknown']);
  const changed = await own.read(`/v1/incidents/${unknown.incident}/diff?from=${revision}&to=${corrected.revision}`);
  t.match(changed.body.changes, [{ pointer: '/revision' }, { pointer: '/place', from: null }]);
});
