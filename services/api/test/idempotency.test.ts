import type { Caller, CommandResult } from '@averment/commands';
import { testCommands } from '@averment/commands/testing';
import { catalogue, type DomainEvent, partyBody, proposalBody, sourceBody } from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { article, decide, expect, furnish, movedClaim, proposal, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

const withKey = (key: string, more: Record<string, string> = {}) => ({ 'idempotency-key': key, ...more });
const same = (answers: { status: number; text: string }[]) =>
  new Set(answers.map(({ status, text: body }) => `${status} ${body}`)).size === 1;
const lengthOf = async (own: Harness) => (await own.log.readAll(0n, 10_000)).length;

type Write = { method: 'POST' | 'PUT'; path: string; key: Person; body: object; other: object; headers?: Record<string, string> };

/** Every route that appends, each with a request, and with another body for it. */
const writes = async (own: Harness): Promise<Write[]> => {
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const edit = (body: object) => ({ baseRevision: revision, rationale: 'As the source says.', changes: [body] });
  const claims = await Promise.all(
    [1, 2, 3, 4].map(async () => expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201)),
  );
  const [decided, revised, withdrawn, leased] = claims.map((answer) => ({
    path: `/v1/incidents/${incident}/edits/${answer.body.edit}`,
    etag: text(answer, 'etag'),
  }));
  if (!decided || !revised || !withdrawn || !leased) throw new Error('four edits were submitted');
  expect(await own.ask('POST', `${leased.path}/lease`, { key: 'reviewer2' }), 200);
  const author = { key: 'contributor' } as const;
  return [
    { ...author, method: 'POST', path: '/v1/sources', body: article({ title: 'One' }), other: article({ title: 'Other' }) },
    { ...author, method: 'POST', path: '/v1/parties', body: { kind: 'court', name: 'One' }, other: { kind: 'court', name: 'Other' } },
    { ...author, method: 'POST', path: '/v1/incidents', body: proposal(world), other: proposal(world, { rationale: 'Another reason.' }) },
    {
      ...author,
      method: 'POST',
      path: `/v1/incidents/${incident}/edits`,
      body: edit({ kind: 'add_claim', claim: stoodClaim(world) }),
      other: edit({ kind: 'add_claim', claim: movedClaim(world) }),
    },
    {
      ...author,
      method: 'PUT',
      path: revised.path,
      headers: { 'if-match': revised.etag },
      body: edit({ kind: 'add_claim', claim: stoodClaim(world, { lang: 'en-GB' }) }),
      other: edit({ kind: 'add_claim', claim: movedClaim(world) }),
    },
    {
      ...author,
      method: 'POST',
      path: `${withdrawn.path}/withdraw`,
      body: { reason: 'Not sure any more.' },
      other: { reason: 'Not sure.' },
    },
    {
      method: 'POST',
      path: `${decided.path}/decision`,
      key: 'reviewer',
      headers: { 'if-match': decided.etag },
      body: { decision: 'approve', reason: null },
      other: { decision: 'reject', reason: 'No.' },
    },
    {
      method: 'POST',
      path: `${leased.path}/lease`,
      key: 'reviewer',
      body: { break: true, reason: 'On leave.' },
      other: { break: true, reason: 'Ill.' },
    },
  ];
};

t.test('the same request again is answered as the first time, whatever happened since', async (t) => {
  const own = await harness(t);
  const requests = await writes(own);
  const ask = (through: Harness, { method, path, key, headers }: Write, body: object, name: string) =>
    through.ask(method, path, { key, body, headers: withKey(name, headers) });

  const first = [];
  for (const [index, write] of requests.entries()) first.push(await ask(own, write, write.body, `key-${index}`));
  const length = await lengthOf(own);
  const restarted = await own.another();
  for (const [index, write] of requests.entries()) {
    const name = `${write.method} ${write.path.replace(/_\w+/, '_…')}`;
    const before = first[index];
    t.ok(before && before.status < 300 && /^\d+$/.test(String(before.body.position)), `${name} appended and said where`);
    for (const process of [own, restarted, await own.another()]) {
      const again = await ask(process, write, write.body, `key-${index}`);
      t.strictSame([again.status, again.text], [before?.status, before?.text], `${name} again`);
      const other = await ask(process, write, write.other, `key-${index}`);
      t.match(other, { status: 422, body: { type: '/problems/idempotency-key-reused' } }, `${name} with another body`);
    }
  }
  t.equal(await lengthOf(own), length, 'and nothing more was written');
});

