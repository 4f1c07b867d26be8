import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { article, decide, expect, furnish, propose, publish, text } from './support/story.ts';

const harness = await harnessFor(t);
const [app, other] = ['https://app.example', 'https://other.example'];
const preflight = (origin: string, method: string, headers = '') => ({
  origin,
  'access-control-request-method': method,
  ...(headers && { 'access-control-request-headers': headers }),
});

/** A published incident with a document long enough to be compressed. */
const published = async (own: Harness) => {
  const { incident } = await publish(own, await furnish(own));
  return `/v1/incidents/${incident}`;
};

t.test('pages of any origin read what anybody reads, and may do nothing else', async (t) => {
  const own = await harness(t);
  const path = await published(own);
  const read = await own.read(path, { headers: { origin: other } });
  t.match(read, { status: 200, headers: { 'access-control-allow-origin': '*' } });
  t.notOk(read.headers['access-control-allow-credentials']);
  const exposed = read.headers['access-control-expose-headers']?.split(', ') ?? [];
  for (const name of Object.keys(read.headers).filter((one) => one.startsWith('averment-') || one === 'etag'))
    t.ok(
      exposed.some((one) => one.toLowerCase() === name),
      `${name} can be read`,
    );
  t.match(await own.ask('GET', '/v1/nowhere', { headers: { origin: other } }), {
    status: 404,
    headers: { 'access-control-allow-origin': '*' },
  });

  const asked = await own.ask('OPTIONS', path, { headers: preflight(other, 'GET', 'if-none-match') });
  t.match(asked, { status: 204, text: '', headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, HEAD' } });
  t.notMatch(asked.headers['access-control-allow-headers'], /authorization|idempotency/i);
  const keyed = await own.ask('GET', path, { key: 'app', headers: { origin: other } });
  t.match([keyed.status, keyed.headers['access-control-allow-origin']], [200, undefined], 'with a key a page of its origin reads nothing');
});

t.test('origins that are named may use keys, and read why they are refused', async (t) => {
  const own = await harness(t, { corsOrigins: [app], publicRead: false });
  const asked = await own.ask('OPTIONS', '/v1/parties', { headers: preflight(app, 'POST', 'authorization,idempotency-key') });
  t.match(asked, { status: 204, headers: { 'access-control-allow-origin': app } });
  t.match(asked.headers['access-control-allow-methods'], /POST/);
  t.match(asked.headers['access-control-allow-headers'], /Authorization.*Idempotency-Key/);
  const body = { kind: 'court', name: 'Harbour Court' };
  const allowed = { 'access-control-allow-origin': app, vary: /origin/ };
  t.match(await own.ask('POST', '/v1/parties', { key: 'contributor', body, headers: { origin: app } }), { status: 201, headers: allowed });
  t.match(await own.ask('GET', '/v1/parties', { headers: { origin: app } }), { status: 401, headers: allowed });
  const others = await own.ask('OPTIONS', '/v1/parties', { headers: preflight(other, 'GET') });
  t.match([others.status, others.headers['access-control-allow-origin']], [204, undefined], 'without public reading others get nothing');
  const all = await harness(t, { corsOrigins: '*' });
  t.match(await all.ask('GET', '/v1/parties', { key: 'app', headers: { origin: other } }), {
    headers: { 'access-control-allow-origin': '*' },
  });
});

t.test('OPTIONS says what a path takes', async (t) => {
  const own = await harness(t, { publicRead: false });
  t.match(await own.ask('OPTIONS', '/v1/incidents'), { status: 204, text: '', headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
  t.match(await own.ask('OPTIONS', '/v1/nowhere'), { status: 404, body: { type: '/problems/not-found' } });
});

t.test('answers are compressed as the client likes, and short ones not at all', async (t) => {
  const own = await harness(t);
  const path = await published(own);
  const plain = await own.read(path);
  const inject = (headers: Record<string, string>, url = path) => own.app.app.inject({ method: 'GET', url, headers });
  const decoded = { gzip: gunzipSync, br: brotliDecompressSync };
  for (const [coding, accept] of [
    ['gzip', 'gzip'],
    ['br', 'gzip, br'],
    ['gzip', 'br;q=0, gzip'],
  ] as const) {
    const answer = await inject({ 'accept-encoding': accept });
    t.match(answer.headers, { 'content-encoding': coding, vary: /accept-encoding/ }, accept);
    t.equal(decoded[coding](answer.rawPayload).toString(), plain.text);
    t.ok(answer.rawPayload.length < plain.text.length / 2);
    t.equal(answer.headers.etag, `W/${plain.headers.etag}`, 'other bytes, so the tag is weak');
    for (const held of [String(answer.headers.etag), String(plain.headers.etag)]) {
      const again = await inject({ 'accept-encoding': accept, 'if-none-match': held });
      t.match(again, { statusCode: 304, payload: '', headers: { etag: held } });
      t.notOk(again.headers['content-encoding']);
    }
  }
  for (const accept of ['identity', 'deflate', 'gzip;q=0', 'nonsense']) {
    const answer = await inject({ 'accept-encoding': accept });
    t.match([answer.headers['content-encoding'], answer.headers.etag, answer.payload], [undefined, plain.headers.etag, plain.text], accept);
  }
  const short = await inject({ 'accept-encoding': 'gzip' }, '/livez');
  t.match([short.statusCode, short.headers['content-encoding']], [200, undefined]);
  const document = await inject({ 'accept-encoding': 'gzip' }, '/openapi.json');
  t.equal(gunzipSync(document.rawPayload).toString(), (await own.ask('GET', '/openapi.json')).text, 'what is served as text too');
});

t.test('an edit has one tag in every coding, by which it is decided', async (t) => {
  const own = await harness(t);
  const { incident, etag } = await propose(own, await furnish(own));
  await own.read('/livez');
  const path = `/v1/incidents/${incident}/edits/1`;
  const authorization = 'Bearer reviewer';
  for (const accept of ['identity', 'gzip', 'br']) {
    const answer = await own.app.app.inject({ method: 'GET', url: path, headers: { authorization, 'accept-encoding': accept } });
    t.match(answer.headers, { etag, ...(accept !== 'identity' && { 'content-encoding': accept }) });
  }
  expect(await decide(own, incident, 1, 'approve'), 200);
});

t.test('lists have tags, and are 304 while they are the same', async (t) => {
  const own = await harness(t);
  const path = await published(own);
  const paths = ['/v1/incidents', '/v1/claims', '/v1/parties', '/v1/sources', `${path}/events`, `${path}/diff?from=4&to=4`];
  for (const each of paths) {
    const first = expect(await own.read(each, { key: 'app' }), 200);
    t.match(first.headers.etag, /^"[\w-]{22}"$/, each);
    const again = await own.ask('GET', each, { key: 'app', headers: { 'if-none-match': String(first.headers.etag) } });
    t.match(again, { status: 304, text: '', headers: { etag: first.headers.etag, 'averment-position': /^\d+$/ } }, each);
  }
  const before = (await own.read('/v1/sources', { key: 'contributor' })).headers.etag;
  expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ title: 'Another' }) }), 201);
  t.equal((await own.read('/v1/sources', { key: 'contributor', headers: { 'if-none-match': String(before) } })).status, 200);
  const edits = await own.read(`${path}/edits`, { key: 'reviewer', headers: { 'if-none-match': '*' } });
  t.equal(edits.status, 200, 'edits are never 304');
});

