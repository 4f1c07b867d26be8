import { commandId, eventId } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, proposal, text } from './support/story.ts';

const harness = await harnessFor(t);
type Version = { rationale: string; changes: object[] };

const called = (value: string, scheme = 'list') => ({ externalId: { scheme, value } });
const agency = <M extends object>(name: string, more = {} as M) => ({ kind: 'agency', name, ...more });
const paper = <M extends object>(words: string, more = {} as M) => ({ kind: 'article', language: 'en', text: words, ...more });
const post = (own: Harness, path: string, body: unknown, key: Person = 'contributor', as?: string) =>
  own.ask('POST', path, { key, body, ...(as !== undefined && { headers: { 'idempotency-key': as } }) });
const streams = async ({ log }: Harness, prefix: string) =>
  [...new Set((await log.readAll(0n, 1000)).map(({ stream }) => stream))].filter((stream) => stream.startsWith(prefix));
const pointers = ({ body }: { body: Record<string, unknown> }) => (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
const found = async (own: Harness, path: string, externalId: string, key: Person | null = 'contributor') =>
  (expect(await own.read(path, { key, query: { externalId } }), 200).body.items as { id: string }[]).map(({ id }) => id);
const erase = ({ log }: Harness, stream: string, revision: number, pointer: string) => {
  const command = commandId({ subject: 'admin', method: 'POST', path: '/erasures', key: `${stream} ${pointer}` });
  const fields = [{ revision, pointer }];
  return eraseTexts(log, {
    stream,
    fields,
    reasonCode: 'personal_data',
    actor: 'admin',
    command,
    at: new Date(0).toISOString(),
    idOf: (index) => eventId(command, index),
  });
};

t.test('a second source or party with an external id is refused, with the first and what differs', async (t) => {
  const own = await harness(t);
  for (const [path, first, second, differs] of [
    ['/v1/parties', agency('The Harbour Police', called('ORI-1')), agency('Harbour Police', called('ORI-1')), ['/name']],
    ['/v1/sources', paper('One text.', called('a-1')), paper('Another text.', { ...called('a-1'), title: 'A title' }), ['/title', '/text']],
  ] as const) {
    const id = text(expect(await post(own, path, first, 'contributor', 'one'), 201), 'id');
    t.equal(text(expect(await post(own, path, first, 'contributor', 'one'), 201), 'id'), id, 'a repeat is answered as the first time');
    const again = await post(own, path, first, 'contributor2');
    t.match(again, { status: 409, body: { type: '/problems/external-id-taken', existing: id } });
    t.same(pointers(again), ['/externalId']);
    const other = await post(own, path, second, 'contributor2');
    t.match(other, { status: 409, body: { type: '/problems/external-id-taken', existing: id } });
    t.same(pointers(other), ['/externalId', ...differs]);
    t.match(await post(own, path, second, 'contributor', 'one'), { status: 422, body: { type: '/problems/idempotency-key-reused' } });
    t.match(expect(await own.read(`${path}/${id}`, { key: 'contributor' }), 200).body, { ...called(first.externalId.value) });
    t.same(await found(own, path, `list:${first.externalId.value}`), [id]);
    t.same(await found(own, path, `list:${first.externalId.value.toLowerCase()}x`), []);
    t.same(await found(own, path, `list:${first.externalId.value}`, null), [], 'nothing uses it');
    const elsewhere = { ...second, ...called(first.externalId.value, 'other-list') };
    t.not(text(expect(await post(own, path, elsewhere), 201), 'id'), id, 'of another scheme it is another');
  }
  for (const wrong of [{ scheme: 'A', value: 'x' }, { scheme: 'list', value: ' x' }, { scheme: 'list', value: '' }, { scheme: 'list' }])
    t.equal((await post(own, '/v1/parties', agency('A', { externalId: wrong }))).status, 422, JSON.stringify(wrong));
  t.match(await own.ask('GET', '/v1/parties', { query: { externalId: 'nothing' } }), { status: 400 });
});

t.test('what comes with an article and is registered is taken as it is, and the answer says what is not so there', async (t) => {
  const own = await harness(t);
  const bring = (title: string, more: object = {}) => ({
    title,
    occurred: { date: '2026-01-14' },
    place: null,
    sources: [paper('Nobody saw it.', { ref: 'report', ...called('a-1') })],
    parties: [
      { ref: 'police', ...agency('The Harbour Police', { parent: 'city', ...called('ORI-1') }) },
      { ref: 'city', ...agency('The city', called('c-1')) },
    ],
    agencies: ['police'],
    rationale: 'It is in the list.',
    ...more,
  });
  const first = expect(await post(own, '/v1/incidents', bring('One')), 201);
  t.same(first.body.reused, []);
  const count = (await streams(own, '')).length;
  const body = bring('Two', {
    sources: [paper('Nobody saw it then.', { ref: 'report', ...called('a-1') })],
    parties: [
      { ref: 'police', ...agency('Harbour Police', { aliases: ['HP'], parent: 'city', ...called('ORI-1') }) },
      { ref: 'city', ...agency('The city', called('c-1')) },
    ],
  });
  const second = expect(await post(own, '/v1/incidents', body, 'contributor2', 'two'), 201);
  t.same(second.body.refs, first.body.refs);
  const { report, police, city } = first.body.refs as Record<string, string>;
  t.same(second.body.reused, [
    { ref: 'report', id: report, differs: ['/text'] },
    { ref: 'police', id: police, differs: ['/name', '/aliases'] },
    { ref: 'city', id: city, differs: [] },
  ]);
  t.same(expect(await post(own, '/v1/incidents', body, 'contributor2', 'two'), 201).body, second.body, 'a repeat is answered the same');
  t.equal((await streams(own, '')).length, count + 1, 'only the incident is new');

  const many = [agency('The city, otherwise', called('c-1')), { ref: 'new', ...agency('The port', { parent: city, ...called('p-1') }) }];
  const several = expect(await post(own, '/v1/parties', many, 'contributor2', 'many'), 201);
  t.match(several.body, { id: city, reused: [{ ref: null, id: city, differs: ['/name'] }] });
  t.equal((several.body.parties as unknown[]).length, 2);
  t.same(expect(await post(own, '/v1/parties', many, 'contributor2', 'many'), 201).body, several.body);
  const all = expect(await post(own, '/v1/parties', many, 'contributor', 'again'), 201);
  t.same(
    all.body.parties,
    (several.body.parties as { id: string }[]).map(({ id }, index) => ({ id, ref: index === 0 ? null : 'new', resembles: [] })),
  );
  t.ok(BigInt(text(all, 'position')) > 0n, 'the position is that of what is registered');

  const twice = await post(own, '/v1/parties', [agency('A', called('x')), agency('B', called('x'))]);
  t.match(twice, { status: 422, body: { errors: [{ pointer: '/1/externalId' }] } });
});

t.test('a second incident with an external id is refused, and names the first to those who may see it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const send = (key: Person, more: object = {}, as?: string) =>
    post(own, '/v1/incidents', proposal(world, { ...called('mpv-1'), ...more }), key, as);
  const id = String(expect(await send('contributor', {}, 'one'), 201).body.incidentId);
  t.equal(expect(await send('contributor', {}, 'one'), 201).body.incidentId, id);
  t.match(await send('contributor'), { status: 409, body: { type: '/problems/external-id-taken', existing: id } }, 'its author');
  t.match(await send('reviewer'), { status: 409, body: { existing: id } }, 'who reviews it');
  const hidden = await send('contributor2', { title: 'Another title' });
  t.match(hidden, { status: 409, body: { type: '/problems/external-id-taken', errors: [{ pointer: '/externalId' }] } });
  t.notOk(hidden.text.includes(id), 'it is nobody else’s to see');
  t.match(hidden.body.detail, /is not public yet/);
  t.same(await found(own, '/v1/incidents', 'list:mpv-1', 'reviewer'), [], 'the list has what is published');

  await decide(own, id, 1, 'approve', 'reviewer');
  t.match(await send('contributor2'), { status: 409, body: { existing: id } });
  t.same(await found(own, '/v1/incidents', 'list:mpv-1', null), [id]);
  t.match(expect(await own.read(`/v1/incidents/${id}`, { key: null }), 200).body, called('mpv-1'));
  const edit = expect(await own.read(`/v1/incidents/${id}/edits/1`, { key: 'reviewer' }), 200).body;
  t.match(edit, { versions: [{ changes: [called('mpv-1')] }] }, 'as it was sent');
  t.equal((await streams(own, 'incident_')).length, 1);
});

