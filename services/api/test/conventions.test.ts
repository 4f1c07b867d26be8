import { createHash } from 'node:crypto';
import t from 'tap';
import { maxDepth } from '../src/http/json.ts';
import { harnessFor } from './support/harness.ts';
import { article, decide, expect, furnish, movedClaim, proposal, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

t.test('errors are problems, the framework’s own too', async (t) => {
  const own = await harness(t);
  const json = { 'content-type': 'application/json' };
  const nothing = `incident_${'0'.repeat(26)}`;
  const cases: [string, string, Parameters<typeof own.ask>[2], number, string][] = [
    ['GET', '/nowhere', {}, 404, 'not-found'],
    ['GET', '/v1/incidents/', {}, 404, 'not-found'],
    ['GET', '/v1/incidents/not-an-id', {}, 404, 'not-found'],
    ['GET', `/v1/incidents/${nothing}`, {}, 404, 'not-found'],
    ['GET', `/v1/incidents/${'x'.repeat(500)}`, {}, 404, 'not-found'],
    ['GET', '/v1/incidents/%E0%A4%A', {}, 400, 'malformed-request'],
    ['DELETE', '/v1/incidents', {}, 405, 'method-not-allowed'],
    ['OPTIONS', '/v1/nowhere', {}, 404, 'not-found'],
    ['GET', '/v1/incidents', { headers: { accept: 'text/html' } }, 406, 'not-acceptable'],
    ['PATCH', `/v1/incidents/${nothing}/edits/1`, { key: 'contributor' }, 405, 'method-not-allowed'],
    ['GET', '/v1/incidents?limit=0', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?limit=501', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?limit=ten', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?limit=1&limit=2', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?colour=blue', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?cursor=nonsense', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?from=yesterday', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?bbox=1,2,3', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?bbox=0,50,0,40', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?minPosition=-1', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?asOf=yesterday', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/incidents?asOf=2999-01-01T00:00:00Z', {}, 400, 'time-in-future'],
    ['GET', '/v1/sources?url=%00', {}, 400, 'invalid-parameter'],
    ['GET', '/v1/events?after=x', { key: 'app' }, 400, 'invalid-parameter'],
    ['POST', '/v1/sources', {}, 401, 'unauthenticated'],
    ['POST', '/v1/sources', { key: 'app' }, 403, 'forbidden'],
    ['POST', '/v1/sources', { key: 'contributor', body: '{"kind":' }, 400, 'malformed-json'],
    ['POST', '/v1/sources', { key: 'contributor', body: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'malformed-json'],
    [
      'POST',
      '/v1/sources',
      { key: 'contributor', body: `${'['.repeat(maxDepth + 1)}${']'.repeat(maxDepth + 1)}` },
      400,
      'unacceptable-json',
    ],
    ['POST', '/v1/sources', { key: 'contributor', body: { ...article(), colour: 'blue' } }, 422, 'invalid-body'],
    ['POST', '/v1/sources', { key: 'contributor', body: '' }, 422, 'invalid-body'],
    ['POST', '/v1/sources', { key: 'contributor', body: 'null' }, 422, 'invalid-body'],
    ['POST', '/v1/sources', { key: 'contributor', headers: json }, 422, 'invalid-body'],
    [
      'POST',
      '/v1/sources',
      { key: 'contributor', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported-media-type',
    ],
    ['POST', '/v1/sources', { key: 'contributor', body: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported-media-type'],
    [
      'POST',
      '/v1/sources',
      { key: 'contributor', body: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } },
      415,
      'unsupported-media-type',
    ],
    ['POST', '/v1/sources', { key: 'contributor', body: '{}', headers: { 'content-encoding': 'gzip' } }, 415, 'unsupported-media-type'],
    ['POST', '/v1/parties', { key: 'contributor', body: { name: 'x'.repeat(300_000) } }, 413, 'body-too-large'],
    [
      'POST',
      '/v1/parties',
      { key: 'contributor', body: { kind: 'agency', name: 'A' }, headers: { 'idempotency-key': 'has a space' } },
      400,
      'invalid-parameter',
    ],
    [
      'POST',
      '/v1/parties',
      { key: 'contributor', body: { kind: 'agency', name: 'A' }, headers: { 'idempotency-key': '' } },
      400,
      'invalid-parameter',
    ],
  ];
  for (const [method, path, asked, status, type] of cases) {
    const answer = await own.ask(method, path, asked);
    const name = `${method} ${path.slice(0, 80)} is ${status}`;
    t.match(
      { status: answer.status, ...answer.body },
      { status, type: `/problems/${type}`, title: String, detail: String, errors: Array, traceId: /^[0-9a-f]{32}$/ },
      name,
    );
    t.equal(answer.headers['content-type'], 'application/problem+json', name);
    t.notMatch(answer.text, /at .*\.ts|node_modules|Error:/, 'and shows no stack');
  }
});

t.test('405 lists what the path takes', async (t) => {
  const own = await harness(t);
  t.equal((await own.ask('PUT', '/v1/incidents')).headers.allow, 'GET, HEAD, OPTIONS, POST');
  const lease = `/v1/incidents/incident_${'0'.repeat(26)}/edits/1/lease`;
  t.equal((await own.ask('GET', lease, { key: 'reviewer' })).headers.allow, 'DELETE, OPTIONS, POST');
});

t.test('places of a body that does not fit are JSON Pointers', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const claim = movedClaim(world, { stance: 'shouts', citations: [{ source: 'Some where', 'a/b~c': 1 }] });
  const answer = await own.ask('POST', '/v1/incidents', {
    key: 'contributor',
    body: proposal(world, { claims: [movedClaim(world), claim], title: 7 }),
  });
  const pointers = (answer.body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
  t.strictSame(pointers.toSorted(), ['/claims/1/citations/0/a~1b~0c', '/claims/1/citations/0/source', '/claims/1/stance', '/title']);
});

t.test('each type of problem is served where its URI points', async (t) => {
  const own = await harness(t);
  const { items } = (await own.ask('GET', '/problems')).body as { items: { type: string; status: number }[] };
  for (const { type, status } of items) t.match((await own.ask('GET', type)).body, { type, status });
  t.equal((await own.ask('GET', '/problems/nonsense')).status, 404);
});

t.test('a trace that the caller began goes on', async (t) => {
  const own = await harness(t);
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const sent = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
  t.equal((await own.ask('GET', '/nowhere', { headers: sent })).body.traceId, trace);
  const answer = expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article(), headers: sent }), 201);
  const [event] = await own.log.readStream(text(answer, 'id'), 0);
  t.match(event, { correlation: trace }, 'and is stored with the event');
});

t.test('GET answers HEAD, with the same headers and no body', async (t) => {
  const own = await harness(t);
  const { incident } = await publish(own, await furnish(own));
  const get = expect(await own.read(`/v1/incidents/${incident}`), 200);
  const head = await own.ask('HEAD', `/v1/incidents/${incident}`);
  t.match(head, { status: 200, text: '', headers: { etag: get.headers.etag, 'content-length': String(Buffer.byteLength(get.text)) } });
  t.equal((await own.ask('HEAD', '/nowhere')).status, 404);
});

t.test('an incident’s ETag changes with its bytes, and with nothing else', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const path = `/v1/incidents/${incident}`;
  const tag = async (key: 'app' | null = 'app') => String(expect(await own.read(path, { key }), 200).headers.etag);
  const first = await tag();
  t.match(first, /^"[^"]+"$/, 'it is strong');
  const same = await own.read(path, { key: 'app', headers: { 'if-none-match': `"other", ${first}` } });
  t.match(same, { status: 304, text: '', headers: { etag: first } });
  t.equal(
    (await own.read(path, { key: 'app', headers: { 'if-none-match': `W/${first}` } })).status,
    304,
    'also for a cache that weakened it',
  );
  t.equal((await own.read(path, { key: 'app', headers: { 'if-none-match': '*' } })).status, 304);
  t.equal((await own.read(path, { key: 'app', headers: { 'if-none-match': '"other"' } })).status, 200);

  const edit = expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  expect(await own.ask('POST', `${path}/edits/2/lease`, { key: 'reviewer' }), 200);
  t.equal(await tag(), first, 'an edit in review and its lease change nothing');
  expect(await decide(own, incident, Number(edit.body.edit), 'approve'), 200);
  t.not(await tag(), first, 'an applied edit does');
  t.equal((await own.read(path, { key: 'app', headers: { 'if-none-match': first } })).status, 200);
});

t.test('a wrong word is answered with all that there are', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const { citations } = movedClaim(world) as { citations: unknown };
  const change = { kind: 'open_proceeding', type: 'charge', title: 'A charge', status: 'pardonned', citations };
  const [wrong] = expect(await submit(own, incident, revision, [change]), 422).body.errors as { pointer: string; message: string }[];
  t.equal(wrong?.pointer, '/changes/0/status');
  t.match(wrong?.message, / \(did you mean pardoned\?\); there are announced, open, .* pardoned, .* expunged, .* sealed, unknown$/);
});

