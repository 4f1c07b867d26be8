import { deleteTips } from '@averment/commands';
import { decoded } from '@averment/event-log';
import { systemClock } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { expect, furnish, propose, publish, text } from './support/story.ts';

const harness = await harnessFor(t);
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const send = (own: Harness, body: object, headers: Record<string, string> = {}) => own.ask('POST', '/v1/tips', { body, headers });
const follow = (own: Harness, id: string, secret: string) => own.ask('GET', `/v1/tips/${id}`, { headers: { 'tip-secret': secret } });
const list = async (own: Harness, key: Person, query: Record<string, string> = {}) =>
  expect(await own.ask('GET', '/v1/tips', { key, query }), 200).body as { items: Record<string, unknown>[]; next: string | null };
const take = (own: Harness, id: string, key: Person, headers: Record<string, string> = {}) =>
  own.ask('POST', `/v1/tips/${id}/take`, { key, headers });
const close = (own: Harness, id: string, key: Person, body: object) => own.ask('POST', `/v1/tips/${id}/close`, { key, body });

t.test('an outsider says what is wrong, and learns what became of it; only that it was taken is an event', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, refs } = await publish(own, world);
  await own.read('/v1/incidents');
  const said = { text: 'It was the day before.\nI stood there.', contact: 'a witness, by the newsroom' };
  const { body: sent } = expect(await send(own, { about: { claim: refs.c1 }, ...said }), 201);
  const [id, secret] = [String(sent.id), String(sent.secret)];
  t.match(sent, { id: /^tip_/, secret: /^avt_[A-Za-z0-9_-]{43}$/ });
  t.equal(Math.round((Date.parse(String(sent.expiresAt)) - Date.now()) / 86_400_000), 90);
  t.match(await follow(own, id, secret), {
    status: 200,
    body: { id, state: 'waiting', about: { kind: 'claim', id: refs.c1 }, takenAt: null, outcome: null },
    headers: { 'cache-control': 'private, no-cache' },
  });

  const waiting = await list(own, 'contributor2');
  t.match(waiting, { items: [{ id, text: said.text, contact: null, state: 'waiting', takenBy: null }], next: null });
  const taken = expect(await take(own, id, 'contributor', { 'idempotency-key': 'one' }), 200);
  t.match(taken.body, { id, state: 'taken', takenBy: 'contributor', contact: said.contact, position: /^\d+$/ });
  t.strictSame(expect(await take(own, id, 'contributor', { 'idempotency-key': 'one' }), 200).body, taken.body, 'a repeat');
  t.match(await take(own, id, 'contributor2'), problem(409, 'tip-state'));
  t.same(await list(own, 'contributor'), { items: [], next: null });
  t.match((await list(own, 'contributor', { state: 'taken' })).items, [{ contact: said.contact }]);
  for (const key of ['contributor2', 'reviewer'] as const)
    t.match((await list(own, key, { state: 'taken' })).items, [{ takenBy: 'contributor', contact: null }], 'for who took it alone');
  const events = decoded(await own.log.readStream(id, 0));
  t.match(events, [{ type: 'TipTaken', actor: 'contributor', data: { about: { kind: 'claim', id: refs.c1 } } }]);
  t.notOk(JSON.stringify(events, (_, value) => (typeof value === 'bigint' ? String(value) : value)).includes('day before'));
  const stored = await own.pool.query('SELECT count(*)::int AS n FROM work.tips WHERE secret::text LIKE $1', [`%${secret}%`]);
  t.equal(stored.rows[0].n, 0, 'of the secret there is a digest');

  t.match(await close(own, id, 'contributor2', { outcome: 'declined' }), problem(409, 'tip-state'));
  t.match(expect(await take(own, id, 'reviewer'), 200).body, { takenBy: 'reviewer', contact: said.contact }, 'a reviewer takes over');
  t.match(await close(own, id, 'contributor', { outcome: 'declined' }), problem(409, 'tip-state'));
  expect(await close(own, id, 'reviewer', { outcome: 'corrected', note: 'The day was corrected.' }), 200);
  const told = (await follow(own, id, secret)).body;
  t.match(told, { state: 'closed', outcome: 'corrected', note: 'The day was corrected.', takenAt: /Z$/, closedAt: /Z$/ });
  t.notOk(JSON.stringify(told).includes('reviewer'), 'nobody is told who looked into it');
  t.match(await take(own, id, 'contributor'), problem(409, 'tip-state'));
  const feed = await own.read('/v1/events', { key: 'app' });
  t.notOk(feed.text.includes(id), 'the feed of apps has nothing of it');
  for (const [path, key] of [
    [`/v1/incidents/${incident}`, null],
    [`/v1/incidents/${incident}/events`, 'reviewer'],
  ] as const)
    t.notOk((await own.read(path, { key })).text.includes('day before'), path);
});

