import { eventId } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, propose, publish, quoting, stoodClaim, submit, text, type World } from './support/story.ts';

const harness = await harnessFor(t);

const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const wrongAt = (pointer: string) => ({ status: 422, body: { errors: [{ pointer }] } });
const tagged = async (own: Harness, path: string) => ({ 'if-match': text(await own.read(path, { key: 'reviewer' }), 'etag') });
const split = (own: Harness, path: string, key: Person, changes: unknown, headers: Record<string, string> = {}) =>
  own.ask('POST', `${path}/split`, { key, headers, body: { changes, reason: 'The one is sourced, the other is not yet.' } });
const confirmed = (world: World, more: object = {}) =>
  stoodClaim(world, {
    ref: 'c3',
    statement: 'The city has not confirmed either account.',
    speaker: world.city,
    capacity: 'spokesperson',
    value: { kind: 'unknown' },
    citations: [quoting(world.source, 'The city has not confirmed either account')],
    ...more,
  });
const add = (claim: object) => ({ kind: 'add_claim', claim });

t.test('the good part of an edit goes in today, and the rest goes back with reasons', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const rank = { kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'It was filmed.' };
  const sent = expect(await submit(own, incident, revision, [add(stoodClaim(world)), rank, add(confirmed(world))]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  const etag = { 'if-match': text(sent, 'etag') };
  expect(await own.ask('POST', `${path}/comments`, { key: 'reviewer2', body: { text: 'Who filmed it?', change: 1 } }), 201);

  t.match(await split(own, path, 'reviewer', [1]), problem(428, 'precondition-required'));
  t.match(await split(own, path, 'reviewer', [1], { 'if-match': '"2-other"' }), problem(412, 'etag-mismatch'));
  t.match(await split(own, path, 'contributor2', [1], etag), problem(404, 'not-found'));
  for (const key of ['auditor', 'admin', 'app'] as const) t.match(await split(own, path, key, [1], etag), problem(403, 'forbidden'), key);
  t.match(await split(own, path, 'reviewer', [], etag), wrongAt('/changes'));
  t.match(await split(own, path, 'reviewer', [0, 1, 2], etag), wrongAt('/changes'));
  t.match(await split(own, path, 'reviewer', [3], etag), wrongAt('/changes/0'));
  t.match(await split(own, path, 'reviewer', [1, 1], etag), wrongAt('/changes/1'));
  for (const changes of [[-1], ['1'], [0.5], 1, null]) t.match(await split(own, path, 'reviewer', changes, etag), { status: 422 });

  const headers = { ...etag, 'idempotency-key': 'cut' };
  const [first, again] = await Promise.all([split(own, path, 'reviewer', [1], headers), split(own, path, 'reviewer', [1], headers)]);
  t.match(first, {
    status: 201,
    body: { edit: 2, state: 'submitted', version: 2, into: { edit: 3, state: 'submitted', version: 1, waitsFor: null } },
  });
  t.same(again.body, first.body, 'the same request is answered the same');
  t.match(await split(own, path, 'reviewer', [0], headers), problem(422, 'idempotency-key-reused'));
  t.match(await split(own, path, 'reviewer2', [0], etag), problem(412, 'etag-mismatch'), 'of two one wins');

  const other = `/v1/incidents/${incident}/edits/3`;
  for (const key of ['contributor', 'reviewer', 'auditor'] as const) {
    t.match(await own.read(path, { key }), {
      body: {
        etag: first.body.etag,
        author: 'contributor',
        splitFrom: null,
        splitInto: [3],
        versions: [{ by: 'contributor' }, { by: 'contributor', version: 2, changes: [{ kind: 'add_claim' }, { kind: 'add_claim' }] }],
        comments: { open: 1 },
        acts: [{ act: 'split', by: 'reviewer', other: 3 }],
      },
    });
    t.match(await own.read(other, { key }), {
      status: 200,
      body: {
        author: 'contributor',
        splitFrom: 2,
        waitsFor: null,
        baseRevision: revision,
        versions: [{ by: 'contributor', rationale: 'As the source says.', changes: [rank] }],
      },
    });
  }
  t.match(await own.read(other, { key: 'contributor2' }), problem(404, 'not-found'));
  t.match((await own.read(`${path}/versions/1/diff/2`, { key: 'reviewer' })).body.changes, [{ pointer: '/changes/1', to: null }]);
  const queued = (await own.read('/v1/reviews', { key: 'contributor', query: { author: 'me' } })).body.items as { edit: number }[];
  t.same(queued.map(({ edit }) => edit).sort(), [2, 3]);
  t.match((await own.read('/v1/me/notices', { key: 'contributor' })).text, /"code":"split"/);
  t.match((await own.read(`${other}/preview`, { key: 'reviewer' })).body.after, { claims: [{ rank: 'preferred' }] });

  t.match(await decide(own, incident, 2, 'approve', 'reviewer'), problem(409, 'comments-open'));
  t.match((await decide(own, incident, 3, 'request_changes', 'reviewer2', 'Say who filmed it.')).body, { state: 'changes_requested' });
  const despite = { decision: 'approve', reason: 'Sourced.', despiteComments: 'That is about the other part.' };
  t.match(
    await own.ask('POST', `${path}/decision`, { key: 'reviewer', headers: await tagged(own, path), body: despite }),
    { status: 200, body: { state: 'applied' } },
    'who split it did not contribute',
  );
  const record = (await own.read(`/v1/incidents/${incident}`)).body as { claims: { id: string }[] };
  t.same(
    record.claims.map(({ id }) => id),
    [refs.c1, (sent.body.refs as Record<string, string>).c2, (sent.body.refs as Record<string, string>).c3],
  );

  const rebased = expect(await own.ask('POST', `${other}/rebase`, { key: 'contributor', headers: await tagged(own, other) }), 200);
  t.match(rebased.body, { edit: 3, version: 2, state: 'submitted' });
  t.match((await decide(own, incident, 3, 'approve', 'reviewer')).body, { state: 'applied' });
  const undone = expect(await own.ask('POST', `${other}/revert`, { key: 'contributor2', body: { reason: 'It was not filmed.' } }), 201);
  t.match(undone.body, { edit: 4, reverts: 3 });
  const events = (await own.read(`/v1/incidents/${incident}/events`, { key: 'auditor' })).body.items as { type: string }[];
  const both = { author: 'contributor', contributors: ['contributor'], by: 'contributor' };
  t.match(
    events.filter(({ type }) => type === 'EditSplit'),
    [
      { actor: 'reviewer', edit: 2, data: { ...both, splitInto: 3, splitFrom: null } },
      { actor: 'reviewer', edit: 3, data: { ...both, splitFrom: 2, splitInto: null } },
    ],
  );
});

t.test('the author splits too, and neither part is theirs to decide, nor their other subject’s', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [add(stoodClaim(world)), add(confirmed(world))]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  expect(await split(own, path, 'contributor', [1], await tagged(own, path)), 201);
  for (const subject of ['contributor', 'reviewer'])
    expect(await own.ask('PUT', `/v1/people/${subject}`, { key: 'admin', body: { person: 'A. Writer' } }), 200);
  for (const edit of [2, 3]) t.match(await decide(own, incident, edit, 'approve', 'reviewer'), problem(403, 'self-approval'), String(edit));
  const [first, second] = await Promise.all(
    ['reviewer2', 'reviewer3'].map((key) => own.ask('POST', '/v1/reviews/next', { key: key as Person, body: {} })),
  );
  t.same([first?.body.edit, second?.body.edit].sort(), [2, 3], 'each is an edit of its own');
});