t.test('a repeat is found before If-Match is looked at', async (t) => {
  const own = await harness(t);
  const { incident, etag } = await propose(own, await furnish(own));
  const decision = (headers: Record<string, string>) =>
    own.ask('POST', `/v1/incidents/${incident}/edits/1/decision`, {
      key: 'reviewer',
      body: { decision: 'approve', reason: null },
      headers: withKey('k', headers),
    });
  const first = expect(await decision({ 'if-match': etag }), 200);
  t.equal((await decision({})).text, first.text);
  t.equal((await decision({ 'if-match': '"stale"' })).text, first.text);
});

t.test('spaces and the order of members make no other body', async (t) => {
  const own = await harness(t);
  const post = (body: string) => own.ask('POST', '/v1/parties', { key: 'contributor', body, headers: withKey('k') });
  const first = expect(await post('{"kind":"court","name":"Harbour Court"}'), 201);
  t.equal((await post('{ "name": "Harbour Court",\n"kind": "court" }')).text, first.text);
});

t.test('a key counts for one subject, method and path', async (t) => {
  const own = await harness(t);
  const post = (path: string, key: Person, body: object) => own.ask('POST', path, { key, body, headers: withKey('k') });
  const court = { kind: 'court', name: 'Harbour Court' };
  const ids = [
    expect(await post('/v1/parties', 'contributor', court), 201),
    expect(await post('/v1/parties', 'contributor2', court), 201),
    expect(await post('/v1/sources', 'contributor', article()), 201),
  ].map((answer) => answer.body.id);
  t.equal(new Set(ids).size, 3);
});

t.test('without a key each request stands for itself', async (t) => {
  const own = await harness(t);
  const court = { key: 'contributor', body: { kind: 'court', name: 'Harbour Court' } } as const;
  t.not(expect(await own.ask('POST', '/v1/parties', court), 201).body.id, expect(await own.ask('POST', '/v1/parties', court), 201).body.id);
});

t.test('repeats at the same moment, in several processes, all get the one answer', async (t) => {
  const own = await harness(t);
  const processes = [own, await own.another(), await own.another()];
  for (const [index, { method, path, key, body, headers }] of (await writes(own)).entries()) {
    const before = await lengthOf(own);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, count) =>
        (processes[count % 3] ?? own).ask(method, path, { key, body, headers: withKey(`m-${index}`, headers) }),
      ),
    );
    const name = `${method} ${path.replace(/_\w+/, '_…')}`;
    t.ok(same(answers), `${name}: ${answers.map(({ status }) => status).join(' ')}`);
    t.ok((answers[0]?.status ?? 500) < 300, name);
    const commands = new Set((await own.log.readAll(0n, 10_000)).slice(before).map((event) => ('command' in event ? event.command : '')));
    t.equal(commands.size, 1, 'one command wrote');
  }
});

t.test('of two bodies under one key at the same moment one is taken and the other is 422', async (t) => {
  const own = await harness(t);
  const processes = [own, await own.another()];
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      (processes[index % 2] ?? own).ask('POST', '/v1/parties', {
        key: 'contributor',
        body: { kind: 'court', name: `Court ${index}` },
        headers: withKey('k'),
      }),
    ),
  );
  t.strictSame(answers.map(({ status }) => status).toSorted(), [201, ...Array(9).fill(422)]);
  t.equal(await lengthOf(own), 1);
});

