import { randomUUID } from 'node:crypto';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { expect, furnish, publish, text } from './support/story.ts';

const harness = await harnessFor(t);
const problem = (status: number, type: string) => ({ status, body: { type: `/problems/${type}` } });
const url = 'https://newsroom.example/averment?of=the%20record';

/** A key of another app in the database. */
const anotherApp = async (own: Harness) => {
  const made = expect(await own.ask('POST', '/v1/keys', { key: 'admin', body: { subject: 'radio', role: 'app' } }), 201);
  return text(made, 'key') as `avk_${string}`;
};
type Key = 'app' | `avk_${string}`;
const create = (own: Harness, body: object = { url }, key: Key = 'app', headers: Record<string, string> = {}) =>
  own.ask('POST', '/v1/webhooks', { key, body, headers });

t.test('a webhook is made, read, given another secret and deleted by its owner alone', async (t) => {
  const own = await harness(t);
  const other = await anotherApp(own);
  const { incident } = await publish(own, await furnish(own));
  const filters = { types: ['ClaimCorrected'], incident, agency: null, region: 'US-WA' };
  const made = expect(await create(own, { url, filters }), 201).body;
  t.match(made, {
    id: /^webhook_/,
    url,
    filters,
    secret: /^whsec_[A-Za-z0-9+/]{43}=$/,
    state: 'active',
    reason: null,
    waiting: 0,
    upTo: String(await own.log.head()),
    formerSecretUntil: null,
  });
  const { secret, ...shown } = made;
  const path = `/v1/webhooks/${made.id}`;
  t.strictSame(expect(await own.ask('GET', path, { key: 'app' }), 200).body, shown, 'its secret is told once');
  t.strictSame(expect(await own.ask('GET', '/v1/webhooks', { key: 'app' }), 200).body, { items: [shown], next: null });
  t.strictSame((await own.ask('GET', '/v1/webhooks', { key: other })).body, { items: [], next: null });
  for (const [method, tail, body] of [
    ['GET', ''],
    ['GET', '/deliveries'],
    ['DELETE', ''],
    ['POST', '/rotate'],
    ['POST', '/enable'],
    ['POST', '/replay', { from: '0' }],
  ] as const)
    t.match(await own.ask(method, `${path}${tail}`, { key: other, ...(body && { body }) }), problem(404, 'not-found'), `${method} ${tail}`);
  const rotated = expect(await own.ask('POST', `${path}/rotate`, { key: 'app' }), 200).body;
  t.match(rotated, { secret: /^whsec_/, formerSecretUntil: /Z$/ });
  t.not(rotated.secret, secret);
  const stored = await own.pool.query('SELECT w::text AS row FROM webhooks.webhooks AS w');
  for (const told of [secret, rotated.secret]) t.notOk(stored.rows[0].row.includes(String(told).slice(6, 40)), 'secrets are sealed');
  t.match(expect(await own.ask('POST', `${path}/replay`, { key: 'app', body: { from: '3' } }), 200).body, { upTo: '2' });
  t.match(
    expect(await own.ask('POST', `${path}/replay`, { key: 'app', body: { from: '5' } }), 200).body,
    { upTo: '2' },
    'nothing is left out',
  );
  expect(await own.ask('DELETE', path, { key: 'app' }), 204);
  for (const method of ['GET', 'DELETE']) t.match(await own.ask(method, path, { key: 'app' }), problem(404, 'not-found'));
});

