import { createPlaces } from '@averment/platform';
import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { article, expect, text } from './support/story.ts';

const harness = await harnessFor(t);
/** Milliseconds that no test takes. */
const long = 600_000;
const notReached = { status: 503, headers: { 'retry-after': /^\d+$/ }, body: { type: '/problems/not-reached' } };

t.test('a position beyond the end of the log is not waited for', async (t) => {
  const own = await harness(t, { wait: long });
  const source = expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article() }), 201);
  for (const name of ['record', 'reviews', 'times']) await own.runner.advance(name);
  const ask = (minPosition: string) => own.ask('GET', '/v1/incidents', { query: { minPosition } });
  const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => ask(String(999_999_999 + index))));
  for (const answer of answers) t.match(answer, notReached);
  t.match(answers[0]?.body, { detail: `The log has no position 999999999 yet: it ends at ${text(source, 'position')}.` });
  t.equal((await ask(text(source, 'position'))).status, 200);
  for (const nothing of ['-1', '1.5', 'x', '', String(2n ** 63n), '9'.repeat(20)])
    t.match(await ask(nothing), { status: 400, body: { errors: [{ pointer: '/query/minPosition' }] } }, nothing);
});

t.test('a client that waits takes no place of others, and none of those who need not wait', async (t) => {
  const waiting = createPlaces({ all: 6, each: 4 });
  const own = await harness(t, { wait: long, waiting });
  const first = expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article() }), 201);
  for (const name of ['record', 'reviews', 'times']) await own.runner.advance(name);
  const second = expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ title: 'Another' }) }), 201);
  const ask = (of: typeof first, key: 'reviewer' | 'app' | 'auditor' | null) =>
    own.ask('GET', '/v1/incidents', { key, query: { minPosition: text(of, 'position') } });
  const overloaded = { status: 503, headers: { 'retry-after': /^\d+$/ }, body: { type: '/problems/overloaded' } };

  const refused = Promise.withResolvers<void>();
  const crowd = Array.from({ length: 9 }, async () => {
    const answer = await ask(second, null);
    if (answer.status === 503) refused.resolve();
    return answer;
  });
  await refused.promise;
  t.equal((await ask(first, null)).status, 200, 'what is reached is answered, also to them');
  t.equal((await ask(first, 'reviewer')).status, 200);
  const others = [ask(second, 'reviewer'), ask(second, 'app')];
  let answer = await ask(second, 'auditor');
  t.match(answer, overloaded, 'all places together have an end too');
  t.equal((await ask(first, 'auditor')).status, 200);

  await own.runner.advance('record');
  const answers = await Promise.all(crowd);
  t.equal(answers.filter(({ status }) => status === 200).length, 4, 'so many as one client may have');
  for (const each of answers.filter(({ status }) => status !== 200)) t.match(each, overloaded);
  for (const each of await Promise.all(others)) t.equal(each.status, 200);
  answer = await ask(second, 'auditor');
  t.equal(answer.status, 200);
  for (let count = 0; count < 4; count += 1) t.ok(waiting.take('address 127.0.0.1'), 'all places were left again');
});

t.test('places are counted for each client and for all', async (t) => {
  const places = createPlaces({ all: 3, each: 2 });
  const [leave] = [places.take('one'), places.take('one')];
  t.equal(places.take('one'), null);
  t.ok(places.take('other'));
  t.equal(places.take('third'), null);
  leave?.();
  t.ok(places.take('third'));
  t.equal(places.take('one'), null);
});
