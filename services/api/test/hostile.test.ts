import t from 'tap';
import { maxDepth, maxMembers, maxValues, parseJson } from '../src/http/json.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { ownTexts, textsBeside } from './support/json-texts.ts';
import { article, furnish, movedClaim, proposal, propose } from './support/story.ts';

const harness = await harnessFor(t);

/** Every route that takes a body, with whoever may use it, on things that exist. */
const targets = async (own: Harness) => {
  const { incident, etag } = await propose(own, await furnish(own));
  const edit = `/v1/incidents/${incident}/edits/1`;
  const headers = { 'if-match': etag };
  return [
    { method: 'POST', path: '/v1/sources', key: 'contributor' },
    { method: 'POST', path: '/v1/parties', key: 'contributor' },
    { method: 'POST', path: '/v1/incidents', key: 'contributor' },
    { method: 'POST', path: `/v1/incidents/${incident}/edits`, key: 'contributor' },
    { method: 'PUT', path: edit, key: 'contributor', headers },
    { method: 'POST', path: `${edit}/withdraw`, key: 'contributor2' },
    { method: 'POST', path: `${edit}/decision`, key: 'reviewer', headers },
    { method: 'POST', path: `${edit}/lease`, key: 'reviewer' },
  ] as const;
};

const isProblem = (status: number) => status >= 400 && status < 500;

t.test('JSON texts that are no body of any route', async (t) => {
  const own = await harness(t);
  const routes = await targets(own);
  const length = (await own.log.readAll(0n, 100)).length;
  for (const { name, bytes: body } of [...ownTexts, ...textsBeside]) {
    const answers = [];
    for (const { path, key, method, ...more } of routes) {
      // A lease may be taken without a body, and with an empty object.
      const { status } = await own.ask(method, path, { key, body, ...more });
      if (!(path.endsWith('/lease') && status === 200)) answers.push(status);
    }
    t.ok(answers.every(isProblem), `${name}: ${answers.join(' ')}`);
  }
  t.equal((await own.log.readAll(0n, 100)).length, length, 'nothing was written');
});

t.test('an edit of thousands of quotes from a long text is looked through at once, and refused with its first places', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const long = article({ text: `${'a'.repeat(499_000)}c` });
  const { body } = await own.ask('POST', '/v1/sources', { key: 'contributor', body: long });
  const citations = Array.from({ length: 50 }, () => ({ source: body.id, quote: { exact: `${'a'.repeat(40)}b` } }));
  const claims = Array.from({ length: 99 }, (_, index) => movedClaim(world, { ref: `c${index}`, citations }));
  const answer = await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, { claims }) });
  t.match([answer.status, answer.body.type], [422, '/problems/quote-not-found']);
});

t.test('no body has more members or values than any shape could take', (t) => {
  const members = (count: number) => `{${Array.from({ length: count }, (_, index) => `"m${index}":1`).join(',')}}`;
  const refused = { code: 'UnacceptableJson' };
  t.equal(Object.keys(parseJson(Buffer.from(members(maxMembers))) as object).length, maxMembers);
  t.throws(() => parseJson(Buffer.from(members(maxMembers + 1))), refused);
  t.throws(() => parseJson(Buffer.from(`[[${members(maxMembers + 1)}]]`)), refused);
  t.equal((parseJson(Buffer.from(`[${'1,'.repeat(maxValues - 1)}1]`)) as unknown[]).length, maxValues);
  t.throws(() => parseJson(Buffer.from(`[${'1,'.repeat(maxValues)}1]`)), refused);
  t.throws(() => parseJson(Buffer.from('{"a":1,"\\u0061":2}')), refused, 'a name is the same however it is written');
  t.end();
});