t.test('the public’s bytes have an ETag of their own where quotes are cut', async (t) => {
  const own = await harness(t);
  const long = `It was said that ${'the car stood and '.repeat(30)}nothing moved.`;
  const source = text(expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: long }) }), 201), 'id');
  const world = { ...(await furnish(own)), source };
  const { incident } = await publish(own, world, { claims: [movedClaim(world, { citations: [{ source, quote: { exact: long } }] })] });
  const path = `/v1/incidents/${incident}`;
  const [everybody, app, member] = [
    await own.read(path),
    await own.read(path, { key: 'app' }),
    await own.read(path, { key: 'contributor' }),
  ];
  t.not(everybody.headers.etag, member.headers.etag);
  t.equal(app.text, everybody.text, 'an app reads the same');
  const quoteOf = ({ body }: typeof app) =>
    (body.claims as { citations: { quote: { exact: string } }[] }[])[0]?.citations[0]?.quote.exact ?? '';
  t.equal(quoteOf(member), long);
  t.ok([...quoteOf(everybody)].length <= 300, 'the public gets at most 300 code points');
  t.match(everybody.headers, { vary: 'authorization, accept-encoding, origin', 'cache-control': 'no-cache' });
  t.match(app.headers, { 'cache-control': 'private, no-cache' });
  t.equal((await own.ask('GET', `/v1/sources/${source}/text`)).status, 401, 'and no whole text');
  t.equal((await own.ask('GET', `/v1/sources/${source}/text`, { key: 'contributor' })).body.text, long);
});