t.test('what names across the cut is named and refused', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const answer = stoodClaim(world, { relatesTo: [{ claim: 'c3', as: 'answers' }] });
  expect(await submit(own, incident, revision, [add(answer), add(confirmed(world))]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  t.match(await split(own, path, 'reviewer', [0], await tagged(own, path)), wrongAt('/changes/0'));
  t.match(await split(own, path, 'reviewer', [1], await tagged(own, path)), wrongAt('/changes/0'));
});

t.test('of a proposal claims leave, wait for it and go in after it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const claims = [movedClaim(world), stoodClaim(world, { relatesTo: [{ claim: 'c1', as: 'answers' }] }), confirmed(world)];
  const { incident, refs } = await propose(own, world, { claims });
  const path = `/v1/incidents/${incident}/edits/1`;
  t.match(await split(own, path, 'reviewer', [0], await tagged(own, path)), wrongAt('/changes/0'), 'the incident is no claim');
  t.match(await split(own, path, 'reviewer', [1], await tagged(own, path)), wrongAt('/changes/0'), 'another claim names it');
  const done = expect(await split(own, path, 'reviewer', [2], await tagged(own, path)), 201);
  t.match(done.body, { into: { edit: 2, waitsFor: 1 } });
  const other = `/v1/incidents/${incident}/edits/2`;
  t.match((await own.read(other, { key: 'contributor' })).body, { waitsFor: 1, nextActor: null, refs: { c2: refs.c2 } });
  t.match((await own.read(`${other}/preview`, { key: 'reviewer' })).body.after, {
    claims: [{ id: refs.c1 }, { id: refs.c3 }, { id: refs.c2 }],
  });
  for (const decision of ['approve', 'reject', 'request_changes'])
    t.match(await decide(own, incident, 2, decision), problem(409, 'edit-state'), decision);
  t.match(await own.ask('POST', `${other}/lease`, { key: 'reviewer' }), problem(409, 'edit-state'));
  t.match(await own.ask('POST', `${other}/rebase`, { key: 'contributor', headers: await tagged(own, other) }), problem(409, 'edit-state'));
  t.match((await own.ask('POST', '/v1/reviews/next', { key: 'reviewer', body: {} })).body, { edit: 1 });

  const before = await tagged(own, other);
  const applied = expect(await decide(own, incident, 1, 'approve'), 200);
  const now = (await own.read(other, { key: 'contributor' })).body;
  t.match(now, { waitsFor: null, nextActor: 'reviewer', outdated: null, baseRevision: applied.body.appliedRevision, conflicts: [] });
  t.not(now.etag, before['if-match']);
  t.match((await decide(own, incident, 2, 'approve')).body, { state: 'applied' });
  t.match((await own.read(`/v1/incidents/${incident}`)).body, {
    claims: [{ id: refs.c1 }, { id: refs.c3 }, { id: refs.c2, relatesTo: [{ claim: refs.c1 }] }],
  });
});

