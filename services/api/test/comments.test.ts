import { eventId } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, proposal, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const comment = (own: Harness, path: string, key: Person, body: object, headers: Record<string, string> = {}) =>
  own.ask('POST', `${path}/comments`, { key, body, headers });
const resolve = (own: Harness, path: string, key: Person, id: string) => own.ask('POST', `${path}/comments/${id}/resolve`, { key });
const counts = async (own: Harness, query: Record<string, string> = {}) =>
  ((await own.read('/v1/reviews', { key: 'reviewer', query })).body.items as { comments: object }[]).map(({ comments }) => comments);

t.test('what is asked of an edit is answered before it is approved, or passed over with a reason', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const path = `/v1/incidents/${incident}/edits/1`;
  const asked = expect(await comment(own, path, 'reviewer', { text: 'Who says so?', change: 1 }, { 'if-match': etag }), 201);
  t.match(asked.body, { id: /^comment_/, version: 1, position: /^\d+$/ });
  const id = text(asked, 'id');
  expect(await comment(own, path, 'contributor', { text: 'The police do.', inReplyTo: id }), 201);
  expect(await comment(own, path, 'reviewer2', { text: 'The title is long.' }), 201);

  const items = [
    { id, by: 'reviewer', version: 1, change: 1, inReplyTo: null, text: 'Who says so?', resolved: null },
    { by: 'contributor', version: 1, change: null, inReplyTo: id, text: 'The police do.', resolved: null },
    { by: 'reviewer2', text: 'The title is long.' },
  ];
  for (const key of ['contributor', 'reviewer', 'auditor'] as const) {
    t.match(
      await own.read(path, { key }),
      { status: 200, body: { etag, comments: { open: 2, total: 3, items } } },
      `${key}: the tag stays`,
    );
    t.match(await own.read(`${path}/comments`, { key }), { status: 200, body: { items, next: null } });
  }
  t.match(await own.read(`${path}/comments`, { key: 'contributor2' }), problem(404, 'not-found'));
  t.match(await comment(own, path, 'contributor2', { text: 'And I?' }), problem(404, 'not-found'));
  t.match(await own.read(`${path}/comments`, { key: 'app' }), problem(403, 'forbidden'));
  t.match(await comment(own, path, 'auditor', { text: 'And I?' }), problem(403, 'forbidden'));
  t.same(await counts(own), [{ open: 2, total: 3 }]);

  const approve = (key: Person, more: object = {}, headers: Record<string, string> = { 'if-match': etag }) =>
    own.ask('POST', `${path}/decision`, { key, headers, body: { decision: 'approve', reason: 'Checked.', ...more } });
  t.match(await approve('reviewer'), problem(409, 'comments-open'));
  const body = proposal(world, { claims: [movedClaim(world), stoodClaim(world)] });
  const revised = expect(await own.ask('PUT', path, { key: 'contributor', headers: { 'if-match': etag }, body }), 200);
  const tag = { 'if-match': text(revised, 'etag') };
  t.match(
    (await own.read(path, { key: 'reviewer' })).body,
    { version: 2, comments: { open: 2, items: [{ version: 1 }] } },
    'they stay open',
  );
  t.match(await comment(own, path, 'reviewer', { text: 'Still?' }, { 'if-match': etag }), problem(412, 'etag-mismatch'));
  t.match(await approve('reviewer', {}, tag), problem(409, 'comments-open'));

  t.match(await resolve(own, path, 'reviewer2', id), problem(403, 'not-author'));
  t.match(await resolve(own, path, 'contributor', id), { status: 200, body: { id, version: 1 } });
  t.match(await resolve(own, path, 'reviewer', id), problem(409, 'record-state'));
  t.match(await own.read(path, { key: 'reviewer' }), {
    body: { etag: tag['if-match'], comments: { open: 1, total: 3, items: [{ resolved: { by: 'contributor' } }] } },
  });
  const despiteComments = 'It is no longer than others.';
  t.match(expect(await approve('reviewer', { despiteComments }, tag), 200).body, { state: 'applied' });
  t.match((await own.read(path, { key: 'auditor' })).body, { votes: [{ by: 'reviewer', despiteComments }], comments: { open: 1 } });
  t.match(await comment(own, path, 'reviewer', { text: 'Too late?' }), problem(409, 'edit-state'));

  const history = async (key: Person | null) =>
    ((await own.read(`/v1/incidents/${incident}/events`, { key })).body.items as { type: string; actor: string; data: object }[]).filter(
      ({ type }) => /Comment|Approved/.test(type),
    );
  t.match(await history('auditor'), [
    { type: 'EditCommented', actor: 'reviewer', data: { comment: id, text: 'Who says so?' } },
    { type: 'EditCommented', actor: 'contributor' },
    { type: 'EditCommented', actor: 'reviewer2' },
    { type: 'EditCommentResolved', actor: 'contributor', data: { comment: id } },
    { type: 'EditApproved', data: { despiteComments } },
  ]);
  for (const key of [null, 'app', 'contributor2'] as const) t.same(await history(key), [], `${key} sees nothing of it`);
  t.notMatch((await own.read('/v1/events', { key: 'app' })).text, /Who says so|no longer than/);
});

