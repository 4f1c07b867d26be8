import { eventId, uuidOf } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, movedClaim, proposal, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });

type Told = { position: string; code: string; edit: number; by: string; decision: string | null; text: string | null };
const notices = async (own: Harness, key: Person, query: Record<string, string> = {}) => {
  const { body } = expect(await own.read('/v1/me/notices', { key, query }), 200);
  return { items: body.items as Told[], next: String(body.next), log: String(body.log), body };
};
const said = (items: readonly Told[]) =>
  items.map(({ code, edit, by, decision, text }) => [code, edit, by, decision, text].filter((one) => one !== null).join(' '));

t.test('a key says whom it speaks for, and until when; nobody else is told of', async (t) => {
  const own = await harness(t);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const { body } = expect(
    await own.ask('POST', '/v1/keys', {
      key: 'admin',
      body: { subject: 'desk', role: 'reviewer', kind: 'machine', name: 'The front desk', expiresAt },
    }),
    201,
  );
  const key = String(body.key) as `avk_${string}`;
  t.strictSame((await own.ask('GET', '/v1/me', { key })).body, {
    subject: 'desk',
    role: 'reviewer',
    scopes: ['read', 'feed', 'submit', 'review', 'oversee', 'ask_erasure', 'decide_erasure'],
    kind: 'machine',
    expiresAt,
    key: { id: body.id, name: 'The front desk', kind: 'machine', expiresAt },
    token: null,
  });
  expect(await own.ask('PUT', '/v1/people/desk', { key: 'admin', body: { person: 'Somebody' } }), 200);
  expect(await own.ask('PUT', '/v1/people/contributor', { key: 'admin', body: { person: 'Somebody' } }), 200);
  t.notOk((await own.ask('GET', '/v1/me', { key })).text.includes('contributor'), 'nor of the same person’s other subject');
  for (const [role, scope] of [
    ['contributor', 'submit'],
    ['auditor', 'oversee'],
    ['app', 'feed'],
    ['admin', 'operate'],
  ] as const)
    t.match(await own.ask('GET', '/v1/me', { key: role }), { status: 200, body: { subject: role, role, expiresAt: null } }, scope);
  t.match(await own.ask('GET', '/v1/me'), problem(401, 'unauthenticated'));
  expect(await own.ask('DELETE', `/v1/keys/${body.id}`, { key: 'admin' }), 200);
  t.match(await own.ask('GET', '/v1/me', { key }), problem(401, 'unauthenticated'));
  t.match(uuidOf(String(body.id)), /-/);
});