t.test('what parses is what every later step can keep', (t) => {
  const parsed = (text: string) => parseJson(Buffer.from(text));
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  t.strictSame(parsed('{"a":[1,-2.5,"\\ud83d\\ude00",null,true]}'), { a: [1, -2.5, '😀', null, true] });
  t.strictSame(parsed(nested(maxDepth)), JSON.parse(nested(maxDepth)));
  t.strictSame(
    parsed('{"a":{"b":1},"c":[{"b":2},{"b":3}]}'),
    { a: { b: 1 }, c: [{ b: 2 }, { b: 3 }] },
    'the same name in other objects is no double',
  );
  t.strictSame(parsed('["{\\"a\\":1,\\"a\\":2}", "\\\\", "a:b"]'), ['{"a":1,"a":2}', '\\', 'a:b'], 'nor is one inside a text');
  t.strictSame(parsed('9007199254740991'), 9007199254740991);
  const refused = {
    'deeper than any shape': nested(maxDepth + 1),
    'ten thousand levels': nested(10_000),
    'levels that never close': '['.repeat(20_000),
    'objects too': `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
    'an infinite number': '1e400',
    'an integer that loses digits': '9007199254740993',
    'the same as a float': '1e17',
    'a name twice': '{"a":1,"a":2}',
    'a name twice in two spellings': '{"a":1,"\\u0061":2}',
    'a name twice with space before the colon': '{"a" \n:1,"a"\t: 2}',
    __proto__: '{"__proto__":{"admin":true}}',
    'an escaped __proto__': '{"\\u005f_proto__":1}',
    NUL: '"\\u0000"',
    'NUL in a name': '{"\\u0000":1}',
    'half a surrogate pair': '"\\ud800"',
    'the other half': '"\\udc00\\ud800"',
    'half of a pair in a name': '{"\\ud800":1}',
    'a byte order mark': '\ufeff{}',
    nothing: ' ',
  };
  for (const [what, text] of Object.entries(refused))
    t.throws(() => parsed(text), { name: 'Refusal', code: /^(MalformedJson|UnacceptableJson)$/ }, what);
  for (const bytes of [
    [0x22, 0xc3, 0x28, 0x22],
    [0xff, 0xfe, 0x22, 0, 0x22, 0],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
  ]) {
    t.throws(() => parseJson(Uint8Array.from(bytes)), { code: 'MalformedJson' }, 'invalid UTF-8');
  }
  t.end();
});

t.test('hostile values are refused with a place, or kept as they are', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const party = (name: unknown) => own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name } });
  for (const [what, name] of Object.entries({
    'a bidirectional override': 'Harbour \u202Eecilop\u202C Police',
    'a bidirectional isolate': 'Harbour \u2066Police',
    'a line end': 'Harbour\nPolice',
    'a control character': 'Harbour\u0007Police',
    'white space only': '   ',
    nothing: '',
    'too long a name': 'x'.repeat(301),
    'a number': 7,
    'a list': ['Harbour Police'],
    'an object': { toString: 'Harbour Police' },
  })) {
    t.match(await party(name), { status: 422, body: { errors: [{ pointer: '/name' }] } }, what);
  }
  for (const name of [
    'Ⓗarbour 🚔 Police',
    'שוטרים',
    'x'.repeat(300),
    '😀'.repeat(300),
    "'; DROP TABLE log.events; --",
    '<script>alert(1)</script>',
    '%00 \\u0000 $1 {{x}}',
  ]) {
    const made = await party(name);
    t.equal(made.status, 201, name.slice(0, 30));
    const read = await own.read(`/v1/parties/${made.body.id}`, { key: 'contributor' });
    t.equal(read.body.name, name, 'is served as it was sent');
  }
  const claims = (more: object) =>
    own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, { claims: [movedClaim(world, more)] }) });
  t.equal((await claims({ ref: '__proto__' })).status, 422);
  t.equal((await claims({ ref: 'constructor' })).status, 201, 'a ref may be any word');
  t.equal((await claims({ aspect: 'constructor' })).status, 422);
  t.equal((await claims({ aspect: 'toString' })).status, 422);
  t.equal((await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: 'x'.repeat(5_000_001) }) })).status, 422);
  const tooLong = await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: 'x'.repeat(25_200_000) }) });
  t.match([tooLong.status, tooLong.body.detail], [413, /^The body has more than 24 MiB \(25,165,824 bytes\)/]);
  const words = 'the car stood still';
  const longest = '😀'.repeat(5_000_000 - words.length) + words;
  const taken = await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: longest }) });
  t.equal(taken.status, 201, 'the longest text is taken');
  t.equal((await own.ask('GET', `/v1/sources/${taken.body.id}/text`, { key: 'contributor' })).body.text, longest, 'is read');
  const cited = { citations: [{ source: taken.body.id, quote: { exact: words } }] };
  const proposed = await claims(cited);
  t.equal(proposed.status, 201, 'and can be quoted');
  const edit = await own.read(`/v1/incidents/${proposed.body.incidentId}/edits/1`, { key: 'contributor' });
  t.match(JSON.stringify(edit.body), /"position":\{"end":5000000,"start":4999981\}/);
});

t.test('hostile queries and headers', async (t) => {
  const own = await harness(t);
  const values = [
    '%00',
    '%ED%A0%80',
    '%FF',
    "'%20OR%201=1--",
    '%25',
    '\\',
    '"',
    '(',
    '!&|:*',
    'a%20%7C%7C%20b',
    '-',
    '..%2F..',
    '%F0%9F%98%80',
    `${'x'.repeat(5000)}`,
    '',
  ];
  const names = [
    'q',
    'from',
    'region',
    'locality',
    'agency',
    'aspect',
    'standing',
    'disputed',
    'bbox',
    'asOf',
    'asOfPosition',
    'sort',
    'limit',
    'cursor',
    'minPosition',
    '__proto__',
    'constructor',
  ];
  for (const value of values) {
    const paths = names.map((name) => `/v1/incidents?${name}=${value}`);
    for (const path of [
      ...paths,
      `/v1/sources?q=${value}`,
      `/v1/sources?url=${value}`,
      `/v1/parties?q=${value}`,
      `/v1/claims?speaker=${value}`,
      `/v1/incidents/${value}`,
    ]) {
      const { status } = await own.ask('GET', path);
      t.ok(status < 500, `${path.slice(0, 60)}: ${status}`);
    }
    for (const path of [
      `/v1/reviews?holder=${value}`,
      `/v1/reviews?author=${value}`,
      `/v1/events?after=${value}`,
      `/v1/reviews?cursor=${value}`,
    ]) {
      t.ok((await own.ask('GET', path, { key: 'reviewer' })).status < 500, path.slice(0, 60));
    }
  }
  for (const headers of [
    { 'if-none-match': '"' },
    { 'if-none-match': '*' },
    { authorization: 'Bearer \u00ff' },
    { traceparent: 'x'.repeat(3000) },
    { accept: 'image/png' },
    { expect: 'much' },
  ]) {
    t.ok(
      (await own.ask('GET', '/v1/incidents', { headers: headers as unknown as Record<string, string> })).status < 500,
      JSON.stringify(headers).slice(0, 60),
    );
  }
});
