import { request } from 'node:http';
import t, { type Test } from 'tap';
import { client, expectStatus, type Json } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { browse, fieldsOf, type Read } from './browse.ts';

/** Requests that no page of ours makes: each is answered by a page that says so, and nothing is done or told by it. */

const { url, keys } = await startServer(t);
const first = async (path: string): Promise<string> => {
  const [item] = expectStatus(await client(url, null).get(path), 200).items as Json[];
  return String(item?.id);
};
const [incident, source] = [await first('/v1/incidents'), await first('/v1/sources')];

type Answer = { status: number | undefined; headers: NodeJS.Dict<string | string[]>; text: string };
/** Sends what `fetch` would mend. */
const send = (method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

const isPage = (t: Test, { status = 0, headers, text }: Answer, name: string): void => {
  t.ok(status >= 400 && status < 500, `${name}: ${status}`);
  t.match(headers['content-type'], 'text/html', name);
  t.match(text, '<h1', name);
};

const signedIn = async (key: string) => {
  const somebody = browse(url);
  await somebody.signIn(key);
  const cookie = [...somebody.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { _csrf = '' } = fieldsOf(await somebody.get('/sign-in'), '/sign-in');
  const post = (path: string, fields: Iterable<[string, string]> | string, headers: Record<string, string> = {}) => {
    const body = typeof fields === 'string' ? fields : String(new URLSearchParams([['_csrf', _csrf], ...fields]));
    return send('POST', path, { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers }, body);
  };
  return { ...somebody, cookie, token: _csrf, post };
};
const [reviewer, contributor] = [await signedIn(keys.reviewer), await signedIn(keys.contributor)];

const absurd = [
  '-1',
  '0',
  '99999999999999999999',
  '1e309',
  'NaN',
  '1.5',
  '%00',
  '%2E%2E',
  '..%2F..',
  '%0d%0aa:b',
  '%E2%80%AE',
  '__proto__',
];

t.test('absurd ids and addresses are pages that say so', async (t) => {
  for (const id of [...absurd, '%ff', '%', '%zz', '%ed%a0%80', 'x'.repeat(9000)]) {
    const rooms = [
      `/incidents/${id}`,
      `/incidents/${id}/past`,
      `/incidents/${id}/diff`,
      `/incidents/${id}/history`,
      `/incidents/${id}/explain`,
    ];
    for (const path of [...rooms, `/incidents/${incident}/events/${id}`, `/sources/${id}`, `/parties/${id}`, `/assets/${id}`, `/${id}/x`])
      isPage(t, await send('GET', path), path.slice(0, 80));
    const desk = [`/desk/edits/${id}/1`, `/desk/edits/${incident}/${id}`, `/desk/edits/incident_${id}/1/decision`, `/desk/audit/${id}`];
    for (const path of [...desk, `/sources/${id}/text`, `/desk/contribute/claims?incident=${id}`, `/desk/contribute/edits/${id}/1`]) {
      // The name of an incident with such letters may be one.
      const answer = await send('GET', path, { cookie: reviewer.cookie });
      if (answer.status === 303) t.match(answer.headers.location, /^\/desk\/edits\/incident_\w+\/1$/, path);
      else isPage(t, answer, path.slice(0, 80));
    }
  }
});

t.test('absurd queries never fail', async (t) => {
  for (const value of [...absurd, '%ff', '%zz', '+275760-09-13T00:00:00.001Z', '2026-13-45']) {
    const one = `/incidents/${incident}`;
    const lists = ['/incidents', '/sources', '/parties', '/corrections', '/takedowns'].map(
      (path) => `${path}?cursor=${value}&q=${value}&asOf=${value}`,
    );
    const past = [`${one}?asOf=${value}`, `${one}?revision=${value}`, `${one}/past?step=${value}`, `${one}/past?revision=${value}`];
    const others = [`${one}/diff?from=${value}&to=${value}`, `${one}/explain?pointer=${value}`, `/sources/${source}?version=${value}`];
    for (const path of [...lists, ...past, ...others, `/sign-in?back=${value}`, `/tips/new?about=${value}`]) {
      const { status = 0 } = await send('GET', path);
      t.ok(status < 500, `${path}: ${status}`);
    }
    for (const path of ['queue', 'tips', 'me', 'statistics', 'edits', `edits/${incident}/1`, `audit/${incident}`]) {
      const { status = 0 } = await send('GET', `/desk/${path}?cursor=${value}&state=${value}&asOf=${value}&from=${value}&step=${value}`, {
        cookie: reviewer.cookie,
      });
      t.ok(status < 500, `/desk/${path} ${value}: ${status}`);
    }
  }
});

t.test('where one goes on to is here', async (t) => {
  const odd = ['/\u0000', '/\u0001', '/💩', '/é', '/\r\nset-cookie: a=b', '/\t/evil.example', '/x\u2028x', `/${'x'.repeat(20_000)}`];
  for (const back of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '\t//evil.example', ...odd]) {
    const { status, headers } = await reviewer.post('/sign-in', [
      ['key', keys.reviewer],
      ['back', back],
    ]);
    t.same([status, headers.location], [303, '/desk'], encodeURIComponent(back.slice(0, 30)));
  }
  const { text } = await reviewer.post('/desk/next', 'a=b', { referer: `${url}//evil.example/` });
  t.match(text, 'href="/desk">Go back');
  t.notMatch(text, 'href="//');
});

t.test('a form that is not from here does nothing', async (t) => {
  const path = '/desk/queue/views';
  const before = (await reviewer.get('/desk/queue?state=submitted')).text;
  const fields = 'name=hostile&state=submitted';
  for (const [name, body, headers] of [
    ['no token', fields, {}],
    ['the token of somebody else', `${fields}&_csrf=${encodeURIComponent(contributor.token)}`, {}],
    ['two tokens', `${fields}&_csrf=x&_csrf=${encodeURIComponent(reviewer.token)}`, {}],
    ['another origin', fields, { origin: 'https://evil.example' }],
    ['no origin', fields, { origin: 'null' }],
    ['another site', fields, { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour', fields, { 'sec-fetch-site': 'same-site' }],
    ['json', JSON.stringify({ _csrf: reviewer.token, name: 'hostile' }), { 'content-type': 'application/json' }],
  ] as const) {
    const answer = await reviewer.post(path, body, headers);
    t.equal(answer.status, 403, name);
    isPage(t, answer, name);
    if ('origin' in headers || 'sec-fetch-site' in headers) t.notMatch(answer.text, 'Send it now', `${name}: it is not offered`);
  }
  const changed = reviewer.cookie.replace(
    /(averment_form=)(.)/,
    (_all, name: string, letter: string) => `${name}${letter === 'A' ? 'B' : 'A'}`,
  );
  t.equal((await reviewer.post(path, [['name', 'hostile']], { cookie: changed })).status, 403);
  t.equal((await reviewer.get('/desk/queue?state=submitted')).text.includes('hostile'), before.includes('hostile'));
});

t.test('a session that was changed by a bit is none', async (t) => {
  const session = /averment_session=([^;]+)/.exec(reviewer.cookie)?.[1] ?? '';
  t.equal((await send('GET', '/desk', { cookie: `averment_session=${session}` })).status, 200);
  const flipped = [0, 40, session.length - 30, session.length - 2].map((at) => {
    const other = String.fromCharCode(session.charCodeAt(at) ^ 1);
    return session.slice(0, at) + other + session.slice(at + 1);
  });
  for (const value of [...flipped, '', 'x', '%', '%00', session + session, 'a'.repeat(12_000)]) {
    const { status, headers } = await send('GET', '/desk', { cookie: `averment_session=${value}` });
    t.same([status, headers.location], [303, '/sign-in?back=%2Fdesk'], value.slice(0, 20));
  }
  const { status } = await send('GET', '/desk', { cookie: `a=${'b'.repeat(40_000)}` });
  t.equal(status, 431, 'and too many cookies are too many');
});

t.test('forms that are too much, not whole, or of odd fields', async (t) => {
  isPage(t, await reviewer.post('/desk/next', `a=${'x'.repeat(3_000_000)}`), 'too long');
  const claims = '/desk/contribute/claims?incident=new';
  const many = Array.from({ length: 5000 }, (_, at): [string, string] => [`c${at + 1}.kind`, 'add_claim']);
  t.equal((await contributor.post(claims, many)).status, 413, '5,000 changes');
  t.equal(
    (
      await contributor.post(
        claims,
        many.map(([, kind], at): [string, string] => [`p${at + 1}.name`, kind]),
      )
    ).status,
    413,
    '5,000 parties',
  );
  const rows: [string, string][] = [
    ['c1.kind', 'add_claim'],
    ['c1.citations.99999999.quote.exact', 'x'],
  ];
  t.equal((await contributor.post(claims, rows)).status, 413, 'a row far down');
  isPage(
    t,
    await reviewer.post(
      '/desk/queue/views',
      Array.from({ length: 5000 }, (_, at): [string, string] => [`f${at}`, '1']),
    ),
    '5,000 fields',
  );
  const twice = await contributor.post('/desk/contribute/source', [
    ['s.title', 'one'],
    ['s.title', 'two'],
    ['s.text', '\u0000 \ud83d'],
  ]);
  isPage(t, twice, 'NUL, half a letter, and a field twice');
  for (const odd of ['\r\nx: y', '💩', '\u0000', 'a'.repeat(3000)])
    for (const path of [
      `edits/${incident}/1/decision`,
      `edits/${incident}/1/comments`,
      `edits/${incident}/1/lease`,
      'tips/take',
      'contribute/source',
      'erasures',
    ])
      isPage(
        t,
        await contributor.post(`/desk/${path}`, [
          ['idempotencyKey', odd],
          ['etag', odd],
        ]),
        `${path} ${JSON.stringify(odd).slice(0, 20)}`,
      );

  const token = `--x\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${contributor.token}\r\n`;
  const part = (about: string) => `--x\r\ncontent-disposition: form-data; ${about}\r\n\r\nx\r\n`;
  const bound = 'multipart/form-data; boundary=x';
  for (const [body, type] of [
    ['rubbish', bound],
    ['', bound],
    [token, bound],
    [token, 'multipart/form-data'],
    [`${token}${part('name="__proto__"')}--x--\r\n`, bound],
    [`${token}${part('name="file"; filename="a"')}${part('name="file"; filename="b"')}--x--\r\n`, bound],
    [`${token}${part('name="a"').repeat(500)}--x--\r\n`, bound],
    [`${token}${part('name="file"; filename="../<script>"')}--x--\r\n`, bound],
    [`--x\r\ncontent-disposition: form-data; name="_csrf"; filename="a"\r\n\r\n${contributor.token}\r\n--x--\r\n`, bound],
    ['{', 'application/json'],
    ['<a/>', 'application/xml'],
  ] as const)
    isPage(t, await contributor.post('/desk/contribute/source/upload', body, { 'content-type': type }), `${type} ${body.slice(-60)}`);
});

t.test('methods that a page does not have', async (t) => {
  for (const path of ['/', '/incidents', '/desk', '/sign-in']) {
    const head = await send('HEAD', path, { cookie: reviewer.cookie });
    t.same([head.status, head.text], [200, ''], path);
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE'])
      isPage(t, await send(method, path, { cookie: reviewer.cookie }), `${method} ${path}`);
  }
});

t.test('no cache gives one what another one saw', async (t) => {
  const own = ({ headers }: Read) => [headers.get('cache-control'), headers.get('vary')?.split(', ')[0], headers.get('etag')];
  for (const path of ['/', '/incidents', `/incidents/${incident}`, `/sources/${source}`, '/nowhere', '/tips/new', '/sign-in']) {
    t.same(own(await reviewer.get(path)), ['private, no-cache', 'cookie', null], path);
    const { headers, text } = await send('GET', path);
    t.match(headers.vary, /cookie/, path);
    t.notMatch(text, '(reviewer)', path);
    if (/public/.test(String(headers['cache-control']))) t.equal(headers['set-cookie'], undefined, path);
    else t.equal(headers['cache-control'], 'private, no-cache', path);
    const tagged = await send('GET', path, { cookie: reviewer.cookie, 'if-none-match': String(headers.etag ?? '"x"') });
    t.not(tagged.status, 304, `${path}: who has signed in is sent their own`);
    t.match(tagged.text, '(reviewer)', path);
  }
});