t.test('a tip is about what everybody can read, in clean words, and nobody reads another’s', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const hidden = await propose(own, world, { title: 'A second one' });
  const unused = text(
    expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name: 'Nobody uses it' } }), 201),
    'id',
  );
  await own.read('/v1/incidents');
  for (const about of [{ incident: hidden.incident }, { party: unused }, { incident: incident.replace(/.$/, '0') }])
    t.match(await send(own, { about, text: 'Wrong.' }), problem(422, 'invalid-change'), 'as absent as what never was');
  for (const about of [{ incident }, { source: world.source }, { party: world.police }])
    expect(await send(own, { about, text: '<script>alert(1)</script> & "quotes"' }), 201);
  const right = { about: { incident }, text: 'Wrong.' };
  for (const body of [
    {},
    { ...right, text: '' },
    { ...right, text: 'x'.repeat(5001) },
    { ...right, text: 'a\u202egnp.exe' },
    { ...right, text: '\u200b\u200b' },
    { ...right, contact: 'a@example.org\nBcc: b@example.org' },
    { ...right, contact: 'c'.repeat(201) },
    { ...right, about: {} },
    { ...right, about: { incident, party: world.police } },
    { ...right, about: { edit: incident } },
    { ...right, taken: true },
  ])
    t.match(await send(own, body), { status: 422 }, JSON.stringify(body).slice(0, 100));
  t.match(await own.ask('POST', '/v1/tips', { body: JSON.stringify(right), headers: { 'content-type': 'text/plain' } }), {
    status: 415,
  });
  t.match(await send(own, { ...right, text: `"${'\\u0041'.repeat(12_000)}"`.repeat(2) }), problem(413, 'body-too-large'));

  const { body } = expect(await send(own, right), 201);
  const [id, secret] = [String(body.id), String(body.secret)];
  const absent = `tip_${id.slice(4, -1)}${id.endsWith('0') ? '1' : '0'}`;
  for (const wrong of [`${secret.slice(0, -1)}${secret.endsWith('A') ? 'E' : 'A'}`, 'avt_', secret.toUpperCase(), 'x'.repeat(4000)]) {
    const [one, other] = [await follow(own, id, wrong), await follow(own, absent, wrong)];
    t.match(one, problem(404, 'not-found'));
    t.strictSame({ ...one.body, traceId: '' }, { ...other.body, traceId: '' }, 'nothing tells a wrong secret from a tip that is not there');
  }
  t.match(await own.ask('GET', `/v1/tips/${id}`), problem(400, 'invalid-parameter'));
  t.match(await own.ask('GET', `/v1/tips/${id}`, { query: { secret } }), { status: 400 }, 'never in an address, which is logged');
  for (const key of ['app', 'auditor', 'admin'] as const) {
    t.match(await own.ask('GET', '/v1/tips', { key }), problem(403, 'forbidden'));
    t.match(await take(own, id, key), problem(403, 'forbidden'));
  }
  t.match(await own.ask('GET', '/v1/tips'), problem(401, 'unauthenticated'));
  t.match(await take(own, absent, 'reviewer'), problem(404, 'not-found'));

  const seen = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const page = await list(own, 'reviewer', { limit: '2', ...(cursor && { cursor }) });
    seen.push(...page.items.map((item) => item.id));
    cursor = page.next;
  }
  t.equal(new Set(seen).size, 4);
  for (const cursor of ['x', '0', '-1', '9'.repeat(30)])
    t.match(await own.ask('GET', '/v1/tips', { key: 'reviewer', query: { cursor } }), problem(400, 'invalid-parameter'));
  const both = await Promise.all((['contributor', 'contributor2'] as const).map((key) => take(own, id, key)));
  t.same(both.map(({ status }) => status).sort(), [200, 409], 'of two at once one takes it');
});

t.test('an address sends so many tips in an hour, whatever key comes with them, and a page of another origin none', async (t) => {
  const own = await harness(t, {
    limits: { requests: null, wrongKeys: null, tips: 2 },
    corsOrigins: ['https://paper.example'],
    trustProxy: 1,
  });
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  await own.read('/v1/incidents');
  const right = { about: { incident }, text: 'Wrong.' };
  const from = (ip: string) => send(own, right, { 'x-forwarded-for': ip });
  for (let n = 0; n < 2; n += 1) expect(await from('2001:db8::1'), 201);
  const refused = await from('2001:db8::2');
  t.match(refused, problem(429, 'rate-limited'));
  t.ok(Number(refused.headers['retry-after']) > 60, 'of one network');
  const headers = { 'x-forwarded-for': '2001:db8::3' };
  t.match(await own.ask('POST', '/v1/tips', { key: 'app', body: right, headers }), problem(429, 'rate-limited'));
  expect(await from('192.0.2.7'), 201);
  t.equal((await own.ask('GET', '/v1/incidents', { headers })).status, 200, 'reading goes on');
  const preflight = async (origin: string) =>
    (
      await own.app.app.inject({
        method: 'OPTIONS',
        url: '/v1/tips',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      })
    ).headers;
  t.match((await preflight('https://paper.example'))['access-control-allow-methods'], /POST/);
  t.notMatch((await preflight('https://other.example'))['access-control-allow-methods'] ?? '', /POST/);
});

t.test('a tip ends, with all that was said', async (t) => {
  let days = 0;
  const own = await harness(t, { tipClock: { ...systemClock, now: () => new Date(Date.now() + days * 86_400_000) } });
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  await own.read('/v1/incidents');
  const { body } = expect(await send(own, { about: { incident }, text: 'Wrong.', contact: 'a neighbour' }), 201);
  const id = String(body.id);
  expect(await take(own, id, 'contributor'), 200);
  const rows = async () => (await own.pool.query('SELECT count(*)::int AS n FROM work.tips')).rows[0].n;
  const later = () => new Date(Date.now() + days * 86_400_000);
  days = 89;
  t.equal(await deleteTips(own.pool, later()), 0);
  t.equal((await follow(own, id, String(body.secret))).status, 200);
  days = 91;
  t.match(await follow(own, id, String(body.secret)), problem(404, 'not-found'), 'before it is deleted already');
  t.same((await list(own, 'contributor', { state: 'all' })).items, []);
  t.match(await take(own, id, 'reviewer'), problem(404, 'not-found'));
  t.match(await close(own, id, 'contributor', { outcome: 'known' }), problem(404, 'not-found'));
  t.same([await deleteTips(own.pool, later()), await rows()], [1, 0]);
  t.equal(decoded(await own.log.readStream(id, 0)).length, 1, 'that it was taken stays');
});