t.test('what cannot be given in a form that is accepted is 406, and nothing is done', async (t) => {
  const own = await harness(t);
  const path = await published(own);
  for (const accept of ['text/html', 'application/xml, text/*', 'application/json;q=0, text/html', 'image/png'])
    t.match(
      await own.read(path, { headers: { accept } }),
      { status: 406, body: { type: '/problems/not-acceptable', errors: [{ pointer: '/header/accept', message: /application\/json/ }] } },
      accept,
    );
  for (const accept of [
    '*/*',
    'application/*',
    'application/json',
    'text/html,application/xml;q=0.9,*/*;q=0.8',
    'application/json;charset=utf-8',
    '',
  ])
    t.equal((await own.read(path, { headers: { accept } })).status, 200, accept);
  for (const accept of ['text/plain', 'text/plain;version=0.0.4', 'text/plain; charset=UTF-8'])
    t.equal((await own.ask('GET', '/metrics', { headers: { accept } })).status, 200, accept);
  t.equal((await own.ask('GET', '/metrics', { headers: { accept: 'application/json' } })).status, 406);
  t.equal((await own.ask('GET', '/livez', { headers: { accept: 'text/html' } })).status, 200, 'a probe is always answered');
  const length = (await own.log.readAll(0n, 1000)).length;
  const body = { kind: 'court', name: 'Harbour Court' };
  t.equal((await own.ask('POST', '/v1/parties', { key: 'contributor', body, headers: { accept: 'text/html' } })).status, 406);
  t.equal((await own.log.readAll(0n, 1000)).length, length);
});