t.test('a proposal that was withdrawn or rejected keeps no external id from the next one', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const send = (key: Person, more: object = {}) => post(own, '/v1/incidents', proposal(world, { ...called('mpv-1'), ...more }), key);
  const first = expect(await send('contributor'), 201);
  const path = `/v1/incidents/${first.body.incidentId}/edits/1`;
  expect(await own.ask('POST', `${path}/withdraw`, { key: 'contributor', headers: { 'if-match': text(first, 'etag') } }), 200);
  const second = expect(await send('contributor2'), 201);
  t.not(second.body.incidentId, first.body.incidentId);
  t.match(await send('contributor'), { status: 409 }, 'it is the second one’s now');
  await decide(own, String(second.body.incidentId), 1, 'reject', 'reviewer');
  const third = expect(await send('contributor'), 201);
  t.match(await send('contributor'), { status: 409, body: { existing: third.body.incidentId } });
});

t.test('a revision may add an external id, keep it, and take none that is another’s', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const first = expect(await post(own, '/v1/incidents', proposal(world)), 201);
  const other = expect(await post(own, '/v1/incidents', proposal(world, called('mpv-2')), 'contributor2'), 201);
  const id = String(first.body.incidentId);
  let etag = text(first, 'etag');
  const revise = async (more: object) => {
    const answered = await own.ask('PUT', `/v1/incidents/${id}/edits/1`, {
      key: 'contributor',
      body: proposal(world, more),
      headers: { 'if-match': etag },
    });
    if (answered.status === 200) etag = text(answered, 'etag');
    return answered;
  };
  const taken = await revise(called('mpv-2'));
  t.match(taken, { status: 409, body: { type: '/problems/external-id-taken', errors: [{ pointer: '/externalId' }] } });
  t.notOk(taken.text.includes(String(other.body.incidentId)));
  const { rationale, changes } = (
    expect(await own.read(`/v1/incidents/${id}/edits/1`, { key: 'contributor' }), 200).body.versions as Version[]
  )[0] as Version;
  const asRead = { rationale, changes: changes.map((change, index) => (index === 0 ? { ...change, ...called('mpv-2') } : change)) };
  const read = await own.ask('PUT', `/v1/incidents/${id}/edits/1`, { key: 'contributor', body: asRead, headers: { 'if-match': etag } });
  t.match(read, { status: 409, body: { type: '/problems/external-id-taken', errors: [{ pointer: '/changes/0/externalId' }] } });
  expect(await revise(called('mpv-1')), 200);
  expect(await revise({ ...called('mpv-1'), title: 'Said better' }), 200);
  t.match(await post(own, '/v1/incidents', proposal(world, called('mpv-1'))), { status: 409, body: { existing: id } });
  const { items } = expect(await own.read(`/v1/incidents/${id}/edits`, { key: 'reviewer' }), 200).body as { items: object[] };
  t.match(items, [{ versions: [{ changes: [{ externalId: null }] }, { changes: [called('mpv-1')] }, { changes: [called('mpv-1')] }] }]);

  // The second and the third version have the value; erasing it in one erases it in both.
  t.match(await erase(own, id, 1, '/changes/0/externalId/value'), { outcome: 'written', items: { length: 2 } });
  etag = text(expect(await own.read(`/v1/incidents/${id}/edits/1`, { key: 'contributor' }), 200), 'etag');
  t.match(await revise(called('mpv-1')), { status: 409, body: { type: '/problems/text-erased', errors: [{ pointer: '/externalId' }] } });
  expect(await revise({}), 200);
});

