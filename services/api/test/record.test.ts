import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, proposal, publish, stoodClaim, submit, text } from './support/story.ts';

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
  t.match((await own.read(`/v1/incidents/${incident}/comparison`)).body, { aspects: [{ aspect: 'vehicle_motion', state: 'disputed' }] });
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
