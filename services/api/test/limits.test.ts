import { createLogger } from '@averment/platform';
import { redisMissing, testRedis } from '@averment/platform/testing';
import t from 'tap';
import { openLimitStore } from '../src/limit-store.ts';
import { harnessFor } from './support/harness.ts';
import { article, expect, furnish } from './support/story.ts';

const harness = await harnessFor(t);
const wrong = { headers: { authorization: 'Bearer not-a-key' } };

t.test('keys that are not valid meet 429, and neither the right ones nor the keyless reads of the address pay for it', async (t) => {
  const own = await harness(t, { limits: { requests: null, wrongKeys: 3, tips: null } });
  const statuses = [];
  for (let tried = 0; tried < 5; tried += 1) statuses.push((await own.ask('GET', '/v1/incidents', wrong)).status);
  t.strictSame(statuses, [401, 401, 401, 429, 429]);
  const refused = await own.ask('GET', '/v1/reviews', wrong);
  t.match(refused.body, { type: '/problems/rate-limited', status: 429 });
  t.match(refused.headers['retry-after'], /^[1-9]\d?$/);
  t.equal((await own.ask('GET', '/v1/incidents', { headers: { authorization: 'nonsense' } })).status, 429, 'whatever is not a key');
  t.equal((await own.ask('GET', '/v1/incidents')).status, 200, 'without a key');
  t.equal((await own.ask('GET', '/v1/reviews', { key: 'reviewer' })).status, 200, 'with a right one');
  for (const probe of ['/livez', '/readyz'])
    for (let tried = 0; tried < 5; tried += 1)
      t.equal((await own.ask('GET', probe, wrong)).status, 200, 'and probes do not say which keys are right');
});

t.test('a client is one subject, or one address, and the probes are counted for nobody', async (t) => {
  const own = await harness(t, { limits: { requests: 4, wrongKeys: null, tips: null } });
  const asked = async (key: 'app' | 'auditor' | null, times: number) => {
    const statuses = [];
    for (let tried = 0; tried < times; tried += 1) statuses.push((await own.ask('GET', '/v1/vocabulary', { key })).status);
    return statuses;
  };
  t.strictSame(await asked('app', 6), [200, 200, 200, 200, 429, 429]);
  t.strictSame(await asked('auditor', 1), [200], 'another subject');
  t.strictSame(await asked(null, 5), [200, 200, 200, 200, 429], 'and the address of both is counted for itself');
  t.equal((await own.ask('GET', '/nowhere')).status, 429, 'a path that there is not is a request too');
  for (let tried = 0; tried < 6; tried += 1) t.equal((await own.ask('GET', '/readyz')).status, 200);
  for (let tried = 0; tried < 6; tried += 1)
    t.equal((await own.ask('GET', '/v1/vocabulary', wrong)).status, 401, 'a wrong key takes nothing of it');
});

t.test('with Redis all processes count together, and without it again nobody is refused', { skip: redisMissing }, async (t) => {
  const server = await testRedis(t);
  const [first, second] = [openLimitStore(server.url), openLimitStore(server.url)];
  const stores = [first, second];
  t.teardown(() => Promise.all(stores.map(({ close }) => close())));
  const limited = ({ redis }: (typeof stores)[number]) => harness(t, { limits: { requests: 100_000, wrongKeys: 3, tips: null, redis } });
  const [one, other] = [await limited(first), await limited(second)];
  while (stores.some(({ redis }) => redis.status !== 'ready')) await new Promise((resolve) => setTimeout(resolve, 10));
  const statuses = [];
  for (const each of [one, other, one, other, one]) statuses.push((await each.ask('GET', '/v1/incidents', wrong)).status);
  t.strictSame(statuses, [401, 401, 401, 429, 429]);
  await server.stop();
  t.equal((await one.ask('GET', '/v1/incidents', wrong)).status, 401);
  t.equal((await other.ask('GET', '/v1/incidents')).status, 200);
});

t.test('each request has a line in the log, with no text, no key and no name in it', async (t) => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', name: 'test', write: (line) => lines.push(line) });
  const own = await harness(t, { logger, requestLog: { level: 'info', hashOf: (subject) => `hash-of-${subject.length}` } });
  await furnish(own);
  expect(await own.ask('POST', '/v1/sources?q=secret-query', { key: 'contributor', body: article({ title: 'A secret title' }) }), 400);
  await own.ask('GET', '/v1/incidents?q=secret-words');
  await own.ask('GET', '/v1/incidents/secret-id', { headers: { authorization: 'Bearer secret-key' } });
  await own.ask('GET', '/secret-path');
  await own.ask('GET', '/livez');
  const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'a request was answered');
  t.match(told.at(0), {
    level: 'info',
    method: 'POST',
    route: '/v1/sources',
    status: 201,
    subject: 'hash-of-11',
    ms: Number,
    id: /^[0-9a-f]{32}$/,
  });
  t.match(told.slice(-4), [
    { method: 'GET', route: '/v1/incidents', status: 200, subject: null },
    { method: 'GET', route: '/v1/incidents/:id', status: 401, subject: null },
    { method: 'GET', route: null, status: 404, subject: null },
    { level: 'debug', route: '/livez', status: 200 },
  ]);
  t.equal(told.length, 9, 'one for each');
  t.notMatch(lines.join(''), /secret|Harbour|contributor/, 'and nothing of what was sent');
});

t.test('a proxy that nobody named is told of, once', async (t) => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', name: 'test', write: (line) => lines.push(line) });
  const own = await harness(t, { logger, limits: { requests: 100, wrongKeys: 100, tips: null } });
  for (let times = 0; times < 3; times += 1) await own.ask('GET', '/livez', { headers: { 'x-forwarded-for': '203.0.113.9' } });
  t.equal(lines.filter((line) => line.includes('TRUST_PROXY')).length, 1);
  t.notMatch(lines.join(''), '203.0.113.9');
});