t.test('comments on edits of sources and parties are the same', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  for (const [path, kind, set] of [
    [`/v1/sources/${world.source}`, 'correct_source', { title: 'Shots at the old harbour' }],
    [`/v1/parties/${world.police}`, 'correct_party', { name: 'Port Police' }],
  ] as const) {
    const body = { baseRevision: 1, rationale: 'So.', changes: [{ kind, set, reason: 'As it is written there.' }] };
    const { etag } = expect(await own.ask('POST', `${path}/edits`, { key: 'contributor', body }), 201).body;
    const edit = `${path}/edits/1`;
    const id = text(expect(await comment(own, edit, 'reviewer', { text: 'Where?' }), 201), 'id');
    const approve = { key: 'reviewer', headers: { 'if-match': String(etag) }, body: { decision: 'approve' } } as const;
    t.match(await own.ask('POST', `${edit}/decision`, approve), problem(409, 'comments-open'), kind);
    t.match((await own.read(edit, { key: 'contributor' })).body, { etag, comments: { open: 1, items: [{ id, text: 'Where?' }] } });
    expect(await resolve(own, edit, 'contributor', id), 200);
    t.match((await own.read(`${edit}/comments`, { key: 'auditor' })).body, { items: [{ resolved: { by: 'contributor' } }] });
    t.match(await own.ask('POST', `${edit}/decision`, approve), { status: 200, body: { state: 'applied' } }, kind);
    t.match((await own.read(`${path}/events`, { key: 'auditor' })).text, /EditCommented/);
    t.notMatch((await own.read(`${path}/events`, { key: 'contributor' })).text, /EditCommented/);
  }
});

t.test('a comment that is sent again is one, and its text can be erased', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const { edit, etag } = expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201).body;
  const path = `/v1/incidents/${incident}/edits/${edit}`;
  const send = (said: string) => comment(own, path, 'reviewer', { text: said }, { 'idempotency-key': 'once' });
  const [first, second] = await Promise.all([send('Her name is Ada.'), send('Her name is Ada.')]);
  t.same(first?.body, second?.body);
  t.match(await send('Another.'), problem(422, 'idempotency-key-reused'));
  t.same(await counts(own), [{ open: 1, total: 1 }]);
  for (const body of [{ text: '' }, { text: 'So?', change: 7 }, { text: 'So?', inReplyTo: 'comment_00000000000000000000000000' }, {}])
    t.match(await comment(own, path, 'reviewer', body), { status: 422 }, JSON.stringify(body));
  t.match(await comment(own, `/v1/incidents/${incident}/edits/9`, 'reviewer', { text: 'So?' }), problem(404, 'not-found'));
  t.match(await resolve(own, path, 'reviewer', 'comment_00000000000000000000000000'), problem(404, 'not-found'));
  t.match(await resolve(own, path, 'reviewer', 'nothing'), problem(404, 'not-found'));

  const events = (await own.read(`/v1/incidents/${incident}/events?limit=500`, { key: 'auditor' })).body.items as {
    revision: number;
    type: string;
  }[];
  const at = events.find(({ type }) => type === 'EditCommented')?.revision ?? -1;
  const command = systemRandom.uuid();
  await eraseTexts(own.log, {
    stream: incident,
    fields: [{ revision: at, pointer: '/text' }],
    reasonCode: 'personal_data',
    actor: 'admin',
    command,
    at: systemClock.now().toISOString(),
    idOf: (index) => eventId(command, index),
  });
  t.match((await own.read(path, { key: 'contributor' })).body, { etag, comments: { open: 1, items: [{ text: null, by: 'reviewer' }] } });
  t.match(await decide(own, incident, Number(edit), 'approve'), problem(409, 'comments-open'), 'it is open as before');
});