t.test('an author follows the own edits to the end without asking each, and resumes where they stopped', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const path = `/v1/incidents/${incident}/edits/1`;
  const begun = await notices(own, 'contributor');
  t.same([begun.items, begun.next], [[], '0']);

  const asked = expect(await own.ask('POST', `${path}/comments`, { key: 'reviewer', body: { text: 'Who says so?' } }), 201);
  expect(await decide(own, incident, 1, 'request_changes', 'reviewer2', 'The title is long.'), 200);
  const first = await notices(own, 'contributor', { after: begun.next, log: begun.log });
  t.same(said(first.items), ['commented 1 reviewer Who says so?', 'decided 1 reviewer2 request_changes The title is long.']);
  t.match(first.items[0], {
    position: asked.body.position,
    of: { kind: 'incident', id: incident },
    links: { edit: path },
    title: proposal(world).title,
  });
  t.equal(first.next, first.items[1]?.position);
  t.match((await own.read('/v1/me/edits', { key: 'contributor', query: { state: 'open' } })).body, {
    items: [
      {
        edit: 1,
        state: 'changes_requested',
        nextActor: 'author',
        votes: [{ by: 'reviewer2', decision: 'request_changes', reason: 'The title is long.' }],
        openComments: [{ id: asked.body.id, by: 'reviewer', text: 'Who says so?' }],
      },
    ],
    next: null,
  });

  const id = text(asked, 'id');
  expect(await own.ask('POST', `${path}/comments`, { key: 'contributor', body: { text: 'The police.', inReplyTo: id } }), 201);
  expect(await own.ask('POST', `${path}/comments/${id}/resolve`, { key: 'contributor' }), 200);
  const body = proposal(world, { title: 'An officer shoots at a car', claims: [movedClaim(world), stoodClaim(world)] });
  const tag = text(await own.read(path, { key: 'contributor' }), 'etag');
  t.not(tag, etag);
  expect(await own.ask('PUT', path, { key: 'contributor', headers: { 'if-match': tag }, body }), 200);
  t.same(said((await notices(own, 'reviewer')).items), [
    'decided 1 reviewer2 request_changes The title is long.',
    'answered 1 contributor The police.',
    'comment_resolved 1 contributor',
    'revised 1 contributor The first article on it.',
  ]);
  t.same(said((await notices(own, 'reviewer2')).items.slice(-1)), ['lapsed 1 contributor The first article on it.'], 'the own vote');

  expect(await own.ask('POST', `${path}/lease`, { key: 'reviewer2' }), 200);
  const broken = { break: true, reason: 'They are away.' };
  expect(await own.ask('POST', `${path}/lease`, { key: 'reviewer', body: broken }), 200);
  t.same(said((await notices(own, 'reviewer2')).items.slice(-1)), ['lease_broken 1 reviewer They are away.']);
  expect(await own.ask('DELETE', `${path}/lease`, { key: 'reviewer' }), 200);
  const decided = expect(await decide(own, incident, 1, 'approve', 'reviewer', 'As it says there.'), 200);
  const last = await notices(own, 'contributor', { after: first.next });
  t.same(said(last.items), ['decided 1 reviewer approve As it says there.']);
  t.match((await own.read('/v1/me/edits', { key: 'contributor' })).body.items, [
    { edit: 1, state: 'applied', appliedRevision: decided.body.appliedRevision, openComments: [] },
  ]);
  t.same((await notices(own, 'contributor', { after: last.next })).items, [], 'and is told nothing twice');

  const [{ position = '' } = {}] = last.items;
  const found = (await own.log.readStream(incident, 0)).find((event) => String(event.position) === position);
  const command = systemRandom.uuid();
  await eraseTexts(own.log, {
    stream: incident,
    fields: [{ revision: found?.revision ?? -1, pointer: '/reason' }],
    reasonCode: 'personal_data',
    actor: 'admin',
    command,
    at: systemClock.now().toISOString(),
    idOf: (index) => eventId(command, index),
  });
  t.same(said((await notices(own, 'contributor', { after: first.next })).items), ['decided 1 reviewer approve'], 'erased words are gone');
});

t.test('nobody reads what is not theirs, and what does not fit is refused', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }], 'contributor2'), 201);
  expect(await decide(own, incident, 2, 'reject', 'reviewer', 'It says nothing of that.'), 200);
  const read = async (key: Person) => (await own.read('/v1/me/edits', { key })).body.items as { edit: number }[];
  t.match([await read('contributor'), await read('contributor2'), await read('reviewer2')], [[{ edit: 1 }], [{ edit: 2 }], []]);
  t.same(said((await notices(own, 'contributor')).items), ['decided 1 reviewer approve Checked.']);
  t.same(said((await notices(own, 'contributor2')).items), ['decided 2 reviewer reject It says nothing of that.']);
  for (const path of ['/v1/me/edits', '/v1/me/notices']) {
    for (const key of ['auditor', 'app', 'admin'] as const) t.match(await own.ask('GET', path, { key }), problem(403, 'forbidden'));
    t.match(await own.ask('GET', path), problem(401, 'unauthenticated'));
  }
  for (const [name, value] of [
    ['after', '-1'],
    ['after', 'x'],
    ['after', '9'.repeat(19)],
    ['limit', '101'],
    ['subject', 'contributor2'],
  ] as const)
    t.match(await own.ask('GET', '/v1/me/notices', { key: 'contributor', query: { [name]: value } }), problem(400, 'invalid-parameter'));
  for (const [name, value] of [
    ['author', 'contributor2'],
    ['state', 'lost'],
    ['cursor', 'x'],
  ] as const)
    t.match(await own.ask('GET', '/v1/me/edits', { key: 'contributor', query: { [name]: value } }), problem(400, 'invalid-parameter'));
  const restored = await own.ask('GET', '/v1/me/notices', { key: 'contributor', query: { log: 'another' } });
  t.match(restored, problem(410, 'log-changed'));
  t.same((await notices(own, 'contributor', { after: String(10n ** 18n) })).items, []);
});