t.test('a refusal leaves no trace and is decided anew', async (t) => {
  const own = await harness(t);
  const parent = `party_${'0'.repeat(26)}`;
  const post = (body: object) => own.ask('POST', '/v1/parties', { key: 'contributor', body, headers: withKey('k') });
  t.equal((await post({ kind: 'agency', name: 'Harbour Police', parent })).status, 422);
  t.equal(await lengthOf(own), 0);
  t.equal((await post({ kind: 'agency', name: 'Harbour Police' })).status, 201, 'the key is free for another body');
});

t.test('an answer that got lost is given again', async (t) => {
  const log = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom });
  let lost = 1;
  const losing: EventLog<DomainEvent> = {
    ...log,
    append: async (...append) => {
      const outcome = await log.append(...append);
      if (lost-- > 0) throw new LogUnavailable('the connection broke');
      return outcome;
    },
  };
  const own = await harness(t, { log: losing });
  const post = () => own.ask('POST', '/v1/sources', { key: 'contributor', body: article(), headers: withKey('k') });
  t.match(await post(), { status: 503, body: { type: '/problems/unavailable' }, headers: { 'retry-after': /^\d+$/ } });
  const again = expect(await post(), 201);
  t.equal(await lengthOf(own), 1);
  t.equal((await post()).text, again.text);
});

t.test('the same document twice is refused with the id of the first', async (t) => {
  const own = await harness(t);
  const body = article({ url: 'https://pier.example/shots' });
  const post = (key: string, more: object = {}) =>
    own.ask('POST', '/v1/sources', { key: 'contributor', body: { ...body, ...more }, headers: withKey(key) });
  const first = expect(await post('a'), 201);
  await own.read('/v1/sources');
  t.match(await post('b'), { status: 409, body: { type: '/problems/source-exists', existing: first.body.id } });
  t.equal((await post('a')).text, first.text, 'the first request again is no double of itself');
  t.equal((await post('c', { text: 'Another text.' })).status, 201, 'another text at the same address is none');
  const noAddress = [await post('d', { url: null }), await post('e', { url: null })];
  t.strictSame(
    noAddress.map(({ status }) => status),
    [201, 201],
    'nor is a document without address',
  );
});

t.test('taking and giving back a lease ignore the key', async (t) => {
  const own = await harness(t);
  const { incident } = await propose(own, await furnish(own));
  const path = `/v1/incidents/${incident}/edits/1/lease`;
  const [key, headers] = ['reviewer', withKey('k')] as const;
  const length = await lengthOf(own);
  for (const body of [undefined, {}, { break: false }]) {
    const taken = expect(await own.ask('POST', path, { key, headers, body }), 200);
    t.match(taken.body, { lease: { holder: 'reviewer' } });
    t.notOk('position' in taken.body);
    t.match(expect(await own.ask('DELETE', path, { key, headers }), 200).body, { lease: null });
    t.equal(expect(await own.ask('DELETE', path, { key, headers }), 200).body.lease, null);
  }
  t.equal(await lengthOf(own), length);
});

t.test('an edit that was decided meanwhile is answered to its author as it was submitted', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const post = () => own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world), headers: withKey('k') });
  const first = expect(await post(), 201);
  expect(await decide(own, text(first, 'incidentId'), 1, 'approve'), 200);
  const again = await post();
  t.equal(again.text, first.text);
  t.match(again.body, { state: 'submitted' });
});

t.test('a command that has to know what a model knows waits for one that is not there, and nothing is written', async (t) => {
  const own = await harness(t);
  await own.pool.query('ALTER SCHEMA record_v21 RENAME TO record_away');
  const posts = [
    { path: '/v1/sources', body: { ...article(), url: 'https://news.example/harbour' } },
    { path: '/v1/parties', body: { kind: 'agency', name: 'Harbour Police' } },
  ].map(
    ({ path, body }) =>
      () =>
        own.ask('POST', path, { key: 'contributor', body, headers: withKey('k') }),
  );
  for (const post of posts)
    t.match(await post(), { status: 503, body: { type: '/problems/unavailable' }, headers: { 'retry-after': /^\d+$/ } });
  t.equal(await lengthOf(own), 0);
  await own.pool.query('ALTER SCHEMA record_away RENAME TO record_v21');
  for (const post of posts) t.equal((await post()).status, 201);
});

