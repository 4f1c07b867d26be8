import { createLogger, systemRandom } from '@averment/platform';
import t from 'tap';
import { createDesk } from '../src/index.ts';
import { createSessions } from '../src/session.ts';

/** Sessions and forms, beside an API that knows one key and takes tips. */

const serverKey = Buffer.alloc(32, 7);
const tips: string[] = [];
const json = (status: number, body: object) => Response.json(body, { status });
const send = async (request: Request) => {
  const { pathname } = new URL(request.url);
  const problem = { type: 'about:blank', title: 'No', detail: 'This is not valid.', errors: [], traceId: '' };
  if (pathname === '/v1/tips') tips.push(await request.text());
  if (pathname === '/v1/tips') return json(201, { id: 'tip_1', secret: 'secret', expiresAt: '2027-01-01T00:00:00Z' });
  if (pathname === '/v1/me' && request.headers.get('authorization') === 'Bearer key')
    return json(200, { subject: 'one', role: 'reviewer' });
  return json(401, { ...problem, status: 401 });
};
const deskAt = async (origin: string | null) =>
  (await createDesk({ send, serverKey, origin, oidc: null, logger: createLogger({ level: 'silent', name: 'test' }), random: systemRandom }))
    .app;
const app = await deskAt(null);
t.teardown(() => app.close());

const fieldOf = (text: string) => /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
type Answer = Awaited<ReturnType<typeof app.inject>>;
const cookiesOf = ({ cookies }: Answer) => Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
/** A page with a form, as a browser without cookies gets it. */
const form = async (url: string) => {
  const page = await app.inject(url);
  return { token: fieldOf(page.body), cookies: cookiesOf(page) };
};
const post = (
  url: string,
  fields: Record<string, string>,
  more: { cookies?: Record<string, string>; headers?: Record<string, string> } = {},
) =>
  app.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(fields).toString(),
    ...more,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...more.headers },
  });
const tip = {
  about: '/incidents/incident_01jz0000000000000000000000',
  text: 'The <b>date</b> is another one, as the register says.',
  contact: '',
};

t.test('a form is taken with the token and the cookie that it was made with', async (t) => {
  const { token, cookies } = await form('/tips/new');
  tips.length = 0;
  t.match(await post('/tips/new', { ...tip, _csrf: token }, { cookies }), { statusCode: 200, body: /has arrived/ });
  t.match(tips, [/The <b>date/]);
});

t.test('without its token, or with that of somebody else, it is not carried out, and nothing written is lost', async (t) => {
  tips.length = 0;
  const [mine, others] = [await form('/tips/new'), await form('/tips/new')];
  t.not(mine.cookies.averment_form, others.cookies.averment_form, 'no reader gets the token of another');
  for (const [name, asked] of Object.entries({
    'without a cookie': post('/tips/new', { ...tip, _csrf: mine.token }),
    'without a token': post('/tips/new', tip, { cookies: mine.cookies }),
    'with the token of somebody else': post('/tips/new', { ...tip, _csrf: others.token }, { cookies: mine.cookies }),
    'sent from here': post('/tips/new', tip, { cookies: mine.cookies, headers: { 'sec-fetch-site': 'same-origin' } }),
    'sent from here, by an older browser': post('/tips/new', tip, { headers: { host: 'record.example', origin: 'http://record.example' } }),
  })) {
    const answer = await asked;
    t.match(answer, { statusCode: 403, body: /The &lt;b&gt;date&lt;\/b&gt; is another one/ }, name);
    t.match(answer.body, 'Send it now', name);
    t.same(tips, [], name);
    const cookies = { ...mine.cookies, ...cookiesOf(answer) };
    t.equal((await post('/tips/new', { ...tip, _csrf: fieldOf(answer.body) }, { cookies })).statusCode, 200, `${name}: once more`);
    t.equal(tips.splice(0).length, 1, name);
  }
});