t.test('what waits for a proposal is closed with it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  for (const [end, state] of [
    ['reject', 'rejected'],
    ['withdraw', 'withdrawn'],
  ]) {
    const { incident } = await propose(own, world, { claims: [movedClaim(world), stoodClaim(world)] });
    const path = `/v1/incidents/${incident}/edits/1`;
    expect(await split(own, path, 'contributor', [2], await tagged(own, path)), 201);
    if (end === 'reject') expect(await decide(own, incident, 1, 'reject'), 200);
    else expect(await own.ask('POST', `${path}/withdraw`, { key: 'contributor' }), 200);
    const other = (await own.read(`/v1/incidents/${incident}/edits/2`, { key: 'contributor' })).body;
    t.match(other, { state, votes: [], nextActor: null });
  }
});

t.test('a text is erased from both edits', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [add(stoodClaim(world)), add(confirmed(world))]), 201);
  const path = `/v1/incidents/${incident}/edits/2`;
  expect(await split(own, path, 'reviewer', [1], await tagged(own, path)), 201);
  const events = (await own.read(`/v1/incidents/${incident}/events?limit=500`, { key: 'auditor' })).body.items as {
    revision: number;
    type: string;
    edit: number;
  }[];
  const brought = events.filter(({ type, edit }) => edit > 1 && ['EditSubmitted', 'EditSplit'].includes(type));
  t.equal(brought.length, 3);
  const command = systemRandom.uuid();
  await eraseTexts(own.log, {
    stream: incident,
    fields: brought.map(({ revision: at }) => ({ revision: at, pointer: '/rationale' })),
    reasonCode: 'personal_data',
    actor: 'admin',
    command,
    at: systemClock.now().toISOString(),
    idOf: (index) => eventId(command, index),
  });
  for (const edit of [path, `/v1/incidents/${incident}/edits/3`]) {
    const { body } = await own.read(edit, { key: 'reviewer' });
    for (const { rationale } of body.versions as { rationale: string | null }[]) t.equal(rationale, null);
    t.match(body, { outdated: { problem: 'text-erased' } });
  }
  t.match(await split(own, path, 'contributor', [0], await tagged(own, path)), { status: 409 });
  t.match(await decide(own, incident, 3, 'approve'), problem(409, 'text-erased'));
});

t.test('edits of sources and parties are split likewise, and an author has no more open ones by that', async (t) => {
  const own = await harness(t, { quotas: { sourceBytes: null, openEdits: 2 } });
  const world = await furnish(own);
  const changes = [
    { kind: 'correct_source', set: { title: 'Shots at the old harbour' }, reason: 'As it is written there.', citations: [] },
    { kind: 'revise_text', text: 'Nothing of it was so.', why: 'corrected_by_publisher', citations: [] },
  ];
  const body = { baseRevision: 1, rationale: 'So.', changes };
  expect(await own.ask('POST', `/v1/sources/${world.source}/edits`, { key: 'contributor', body }), 201);
  const path = `/v1/sources/${world.source}/edits/1`;
  t.match(await split(own, path, 'contributor', [1], await tagged(own, path)), {
    status: 201,
    body: { incidentId: null, into: { edit: 2 } },
  });
  t.match((await own.read(`/v1/sources/${world.source}/edits/2`, { key: 'contributor' })).body, {
    splitFrom: 1,
    versions: [{ changes: [{ kind: 'revise_text', text: 'Nothing of it was so.' }] }],
  });
  t.match((await decideSource(own, world.source, 1)).body, { state: 'applied' });
  t.match((await own.read(`/v1/sources/${world.source}`, { key: 'reviewer' })).body, { title: 'Shots at the old harbour', revision: 1 });

  const { incident } = await propose(own, world, { claims: [movedClaim(world), stoodClaim(world)] });
  const proposed = `/v1/incidents/${incident}/edits/1`;
  t.match(await split(own, proposed, 'contributor', [2], await tagged(own, proposed)), problem(429, 'quota-exceeded'));
  t.match(await split(own, proposed, 'reviewer', [2], await tagged(own, proposed)), { status: 201 }, 'a reviewer counts nobody’s');
});

const decideSource = async (own: Harness, source: string, edit: number) => {
  const path = `/v1/sources/${source}/edits/${edit}`;
  const body = { decision: 'approve', reason: 'Looked at.' };
  return own.ask('POST', `${path}/decision`, { key: 'reviewer', headers: await tagged(own, path), body });
};