t.test('an erased value is found nowhere, is still recognised, and is not written again', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const canary = 'the-canary-of-the-list';
  const party = text(expect(await post(own, '/v1/parties', agency('The port', called(canary))), 201), 'id');
  const source = text(expect(await post(own, '/v1/sources', paper('Nobody saw it.', called(canary))), 201), 'id');
  const proposed = expect(await post(own, '/v1/incidents', proposal(world, called(canary))), 201);
  const incident = String(proposed.body.incidentId);
  await decide(own, incident, 1, 'approve', 'reviewer');
  for (const [path, id] of [
    ['/v1/parties', party],
    ['/v1/sources', source],
    ['/v1/incidents', incident],
  ] as const)
    t.same(await found(own, path, `list:${canary}`), [id]);
  for (const [stream, pointer] of [
    [party, '/externalId/value'],
    [source, '/externalId/value'],
    [incident, '/changes/0/externalId/value'],
  ] as const)
    t.match(await erase(own, stream, 0, pointer), { outcome: 'written' });
  for (const [path, id] of [
    ['/v1/parties', party],
    ['/v1/sources', source],
    ['/v1/incidents', incident],
  ] as const) {
    t.same(await found(own, path, `list:${canary}`), []);
    t.match(expect(await own.read(`${path}/${id}`, { key: 'contributor' }), 200).body, { externalId: { scheme: 'list', value: null } });
  }
  const { rows } = await own.pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  for (const { name } of rows) {
    const { rows: left } = await own.pool.query(`SELECT 1 FROM ${name} AS r WHERE r::text LIKE '%${canary}%' LIMIT 1`);
    t.same(left, [], name);
  }
  const written = async () => (await own.log.readAll(0n, 1000)).length;
  const before = await written();
  t.match(await post(own, '/v1/parties', agency('The port', called(canary)), 'contributor2'), { status: 409, body: { existing: party } });
  t.match(await post(own, '/v1/sources', paper('New.', called(canary)), 'contributor2'), { status: 409, body: { existing: source } });
  t.match(await post(own, '/v1/incidents', proposal(world, called(canary)), 'contributor2'), { status: 409, body: { existing: incident } });
  t.equal(await written(), before, 'nothing is written');
  const brought = { ...proposal(world), parties: [{ ref: 'port', ...agency('The port', called(canary)) }] };
  const answered = expect(await post(own, '/v1/incidents', brought, 'contributor2'), 201);
  t.match(answered.body, { refs: { port: party }, reused: [{ id: party, differs: [] }] });
  t.notOk(
    JSON.stringify(await own.log.readAll(0n, 1000), (_, value) => (typeof value === 'bigint' ? String(value) : value)).includes(canary),
  );

  const dead = expect(await post(own, '/v1/incidents', proposal(world, called('dead'))), 201);
  await decide(own, String(dead.body.incidentId), 1, 'reject', 'reviewer');
  await erase(own, String(dead.body.incidentId), 0, '/changes/0/externalId/value');
  t.equal((await post(own, '/v1/incidents', proposal(world, called('dead')))).status, 409, 'nor after a rejected proposal');
});

t.test('the public reads no external id of a private party', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const person = { kind: 'described_role', name: 'a fisherman', ...called('the-fishermans-name') };
  const id = text(expect(await post(own, '/v1/parties', person), 201), 'id');
  const [claim] = proposal(world).claims;
  const proposed = expect(await post(own, '/v1/incidents', proposal(world, { claims: [{ ...claim, about: id }] })), 201);
  for (const reviewer of ['reviewer', 'reviewer2'] as const) await decide(own, String(proposed.body.incidentId), 1, 'approve', reviewer);
  for (const key of [null, 'app'] as const) {
    t.match(expect(await own.read(`/v1/parties/${id}`, { key }), 200).body, { externalId: { scheme: 'list', value: null } });
    t.same(await found(own, '/v1/parties', 'list:the-fishermans-name', key), []);
  }
  t.same(await found(own, '/v1/parties', 'list:the-fishermans-name', 'auditor'), [id]);
});