t.test('what another site sends is not shown to be sent once more', async (t) => {
  const { cookies } = await form('/tips/new');
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
  ];
  for (const headers of foreign) {
    const answer = await post('/tips/new', tip, { cookies, headers });
    t.match(answer, { statusCode: 403, body: /Another site sent this form/ });
    t.notMatch(answer.body, /is another one|Send it now/);
  }
  t.same(tips, []);
});

t.test('a key in a form that is refused is not shown', async (t) => {
  const key = `averment_${'k'.repeat(40)}`;
  const answer = await post('/sign-in', {
    key,
    back: '/corrections',
    keptAction: '/tips/new',
    keptFields: JSON.stringify([['text', 'kept']]),
  });
  t.match(answer, { statusCode: 403, body: /This was not sent\..*Try it once more/ });
  t.match(answer.body, /name="keptAction" value="\/tips\/new"/, 'and what it carried goes along');
  t.notMatch(answer.body, key);
});

t.test('cookies are of this host alone where the pages are at https', async (t) => {
  for (const [origin, prefix] of [
    [null, ''],
    ['https://record.example', '__Host-'],
  ] as const) {
    const own = await deskAt(origin);
    t.teardown(() => own.close());
    const page = await own.inject('/sign-in');
    const payload = new URLSearchParams({ key: 'key', _csrf: fieldOf(page.body) }).toString();
    const answer = await own.inject({
      method: 'POST',
      url: '/sign-in',
      payload,
      cookies: cookiesOf(page),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    t.equal(answer.statusCode, 303);
    const set = [page, answer].map(({ headers }) => String(headers['set-cookie']));
    t.match(set[0], new RegExp(`^${prefix}averment_form=[^;]+; Path=/; HttpOnly;`));
    t.match(set[1], new RegExp(`^${prefix}averment_session=[^;]+; Max-Age=43200; Path=/; HttpOnly;`));
    for (const one of set) t.match([/; Secure/.test(one), /; SameSite=Lax/.test(one), /Domain/i.test(one)], [origin !== null, true, false]);
    t.equal(answer.headers['strict-transport-security'], origin === null ? undefined : 'max-age=31536000');
    const unprefixed = { averment_session: cookiesOf(answer)[`${prefix}averment_session`] ?? '' };
    t.equal(
      /\(reviewer\)/.test((await own.inject({ url: '/sign-in', cookies: unprefixed })).body),
      origin === null,
      'another host cannot put one in',
    );
  }
});

t.test('a session that is too old, changed, or of another key is nobody’s', async (t) => {
  const sessions = createSessions(serverKey);
  const me = { key: 'key', subject: 'one', role: 'reviewer' };
  const sealed = await sessions.seal(me, 60);
  const shown = async (averment_session: string) =>
    /\(reviewer\)/.test((await app.inject({ url: '/sign-in', cookies: { averment_session } })).body);
  t.ok(await shown(sealed));
  const at = sealed.length - 30;
  const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
  for (const [name, value] of Object.entries({
    'too old': await sessions.seal(me, 0),
    changed,
    'of another key': await createSessions(Buffer.alloc(32, 8)).seal(me, 60),
    'no session': 'averment',
    empty: '',
  }))
    t.notOk(await shown(value), name);
});

t.test('a token that no browser keeps is told where it was written', async (t) => {
  const { token, cookies } = await form('/sign-in');
  const long = 'k'.repeat(4000);
  const own = await createDesk({
    send: async () => json(200, { subject: 'one', role: 'reviewer' }),
    serverKey,
    origin: null,
    oidc: null,
    logger: createLogger({ level: 'silent', name: 'test' }),
    random: systemRandom,
  });
  t.teardown(() => own.app.close());
  const answer = await own.app.inject({
    method: 'POST',
    url: '/sign-in',
    payload: new URLSearchParams({ key: long, _csrf: token }).toString(),
    cookies,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.match(answer, { statusCode: 422, body: /too long for a browser to keep/ });
});
