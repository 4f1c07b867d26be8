import { createErasing } from '@averment/commands';
import { peopleStream } from '@averment/domain';
import { decoded } from '@averment/event-log';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, propose, text } from './support/story.ts';

const harness = await harnessFor(t);
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const say = (own: Harness, subject: string, person: string | null, key: Person = 'admin') =>
  own.ask('PUT', `/v1/people/${subject}`, { key, body: { person } });

t.test('four eyes are about people: two subjects of one person are one, in every process at once, also on open edits', async (t) => {
  const own = await harness(t);
  const other = await own.another();
  const world = await furnish(own);
  const resident = expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'person', name: 'a resident' } }), 201);
  // It takes two approvals.
  const { incident } = await propose(own, world, { claims: [movedClaim(world, { speaker: text(resident, 'id') })] });
  t.match(expect(await decide(other, incident, 1, 'approve', 'reviewer'), 200).body, { approvals: { needed: 2, given: 1 } });

  expect(await say(own, 'contributor', 'One Person'), 200);
  t.match(expect(await say(own, 'reviewer', 'one person'), 200).body, { subject: 'reviewer', subjects: ['contributor', 'reviewer'] });
  for (const at of [own, other]) {
    t.match(await decide(at, incident, 1, 'reject', 'reviewer'), problem(403, 'self-approval'));
    t.match(await at.ask('POST', `/v1/incidents/${incident}/edits/1/lease`, { key: 'reviewer' }), problem(403, 'self-approval'));
  }
  await own.read('/v1/reviews', { key: 'auditor' });
  const next = async () => (await other.ask('POST', '/v1/reviews/next', { key: 'reviewer2', body: {} })).status;
  expect(await say(own, 'reviewer2', 'One Person'), 200);
  t.equal(await next(), 204, 'nor is it the next to review');
  expect(await say(own, 'reviewer2', null), 200);
  t.equal(await next(), 200);
  t.match(
    expect(await decide(other, incident, 1, 'approve', 'reviewer2'), 200).body,
    {
      state: 'submitted',
      approvals: { needed: 2, given: 1 },
    },
    'the approval of before is that of a contributor',
  );

  expect(await say(own, 'reviewer', 'Another'), 200);
  expect(await say(own, 'reviewer2', 'Another'), 200);
  t.match(
    await decide(other, incident, 1, 'approve', 'reviewer'),
    problem(409, 'vote-repeated'),
    'nor do two votes of one person count as two',
  );
  t.match(expect(await say(own, 'reviewer2', null), 200).body, { person: null, subjects: ['reviewer2'] });
});

t.test('who is whom is an event, whose text can be erased and still counts', async (t) => {
  const own = await harness(t, { keysTwoAdmins: true });
  const first = expect(await say(own, 'admin', 'A certain someone'), 200);
  t.match(
    expect(await say(own, 'admin', 'a certain Someone', 'admin2'), 200).body,
    { position: first.body.position },
    'the same again is nothing',
  );
  expect(await say(own, 'admin2', 'A certain someone'), 200);
  const events = async () => decoded(await own.log.readStream(peopleStream, 0));
  t.match(await events(), [
    { type: 'PersonSet', actor: 'admin', data: { subject: 'admin', person: 'A certain someone' } },
    { actor: 'admin' },
  ]);
  t.notMatch(JSON.stringify(decoded(await own.log.readStream(peopleStream, 0, { texts: false })).map(({ data }) => data)), /certain/i);
  t.match(expect(await own.ask('GET', '/v1/people/admin2', { key: 'admin' }), 200).body, {
    person: 'A certain someone',
    subjects: ['admin', 'admin2'],
    setBy: 'admin',
  });
  t.equal((await own.ask('GET', '/v1/people/desk', { key: 'admin' })).status, 404);
  t.equal((await own.ask('PUT', '/v1/people/Desk', { key: 'admin', body: { person: null } })).status, 404);

  const made = expect(await own.ask('POST', '/v1/keys', { key: 'admin', body: { subject: 'desk', role: 'reviewer' } }), 201);
  t.match(await own.ask('POST', `/v1/keys/${made.body.id}/confirm`, { key: 'admin2' }), problem(403, 'self-approval'));

  const asked = { targets: [{ value: 'certain someone' }], ground: 'personal_data', reason: 'It names somebody here.' };
  const erasure = text(expect(await own.ask('POST', '/v1/erasures', { key: 'contributor', body: asked }), 201), 'id');
  const erasing = createErasing({ log: own.log, clock: systemClock, requireGone: async () => undefined });
  await erasing.follow({ stream: erasure, revision: 0 });
  for (const key of ['reviewer', 'admin2'] as const)
    expect(await own.ask('POST', `/v1/erasures/${erasure}/decision`, { key, body: { decision: 'approve' } }), 200);
  const approved = decoded(await own.log.readStream(erasure, 0)).find(({ type }) => type === 'ErasureApproved');
  await erasing.follow({ stream: erasure, revision: approved?.revision ?? -1 });
  t.match(expect(await own.ask('GET', '/v1/people/admin2', { key: 'admin' }), 200).body, { person: null, subjects: ['admin', 'admin2'] });
});
