import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { articleText, expect, furnish, publish, quoting, text } from './support/story.ts';

const harness = await harnessFor(t);

type Own = Awaited<ReturnType<typeof harness>>;
const revised = articleText.replace('moved toward its officers', 'rolled toward its officers');
const corrected = {
  kind: 'correct_source',
  set: { title: 'Shots at the old harbour', publishedAt: '2026-01-15' },
  reason: 'The title was cut off.',
};
const newText = { kind: 'revise_text', text: revised, why: 'corrected_by_publisher' };

const submit = (own: Own, path: string, changes: object[], { key = 'contributor' as const, baseRevision = 1, headers = {} } = {}) =>
  own.ask('POST', `${path}/edits`, { key, headers, body: { baseRevision, rationale: 'As the newspaper says.', changes } });
const decide = async (own: Own, path: string, edit: number, decision: string, key: 'reviewer' | 'reviewer2' = 'reviewer') => {
  const now = expect(await own.read(`${path}/edits/${edit}`, { key: 'reviewer' }), 200);
  return own.ask('POST', `${path}/edits/${edit}/decision`, {
    key,
    headers: { 'if-match': text(now, 'etag') },
    body: { decision, reason: 'Compared with the page.' },
  });
};

t.test('what is said of a source is corrected by an edit', async (t) => {
  const own = await harness(t);
  const { source } = await furnish(own);
  const path = `/v1/sources/${source}`;
  t.match((await own.read(path, { key: 'contributor' })).body, { version: 1, revision: 1, title: 'Shots at the harbour' });
  const answer = expect(await submit(own, path, [corrected, newText]), 201);
  const of = { kind: 'source', id: source };
  t.match(answer.body, { of, incidentId: null, edit: 1, state: 'submitted', version: 1, etag: /^"1-/, position: /^\d+$/, warnings: [] });
  t.equal(answer.headers.etag, answer.body.etag);

  t.match((await own.read(`${path}/edits/1`, { key: 'contributor' })).body, {
    of,
    incidentId: null,
    baseRevision: 1,
    approvals: { needed: 1, given: 0 },
    nextActor: 'reviewer',
    versions: [
      {
        changes: [
          { ...corrected, citations: [] },
          { ...newText, citations: [] },
        ],
      },
    ],
  });
  t.match((await own.read('/v1/reviews', { key: 'reviewer' })).body, {
    items: [
      {
        of,
        incidentId: null,
        edit: 1,
        title: 'Shots at the harbour',
        kinds: ['correct_source', 'revise_text'],
        priority: 'normal',
        region: null,
      },
    ],
  });
  t.match((await own.ask('GET', `${path}/edits/1/preview`, { key: 'reviewer' })).body, {
    before: { version: 1, title: 'Shots at the harbour' },
    after: { version: 2, title: 'Shots at the old harbour', revision: 2 },
    conflicts: [],
  });
  t.match((await own.read(path, { key: 'contributor' })).body, { version: 1 }, 'what is proposed changes nothing');

  const applied = expect(await decide(own, path, 1, 'approve'), 200);
  t.match(applied.body, { of, state: 'applied', appliedRevision: 2, approvals: { needed: 1, given: 1 } });
  const now = (await own.read(path, { key: 'contributor' })).body;
  t.match(now, { version: 2, revision: 2, title: 'Shots at the old harbour', publishedAt: '2026-01-15', publisher: 'The Pier' });
  t.match((await own.ask('GET', `${path}/text`, { key: 'contributor' })).body, { revision: 2, text: revised });
  t.match((await own.ask('GET', `${path}/text`, { key: 'contributor', query: { revision: '1' } })).body, {
    revision: 1,
    text: articleText,
  });
  t.match((await own.ask('GET', `${path}/edits/1/preview`, { key: 'reviewer' })).body, { before: { version: 1 }, after: { version: 2 } });
  t.same((await own.read('/v1/reviews', { key: 'reviewer' })).body.items, []);
});

t.test('an edit of a source is revised, voted on, taken back and withdrawn like one of an incident', async (t) => {
  const own = await harness(t);
  const { source } = await furnish(own);
  const path = `/v1/sources/${source}`;
  const first = expect(await submit(own, path, [corrected], { headers: { 'idempotency-key': 'once' } }), 201);
  const again = expect(await submit(own, path, [corrected], { headers: { 'idempotency-key': 'once' } }), 201);
  t.same(again.body, first.body, 'a repeat is answered as the first time');
  t.match(await submit(own, path, [newText], { headers: { 'idempotency-key': 'once' } }), {
    status: 422,
    body: { type: /idempotency-key-reused/ },
  });

  const body = { baseRevision: 1, rationale: 'Once more.', changes: [{ ...corrected, set: { title: 'Harbour shots' } }] };
  const put = (headers: Record<string, string>, key: 'contributor' | 'contributor2' = 'contributor') =>
    own.ask('PUT', `${path}/edits/1`, { key, headers, body });
  t.match(await put({}), { status: 428 });
  t.match(await put({ 'if-match': '"1-x"' }), { status: 412 });
  t.match(await put({ 'if-match': text(first, 'etag') }, 'contributor2'), { status: 404 }, 'who did not submit it does not see it');
  const second = expect(await put({ 'if-match': text(first, 'etag') }), 200);
  t.match(second.body, { edit: 1, version: 2, state: 'submitted' });

  t.match(await own.ask('POST', `${path}/edits/1/lease`, { key: 'reviewer' }), {
    status: 200,
    body: { incidentId: null, lease: { holder: 'reviewer' } },
  });
  t.match((await own.read(`${path}/edits`, { key: 'reviewer' })).body, {
    items: [{ edit: 1, version: 2, lease: { holder: 'reviewer' } }],
    next: null,
  });
  t.match(await decide(own, path, 1, 'request_changes'), { status: 200, body: { state: 'changes_requested' } });
  t.match(await own.ask('POST', `${path}/edits/1/withdraw`, { key: 'contributor' }), {
    status: 200,
    body: { state: 'withdrawn', incidentId: null },
  });
  t.match((await own.read('/v1/reviews?state=all&author=me', { key: 'contributor' })).body, {
    items: [{ of: { id: source }, state: 'withdrawn' }],
  });
});

t.test('edits of the same field conflict by version, others go through', async (t) => {
  const own = await harness(t);
  const { source } = await furnish(own);
  const path = `/v1/sources/${source}`;
  const title = (to: string) => ({ ...corrected, set: { title: to } });
  expect(await submit(own, path, [title('One title')]), 201);
  expect(await submit(own, path, [title('Another title')]), 201);
  expect(await submit(own, path, [newText]), 201);
  expect(await decide(own, path, 1, 'approve'), 200);
  t.match(await decide(own, path, 2, 'approve'), {
    status: 409,
    body: { type: /edit-outdated/, events: [{ revision: 2, type: 'SourceCorrected' }] },
  });
  t.match((await own.read(`${path}/edits/2`, { key: 'reviewer' })).body, { nextActor: 'author', outdated: { problem: 'edit-outdated' } });
  t.match(expect(await decide(own, path, 3, 'approve'), 200).body, { appliedRevision: 3 });
  t.match(await submit(own, path, [title('A third')], { baseRevision: 9 }), {
    status: 422,
    body: { errors: [{ pointer: '/baseRevision' }] },
  });
  t.match(await submit(own, path, [title('A third')], { baseRevision: 2 }), { status: 201 });
  t.match(await submit(own, path, [title('A'), title('B')], { baseRevision: 3 }), {
    status: 422,
    body: { errors: [{ pointer: '/changes/1' }] },
  });
  const wrong = { kind: 'correct_source', set: { translatedFrom: 'es' }, reason: 'It is translated so.' };
  t.match(await submit(own, path, [wrong], { baseRevision: 3 }), {
    status: 422,
    body: { errors: [{ pointer: '/changes/0/set/translation' }] },
  });
  const cited = { ...newText, citations: [quoting(source, 'nobody said this')] };
  t.match(await submit(own, path, [cited], { baseRevision: 3 }), {
    status: 422,
    body: { type: /quote-not-found/, errors: [{ pointer: '/changes/0/citations/0/quote' }] },
  });
});

t.test('to withdraw a source takes two, and ends its edits', async (t) => {
  const own = await harness(t);
  const { source } = await furnish(own);
  const path = `/v1/sources/${source}`;
  expect(await submit(own, path, [corrected]), 201);
  const withdrawal = { kind: 'withdraw_source', reason: 'The newspaper took it back.' };
  t.match(await submit(own, path, [withdrawal, corrected]), { status: 422 }, 'it stands alone');
  expect(await submit(own, path, [withdrawal]), 201);
  t.match(expect(await decide(own, path, 2, 'approve'), 200).body, { state: 'submitted', approvals: { needed: 2, given: 1 } });
  expect(await decide(own, path, 2, 'approve', 'reviewer2'), 200);
  t.match((await own.read(path, { key: 'contributor' })).body, { withdrawn: true, version: 2 });
  t.match(await submit(own, path, [corrected], { baseRevision: 2 }), { status: 409, body: { type: /aggregate-state/ } });
  t.match((await own.read(`${path}/edits/1`, { key: 'reviewer' })).body, { outdated: { problem: 'aggregate-state' }, nextActor: 'author' });
  expect(await decide(own, path, 1, 'reject'), 200);
});

t.test('the past of a source, and its history', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const path = `/v1/sources/${world.source}`;
  const { incident, position } = await publish(own, world);
  expect(await submit(own, path, [corrected, newText]), 201);
  expect(await decide(own, path, 1, 'approve'), 200);
  const then = (query: Record<string, string>, key: 'contributor' | null = null) => own.read(path, { key, query });
  const before = expect(await then({ asOfPosition: position }), 200);
  t.match(before, {
    body: { version: 1, title: 'Shots at the harbour', revision: 1 },
    headers: { 'averment-as-of': position, 'averment-as-of-version': '1' },
  });
  t.match(await then({ asOfVersion: '1' }), { status: 200, body: { version: 1 } });
  t.match(await then({ asOfVersion: '2' }), { status: 200, body: { version: 2, revision: 2 } });
  t.match(await then({ asOfVersion: '3' }), { status: 404 });
  t.match(await then({ asOfVersion: '1', asOfPosition: position }), { status: 400 });
  const registered = String(BigInt(position) - 2n);
  t.match(await then({ asOfPosition: registered }), { status: 404 }, 'nobody without a key knew of it then');
  t.match(await then({ asOfPosition: registered }, 'contributor'), { status: 200, body: { version: 1 } });

  const types = async (key: 'contributor' | 'reviewer') =>
    ((await own.read(`${path}/events`, { key })).body.items as { type: string }[]).map(({ type }) => type);
  t.same(await types('contributor'), ['SourceRegistered', 'SourceCorrected', 'SourceTextRevised']);
  t.same(await types('reviewer'), [
    'SourceRegistered',
    'EditSubmitted',
    'EditApproved',
    'EditApplied',
    'SourceCorrected',
    'SourceTextRevised',
  ]);
  t.match(await own.read(`${path}/events`), { status: 401 });

  const claims = async (query = {}) =>
    (await own.read(`/v1/incidents/${incident}`, { query })).body as { claims: object[]; sources: object[] };
  const quoted = { claims: [{ citations: [{ source: world.source, revision: 1 }] }] };
  t.match(
    await claims(),
    { ...quoted, sources: [{ revision: 2, title: 'Shots at the old harbour' }] },
    'a claim names the revision that it was quoted from',
  );
  t.match(await claims({ asOfPosition: position }), { ...quoted, sources: [{ revision: 1, title: 'Shots at the harbour' }] });
});

t.test('nobody reads or changes what is not theirs', async (t) => {
  const own = await harness(t);
  const { source, police } = await furnish(own);
  expect(await submit(own, `/v1/sources/${source}`, [corrected]), 201);
  const path = `/v1/sources/${source}/edits/1`;
  for (const key of [null, 'app', 'admin'] as const) {
    for (const each of ['', '/preview']) t.match(await own.read(`${path}${each}`, { key }), { status: key === null ? 401 : 403 });
    t.match(await own.ask('POST', `/v1/sources/${source}/edits`, { key, body: {} }), { status: key === null ? 401 : 403 });
  }
  for (const each of ['', '/preview']) t.match(await own.read(`${path}${each}`, { key: 'contributor2' }), { status: 404 });
  t.match(await own.ask('POST', `${path}/withdraw`, { key: 'contributor2' }), { status: 404 });
  t.match(await own.ask('POST', `${path}/withdraw`, { key: 'reviewer' }), { status: 403, body: { type: /not-author/ } });
  t.match(await own.ask('POST', `${path}/decision`, { key: 'contributor', body: { decision: 'approve' } }), { status: 403 });
  t.same((await own.read(`/v1/sources/${source}/edits`, { key: 'contributor2' })).body.items, []);
  t.match((await own.read(`/v1/sources/${source}/edits`, { key: 'auditor' })).body, { items: [{ edit: 1 }] });
  const nobody = source.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  t.match(await own.read(`/v1/sources/${nobody}/edits`, { key: 'reviewer' }), { status: 404 });
  t.match(await submit(own, `/v1/sources/${nobody}`, [corrected]), { status: 404 });
  t.match(await own.read(`/v1/parties/${police}/edits/1`, { key: 'reviewer' }), { status: 404 });
  t.match(await own.read(`/v1/incidents/${source}/edits/1`, { key: 'reviewer' }), { status: 404 });
  expect(
    await own.ask('POST', `/v1/sources/${source}/edits`, {
      key: 'reviewer',
      body: { baseRevision: 1, rationale: 'So.', changes: [newText] },
    }),
    201,
  );
  t.match(await decide(own, `/v1/sources/${source}`, 2, 'approve'), { status: 403, body: { type: /self-approval/ } });
});