t.test('a decision and a revision need the edit’s ETag', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, etag } = await propose(own, world);
  const path = `/v1/incidents/${incident}/edits/1`;
  const body = { decision: 'approve', reason: null };
  const decision = (headers: Record<string, string>) => own.ask('POST', `${path}/decision`, { key: 'reviewer', body, headers });
  t.match(await decision({}), { status: 428, body: { type: '/problems/precondition-required' } });
  t.match(await decision({ 'if-match': '"0-999"' }), { status: 412, body: { type: '/problems/etag-mismatch' } });
  t.equal((await decision({ 'if-match': `W/${etag}` })).status, 412, 'a weak tag matches nothing');
  t.equal((await decision({ 'if-match': 'bare' })).status, 400);
  t.equal((await own.ask('PUT', path, { key: 'contributor', body: proposal(world) })).status, 428);
  t.equal((await own.ask('PUT', path, { key: 'contributor', body: proposal(world), headers: { 'if-match': '"0-999"' } })).status, 412);
  for (const guess of ['*', `"other", ${etag}`, `${etag}, ${etag}`]) {
    const unread = { status: 428, body: { type: '/problems/precondition-required' } };
    const headers = { 'if-match': guess };
    for (const decision of ['approve', 'reject', 'request_changes'])
      t.match(
        await own.ask('POST', `${path}/decision`, { key: 'reviewer', body: { decision, reason: 'Unread.' }, headers }),
        unread,
        guess,
      );
    t.match(await own.ask('PUT', path, { key: 'contributor', body: proposal(world), headers }), unread, guess);
  }

  const read = expect(await own.read(path, { key: 'reviewer', headers: { 'if-none-match': etag } }), 200);
  t.equal(read.body.etag, etag, 'it stands in the body too, and an edit is never answered 304');
  t.equal(read.headers.etag, etag);
  expect(await own.ask('POST', `${path}/lease`, { key: 'reviewer2' }), 200);
  t.equal((await own.read(path, { key: 'reviewer' })).body.etag, etag, 'a lease does not change it');
  t.equal((await decision({ 'if-match': etag })).status, 200);
});