t.test('a key in quotation marks is the same key', async (t) => {
  const own = await harness(t);
  const post = (key: string) =>
    own.ask('POST', '/v1/parties', {
      key: 'contributor',
      body: { kind: 'court', name: key.includes('0123') ? 'B' : 'A' },
      headers: withKey(key),
    });
  const [bare, escaped] = [expect(await post('x'), 201).body.id, expect(await post('0123"456\\7'), 201).body.id];
  for (const key of ['"x"', '"x";a=1', '"x";a;b="c"']) t.equal(expect(await post(key), 201).body.id, bare, key);
  for (const key of ['"0123\\"456\\\\7"', '"0123\\"456\\\\7";a=1']) t.equal(expect(await post(key), 201).body.id, escaped, key);
  t.not(expect(await post('"a key with spaces"'), 201).body.id, bare);
  const length = await lengthOf(own);
  for (const key of ['"x', '"x" y', '"x";', '"x";A=1', '"\\x"', '"x", "x"', '""', '', 'a b', 'ü', `"${'x'.repeat(256)}"`, 'x'.repeat(256)])
    t.match(await post(key), { status: 400, body: { errors: [{ pointer: '/header/idempotency-key' }] } }, key);
  expect(await post(`"${'x'.repeat(255)}"`), 201);
  t.equal(await lengthOf(own), length + 1);
});

t.test('what was written while the quotation marks were part of the key is found under it', async (t) => {
  const own = await harness(t);
  const before = testCommands({ log: own.log });
  const asBefore = (path: string, body: object, key: string): Caller => ({
    subject: 'contributor',
    role: 'contributor',
    method: 'POST',
    path,
    idempotencyKey: key,
    body,
    correlation: null,
  });
  const told = <T>(result: CommandResult<T>): T => {
    if (!result.ok) throw new Error(result.error.detail);
    return result.value;
  };
  const party = { kind: 'court', name: 'Harbour Court' };
  const first = told(await before.registerParty(asBefore('/v1/parties', party, '"x"'), partyBody.parse(party)));
  const source = article();
  const registered = told(await before.registerSource(asBefore('/v1/sources', source, '"x";a=1'), sourceBody.parse(source)));
  const world = await furnish(own);
  const proposed = told(
    await before.proposeIncident(asBefore('/v1/incidents', proposal(world), '"a\\"b"'), proposalBody.parse(proposal(world))),
  );
  const withdrawn = `/v1/incidents/${proposed.incidentId}/edits/1/withdraw`;
  const taken = told(
    await before.withdrawEdit(asBefore(withdrawn, { reason: 'Not sure.' }, '"x"'), {
      stream: proposed.of.id,
      edit: 1,
      ifMatch: null,
      reason: 'Not sure.',
    }),
  );
  const length = await lengthOf(own);
  const post = (path: string, body: object, key: string) => own.ask('POST', path, { key: 'contributor', body, headers: withKey(key) });
  for (const key of ['"x"', 'x']) {
    t.match(await post('/v1/parties', party, key), { status: 201, body: { id: first.id, position: first.position } }, key);
    t.match(await post(withdrawn, { reason: 'Not sure.' }, key), { status: 200, body: { position: taken.position } }, key);
    t.match(await post('/v1/parties', { ...party, name: 'Other' }, key), {
      status: 422,
      body: { type: '/problems/idempotency-key-reused' },
    });
  }
  t.match(await post('/v1/sources', source, '"x";a=1'), { status: 201, body: { id: registered.id } });
  for (const key of ['"a\\"b"', 'a"b'])
    t.match(await post('/v1/incidents', proposal(world), key), {
      status: 201,
      body: { incidentId: proposed.incidentId, refs: proposed.refs },
    });
  t.equal(await lengthOf(own), length, 'and nothing was written twice');
});