t.test('an admin reads what anybody reads, and nothing more', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const unpublished = (await propose(own, world, { title: 'Harbour police stop another car in Porto Novo' })).incident;
  const paths = ['', '/comparison', '/events'].map((part) => `/v1/incidents/${incident}${part}`);
  const lists = [
    '/v1/incidents',
    '/v1/claims',
    '/v1/parties',
    '/v1/sources',
    '/v1/vocabulary',
    `/v1/parties/${world.police}/claims/summary`,
  ];
  for (const path of [...paths, ...lists, `/v1/sources/${world.source}`]) {
    const admin = expect(await own.read(path, { key: 'admin' }), 200);
    t.equal(admin.text, (await own.read(path)).text, path);
  }
  t.equal((await own.read(`/v1/incidents/${unpublished}`, { key: 'admin' })).status, 404);
  for (const path of [`/v1/sources/${world.source}/text`, `/v1/incidents/${incident}/edits`, '/v1/reviews', '/v1/events'])
    t.equal((await own.read(path, { key: 'admin' })).status, 403, path);
  t.equal(text(await own.ask('POST', '/v1/parties', { key: 'admin', body: {} }), 'status'), '403');
});

t.test('an event is read by its revision, and a field explains itself', async (t) => {
  const own = await harness(t);
  const path = await published(own);
  const { items } = expect(await own.read(`${path}/events`), 200).body as { items: { revision: number; type: string }[] };
  for (const item of items) t.strictSame(expect(await own.ask('GET', `${path}/events/${item.revision}`), 200).body, item);
  t.equal((await own.ask('GET', `${path}/events/0`)).status, 404, 'the review is not everybody’s');
  t.match(await own.ask('GET', `${path}/events/0`, { key: 'reviewer' }), { status: 200, body: { type: 'EditSubmitted' } });
  for (const wrong of ['999', '-1', 'x', '99999999999']) t.equal((await own.ask('GET', `${path}/events/${wrong}`)).status, 404, wrong);
  const explain = (pointer: string, key: 'admin' | null = null) => own.ask('GET', `${path}/explain`, { key, query: { pointer } });
  t.match(await explain('/title'), { status: 200, body: { pointer: '/title', value: String, items: [{ type: 'IncidentReported' }] } });
  t.match(await explain('/claims/0/standing', 'admin'), {
    status: 200,
    body: { value: 'standing', items: [{ type: 'ClaimAdded', author: 'contributor' }] },
  });
  t.match(await explain(''), { status: 200, body: { items } });
  for (const wrong of ['/nowhere', '/claims/9', 'title', '/claims/~2', '/claims/0/statement/x'])
    t.match(await explain(wrong), { status: 400, body: { errors: [{ pointer: '/query/pointer' }] } }, wrong);
  t.equal((await own.ask('GET', `${path}/explain`)).status, 400);
});