t.test('a writer reads its own write with minPosition', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const first = text(expect(await own.ask('GET', '/v1/incidents'), 200), 'position');
  const { incident, position } = await publish(own, world);
  const waiting = own.ask('GET', '/v1/incidents', { query: { minPosition: position } });
  await own.read('/livez');
  const answer = expect(await waiting, 200);
  t.ok(BigInt(String(answer.headers['averment-position'])) >= BigInt(position));
  t.match(answer.body.items, [{ id: incident }]);
  t.not(answer.body.position, first);
});

t.test('a position that is not reached in time is 503, and said so', async (t) => {
  const own = await harness(t, { wait: 1 });
  await furnish(own);
  const answer = await own.ask('GET', '/v1/incidents', { query: { minPosition: '1' } });
  t.match(answer, { status: 503, body: { type: '/problems/not-reached' }, headers: { 'retry-after': /^\d+$/ } });
});

t.test('lists are paged by an opaque cursor, and the list of incidents by one that pins its position', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const published: string[] = [];
  for (const number of [1, 2, 3])
    published.push((await publish(own, world, { title: `Harbour police stop car number ${number} in Porto Novo` })).incident);
  const page = expect(await own.read('/v1/incidents?limit=2'), 200);
  const ids = (answer: typeof page) => (answer.body.items as { id: string }[]).map(({ id }) => id);
  t.strictSame(ids(page), [published[2], published[1]]);
  await publish(own, world, { title: 'Harbour police stop a late car in Porto Novo' });
  const rest = expect(await own.read('/v1/incidents', { query: { limit: '2', cursor: text(page, 'next') } }), 200);
  t.strictSame(ids(rest), [published[0]], 'what was published meanwhile is not in the list of then');
  t.equal(rest.body.next, null);
  t.equal(rest.body.position, page.body.position);

  const other = await own.read('/v1/incidents', { query: { limit: '2', region: 'US-WA', cursor: text(page, 'next') } });
  t.match(other, { status: 400, body: { errors: [{ pointer: '/query/cursor' }] } }, 'with other filters it is refused');

  for (const path of ['/v1/sources', '/v1/parties', '/v1/claims', `/v1/incidents/${published[0]}/events`]) {
    const seen: unknown[] = [];
    for (let cursor: string | null = null; ; ) {
      const { body } = expect(await own.read(path, { query: { limit: '1', ...(cursor ? { cursor } : {}) } }), 200);
      seen.push(...(body.items as unknown[]));
      cursor = body.next as string | null;
      if (cursor === null) break;
    }
    const whole = (await own.read(path, { query: { limit: '500' } })).body.items;
    t.strictSame(seen, whole, `${path} page by page is the whole list`);
  }
});

