import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, propose, publish, stoodClaim, submit } from './support/story.ts';

const harness = await harnessFor(t);
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });

t.test('the figures say how the review goes, now and at any time, and what became of votes', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const stats = async (query: Record<string, string> = {}) => expect(await own.read('/v1/reviews/stats', { key: 'reviewer', query }), 200);
  t.match((await stats()).body, {
    open: 0,
    oldestSeconds: null,
    votes: { decided: 0, approvedShare: null },
    byKind: [],
    byReviewer: [],
    decidedPerDay: [],
  });

  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  await propose(own, world, { title: 'A second one' }, 'contributor2');
  const { body: before } = await stats();
  t.match(before, {
    open: 2,
    waitingFor: { reviewer: 2, author: 0 },
    votes: { decided: 1, approved: 1, approvedShare: 1, overturnedShare: 0, revertedShare: 0 },
    byKind: [
      { kind: 'add_claim', open: 2 },
      { kind: 'report_incident', open: 1, approved: 1 },
    ],
    byReviewer: [{ reviewer: 'reviewer', decided: 1, approved: 1, overturned: 0, reverted: 0 }],
    decidedPerDay: [{ decided: 1, approved: 1 }],
  });

  expect(await decide(own, incident, 2, 'approve'), 200);
  const undo = { reason: 'It was approved by mistake.' };
  expect(await own.ask('POST', `/v1/incidents/${incident}/edits/2/revert`, { key: 'contributor2', body: undo }), 201);
  expect(await decide(own, incident, 3, 'approve', 'reviewer'), 200);
  const { etag } = (await own.read(`/v1/incidents/${incident}/edits/3`, { key: 'reviewer' })).body;
  const headers = { 'if-match': String(etag) };
  expect(await own.ask('DELETE', `/v1/incidents/${incident}/edits/3/decision`, { key: 'reviewer', headers }), 200);
  for (const key of ['reviewer', 'reviewer2'] as const) expect(await decide(own, incident, 3, 'approve', key), 200);
  t.match((await stats()).body, {
    open: 1,
    votes: { decided: 5, approved: 5, overturned: 1, reverted: 1, overturnedShare: 0.2, revertedShare: 0.2 },
    byReviewer: [
      { reviewer: 'reviewer', decided: 4, overturned: 1, reverted: 1 },
      { reviewer: 'reviewer2', decided: 1, overturned: 0, reverted: 0 },
    ],
    byKind: [
      { kind: 'add_claim', open: 1, reverted: 1 },
      { kind: 'report_incident' },
      { kind: 'retract_claim', approved: 3, overturned: 1 },
    ],
  });

  const { waitingFor: _, outdated: __, asOf, ...then } = before as Record<string, unknown>;
  const past = await stats({ asOf: String(asOf) });
  t.strictSame(past.body, { ...past.body, ...then, waitingFor: null, outdated: null }, 'a moment of the past is told as it was then');
  t.equal(past.headers['averment-as-of-time'], past.body.asOf);
  t.match((await stats({ asOf: '2020-01-01' })).body, { open: 0, votes: { decided: 0 }, asOf: '2020-01-01T23:59:59.999999Z' });
  const ask = (value: string) => own.ask('GET', '/v1/reviews/stats', { key: 'reviewer', query: { asOf: value } });
  t.match(await ask('2999-01-01'), problem(400, 'time-in-future'));
  t.match(await ask('yesterday'), problem(400, 'invalid-parameter'));
  t.match(await own.ask('GET', '/v1/reviews/stats', { key: 'contributor' }), problem(403, 'forbidden'));
});