t.test('a request that is repeated is done once, and answered the same without the secret', async (t) => {
  const own = await harness(t);
  const key = { 'idempotency-key': 'one' };
  const answers = await Promise.all(Array.from({ length: 5 }, () => create(own, { url }, 'app', key)));
  const [first] = answers.filter(({ body }) => body.secret !== null);
  t.same(
    answers.map(({ status }) => status),
    [201, 201, 201, 201, 201],
  );
  t.equal(answers.filter(({ body }) => body.secret !== null).length, 1);
  for (const { body } of answers) t.strictSame({ ...body, secret: null }, { ...first?.body, secret: null });
  t.match(await create(own, { url: `${url}2` }, 'app', key), problem(422, 'idempotency-key-reused'));
  t.match(
    await create(own, { url }, await anotherApp(own), key),
    { status: 201, body: { secret: /^whsec_/ } },
    'keys are each subject’s own',
  );
  const path = `/v1/webhooks/${first?.body.id}`;
  const rotated = expect(await own.ask('POST', `${path}/rotate`, { key: 'app', headers: key }), 200).body;
  const again = expect(
    await (await own.another()).ask('POST', `${path}/rotate`, { key: 'app', headers: { 'idempotency-key': '"one"' } }),
    200,
  );
  t.strictSame(again.body, { ...rotated, secret: null }, 'in another process, and as the draft writes the key');
  const replay = (from: string) => own.ask('POST', `${path}/replay`, { key: 'app', headers: key, body: { from } });
  t.strictSame((await replay('0')).body, (await replay('0')).body);
  t.match(await replay('1'), problem(422, 'idempotency-key-reused'));
  for (const _ of [1, 2]) expect(await own.ask('DELETE', path, { key: 'app', headers: key }), 204);
  t.match(await own.ask('GET', path, { key: 'app' }), problem(404, 'not-found'));
  t.strictSame((await create(own, { url }, 'app', key)).body, { ...first?.body, secret: null }, 'also once it is gone');
  t.strictSame((await own.ask('GET', '/v1/webhooks', { key: 'app' })).body.items, []);
});

t.test('a refusal is decided anew', async (t) => {
  const own = await harness(t, { webhooks: { limit: 2 } });
  const made = [await create(own), await create(own)].map((answer) => text(expect(answer, 201), 'id'));
  const headers = { 'idempotency-key': randomUUID() };
  t.match(await create(own, { url }, 'app', headers), problem(409, 'too-many-webhooks'));
  expect(await create(own, { url }, await anotherApp(own)), 201);
  expect(await own.ask('DELETE', `/v1/webhooks/${made[0]}`, { key: 'app' }), 204);
  expect(await create(own, { url }, 'app', headers), 201);
  const racing = await Promise.all(Array.from({ length: 4 }, () => create(own)));
  t.ok(racing.every(({ status }) => status === 409));
});

t.test('a list goes on by its cursor', async (t) => {
  const own = await harness(t);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(text(expect(await create(own), 201), 'id'));
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = { limit: '2', ...(cursor !== '' && { cursor }) };
    const { items, next } = expect(await own.ask('GET', '/v1/webhooks', { key: 'app', query }), 200).body as {
      items: { id: string }[];
      next: string | null;
    };
    seen.push(...items.map(({ id }) => id));
    cursor = next;
  }
  t.strictSame(seen, ids);
  t.match(await own.ask('GET', '/v1/webhooks', { key: 'app', query: { cursor: 'x' } }), problem(400, 'invalid-parameter'));
});

t.test('URLs that cannot be a receiver’s are refused', async (t) => {
  const own = await harness(t);
  for (const wrong of [
    'http://newsroom.example/',
    'ftp://newsroom.example/',
    'javascript:alert(1)',
    '/hook',
    'newsroom.example',
    'https://user@newsroom.example/',
    'https://user:word@newsroom.example/',
    'https://newsroom.example/#part',
    'https://newsroom.example:25/',
    'https://localhost/',
    'https://intranet/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://10.1.2.3/',
    'https://172.20.0.1/',
    'https://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::10.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:a00:1::]/',
    'https://[fc00::1]/',
    'https://[fe80::1]/',
    'https://[ff02::1]/',
  ]) {
    const answer = await create(own, { url: wrong });
    t.match(answer, problem(422, 'invalid-body'), wrong);
    t.match(answer.body.errors, [{ pointer: '/url' }], wrong);
  }
  for (const right of ['https://newsroom.example:8443/', 'https://8.8.8.8/', 'https://[2606:4700::1111]/', 'https://b\u00fccher.example/'])
    expect(await create(own, { url: right }), 201);
  t.match((await create(own, { url, filters: { types: ['EditSubmitted'] } })).status, 422, 'of the review nothing is sent');
  t.match((await create(own, { url, filters: { colour: 'blue' } })).status, 422);
  const near = await harness(t, { webhooks: { privateAddresses: true } });
  expect(await create(near, { url: 'http://127.0.0.1:81/' }), 201);
});