t.test('an aspect that there is not is refused, and the vocabulary says which there are', async (t) => {
  const own = await harness(t);
  const { aspects } = expect(await own.ask('GET', '/v1/vocabulary', { key: null }), 200).body as { aspects: { name: string }[] };
  t.ok(aspects.some(({ name }) => name === 'vehicle_motion'));
  for (const path of ['/v1/incidents', '/v1/claims']) {
    t.equal((await own.read(path, { query: { aspect: aspects[0]?.name ?? '' } })).status, 200);
    t.match(await own.read(path, { query: { aspect: 'vehicle_motoin' } }), {
      status: 400,
      body: {
        detail: 'aspect is no aspect of the vocabulary (did you mean vehicle_motion?); `/v1/vocabulary` lists them',
        errors: [{ pointer: '/query/aspect' }],
      },
    });
  }
});

t.test('answers tell browsers what they are not, refusals too', async (t) => {
  const own = await harness(t, { trustProxy: 1 });
  const asked = [
    own.ask('GET', '/v1/incidents'),
    own.ask('GET', '/v1/reviews'),
    own.ask('GET', '/nowhere'),
    own.ask('OPTIONS', '/v1/incidents'),
    own.ask('GET', '/livez'),
  ];
  for (const { status, headers } of await Promise.all(asked)) {
    t.match(
      headers,
      {
        'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      },
      String(status),
    );
    t.notOk('strict-transport-security' in headers, 'nothing is said of TLS where there is none (RFC 6797, 7.2)');
  }
  const { headers } = await own.ask('GET', '/v1/incidents', { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.1' } });
  t.match(headers, { 'strict-transport-security': 'max-age=31536000' });
});

t.test('whom to tell of weaknesses stands where RFC 9116 has it', async (t) => {
  const own = await harness(t, { publicRead: false });
  const { status, headers, text } = await own.ask('GET', '/.well-known/security.txt');
  t.match({ status, headers }, { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  const [, expires = ''] =
    /^Contact: mailto:security@example\.org\nContact: https:\/\/example\.org\/security\nExpires: (\S+)\n$/.exec(text) ?? [];
  const days = (Date.parse(expires) - Date.now()) / 86_400_000;
  t.ok(days > 80 && days < 365, expires);
});

t.test('the human page is there', async (t) => {
  const own = await harness(t);
  t.match(
    await own.ask('GET', '/', { key: null }),
    { status: 302, headers: { location: '/docs' } },
    'whoever comes to the root is led to it',
  );
  t.match(await own.ask('GET', '/docs', { key: null }), { status: 301, headers: { location: '/docs/' } });
  const page = await own.ask('GET', '/docs/');
  t.match(page, { status: 200, text: /<title>Averment/, headers: { 'content-type': /html/, 'x-content-type-options': 'nosniff' } });
  const addresses = [...page.text.matchAll(/(?:src|href|url)"?[=:] ?"([^"]+)"/g)].map(([, address]) => address);
  t.strictSame(addresses, ['js/scalar.js', '/openapi.json'], 'it is served whole from here');
  t.match(page.text, /"withDefaultFonts": false,\s+"telemetry": false/, 'fonts too');

  const policy = String(page.headers['content-security-policy']);
  t.match(
    policy,
    /^default-src 'self'; script-src 'self' 'sha256-[^']+'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'/,
  );
  const [, script = ''] = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(page.text) ?? [];
  t.ok(policy.includes(createHash('sha256').update(script).digest('base64')), 'its own script may run, and no other');
  const library = await own.ask('GET', '/docs/js/scalar.js');
  t.match(library, {
    status: 200,
    headers: { 'content-type': /javascript/, 'x-content-type-options': 'nosniff', 'cache-control': /max-age=/ },
  });
  t.ok(library.text.length > 1_000_000);

  const odd = await own.app.app.inject({ url: '/docs', headers: { host: 'a b' } });
  t.match(odd, { statusCode: 400 }, 'a host that is none is the client’s fault');
});
