import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

t.test('of many who decide one edit at once exactly one decision counts', async (t) => {
  const own = await harness(t);
  const processes = [own, await own.another()];
  const { incident, etag } = await propose(own, await furnish(own));
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      (processes[index % 2] ?? own).ask('POST', `/v1/incidents/${incident}/edits/1/decision`, {
        key: index % 4 < 2 ? 'reviewer' : 'reviewer2',
        headers: { 'if-match': etag },
        body: { decision: index % 3 ? 'approve' : 'reject', reason: 'At once.' },
      }),
    ),
  );
  t.strictSame(answers.map(({ status }) => status).toSorted(), [200, ...Array(15).fill(412)]);
  const types = (await own.log.readStream(incident, 0)).map(({ type }) => type);
  t.equal(types.filter((type) => type === 'EditApproved' || type === 'EditRejected').length, 1);
});

t.test('edits that do not collide all go in at once, whatever process takes them', async (t) => {
  const own = await harness(t);
  const processes = [own, await own.another()];
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const submitted = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      submit(processes[index % 2] ?? own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]),
    ),
  );
  t.strictSame(
    submitted.map(({ body }) => Number(body.edit)).toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 2),
  );
  const decided = await Promise.all(
    submitted.map((answer, index) =>
      (processes[(index + 1) % 2] ?? own).ask('POST', `/v1/incidents/${incident}/edits/${answer.body.edit}/decision`, {
        key: index % 2 ? 'reviewer' : 'reviewer2',
        headers: { 'if-match': text(answer, 'etag') },
        body: { decision: 'approve', reason: null },
      }),
    ),
  );
  t.strictSame([...new Set(decided.map(({ status, body }) => `${status} ${body.state}`))], ['200 applied']);
  const { body } = await own.read(`/v1/incidents/${incident}`);
  t.equal((body.claims as []).length, 21);
});

t.test('edits that collide are refused with the events in between, and can be rebased', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world, { claims: [movedClaim(world), stoodClaim(world)] });
  const rank = (claim: string | undefined, reason: string) => ({ kind: 'rank_claim', claim, rank: 'deprecated', reason });
  const correct = (claim: string | undefined) => ({
    kind: 'correct_claim',
    claim,
    set: { statement: 'The police say that the car came toward the officers.' },
    reason: 'Closer to the words.',
    citations: movedClaim(world).citations,
  });
  const [first, second, third] = [
    expect(await submit(own, incident, revision, [correct(refs.c1)]), 201),
    expect(await submit(own, incident, revision, [rank(refs.c1, 'The lead is wrong.')], 'contributor2'), 201),
    expect(await submit(own, incident, revision, [rank(refs.c2, 'Seen from afar.')]), 201),
  ];
  const applied = expect(await decide(own, incident, Number(first.body.edit), 'approve'), 200);
  const outdated = await decide(own, incident, Number(second.body.edit), 'approve');
  t.match(outdated, {
    status: 409,
    body: { type: '/problems/edit-outdated', events: [{ type: 'ClaimCorrected', revision: applied.body.appliedRevision }] },
  });
  t.equal((await decide(own, incident, Number(third.body.edit), 'approve')).status, 200, 'what touches other things goes through');

  const path = `/v1/incidents/${incident}/edits/${second.body.edit}`;
  const edit = expect(await own.read(path, { key: 'contributor2' }), 200);
  t.match(edit.body.conflicts, [{ type: 'ClaimCorrected' }]);
  const body = { baseRevision: applied.body.appliedRevision, rationale: 'Still so.', changes: [rank(refs.c1, 'The lead is wrong.')] };
  expect(await own.ask('PUT', path, { key: 'contributor2', body, headers: { 'if-match': text(edit, 'etag') } }), 200);
  t.equal((await decide(own, incident, Number(second.body.edit), 'approve')).status, 200);
});

t.test('two approvals of one correction each: the second is told what came in between', async (t) => {
  const own = await harness(t);
  const processes = [own, await own.another()];
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const edits = await Promise.all(
    ['deprecated', 'preferred'].map(async (rank) =>
      expect(await submit(own, incident, revision, [{ kind: 'rank_claim', claim: refs.c1, rank, reason: 'Because.' }]), 201),
    ),
  );
  const answers = await Promise.all(
    edits.map((edit, index) =>
      (processes[index] ?? own).ask('POST', `/v1/incidents/${incident}/edits/${edit.body.edit}/decision`, {
        key: 'reviewer',
        headers: { 'if-match': text(edit, 'etag') },
        body: { decision: 'approve', reason: null },
      }),
    ),
  );
  t.strictSame(answers.map(({ status }) => status).toSorted(), [200, 409]);
  t.match(answers.find(({ status }) => status === 409)?.body, { type: '/problems/edit-outdated', events: [{ type: 'ClaimRanked' }] });
});
