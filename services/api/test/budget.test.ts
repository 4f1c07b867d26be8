import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from '@averment/platform';
import Fastify from 'fastify';
import t from 'tap';
import { useBudget } from '../src/plugins/app/budget.ts';
import { useErrors } from '../src/plugins/app/errors.ts';
import { harnessFor } from './support/harness.ts';
import { article } from './support/story.ts';

const harness = await harnessFor(t);

type Answer = { status: number | undefined; retryAfter: string | undefined; type: string };

const listening = async (t: Parameters<typeof harness>[0], maxBodyBytes: number) => {
  const own = await harness(t, { maxBodyBytes });
  const server = await serve(own.app.app, { host: '127.0.0.1', port: 0 }, own.app.load.stop);
  t.teardown(() => server.stop());
  /** Begins to post a source. */
  const post = (headers: Record<string, string>) => {
    const all = { authorization: 'Bearer contributor', 'content-type': 'application/json', ...headers };
    const request = http.request(`${server.url}/v1/sources`, { method: 'POST', headers: all });
    const answer = new Promise<Answer>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'], type: text }));
      });
    });
    return { request, answer };
  };
  const bodyOf = (characters: number) => Buffer.from(JSON.stringify(article({ text: 'a'.repeat(characters) })));
  const whole = (body: Buffer) => {
    const { request, answer } = post({ 'content-length': String(body.length) });
    request.end(body);
    return answer;
  };
  return { post, whole, bodyOf };
};
const overloaded = { status: 503, retryAfter: /^\d+$/, type: /\/problems\/overloaded/ };

for (const how of ['announced', 'in chunks'] as const) {
  t.test(`half a body, ${how}, holds what has arrived of it, and gives it back`, async (t) => {
    const { post, whole, bodyOf } = await listening(t, 300_000);
    const [large, other] = [bodyOf(200_000), bodyOf(150_000)];
    const first = post(how === 'announced' ? { 'content-length': String(large.length) } : { 'transfer-encoding': 'chunked' });
    first.request.flushHeaders();
    t.match(await whole(other), { status: 201 }, 'what was only announced keeps nobody out');

    first.request.write(large.subarray(0, 190_000));
    let answer = await whole(other);
    while (answer.status !== 503) answer = await whole(bodyOf(150_000));
    t.match(answer, overloaded, 'what would go beyond the budget is refused');
    t.match(await whole(bodyOf(1000)), { status: 201 }, 'and what fits is taken');

    first.request.end(large.subarray(190_000));
    t.match(await first.answer, { status: 201 }, 'the first is taken in the end');
    answer = await whole(other);
    while (answer.status === 503) answer = await whole(other);
    t.equal(answer.status, 201, 'then others are taken again');
  });
}

t.test('a client that leaves gives back what its body held', async (t) => {
  const { post, whole, bodyOf } = await listening(t, 300_000);
  const body = bodyOf(200_000);
  const first = post({ 'transfer-encoding': 'chunked' });
  first.answer.catch(() => undefined);
  first.request.write(body.subarray(0, 190_000));
  let answer = await whole(body);
  while (answer.status !== 503) answer = await whole(body);
  first.request.destroy();
  while (answer.status === 503) answer = await whole(body);
  t.not(answer.status, 503);
});

t.test('a client that leaves in the middle of a body that was refused harms nobody', async (t) => {
  const { post, whole, bodyOf } = await listening(t, 300_000);
  for (const type of ['text/plain', 'application/json']) {
    const { request, answer } = post({ 'transfer-encoding': 'chunked', 'content-type': type, 'content-encoding': 'gzip' });
    request.on('error', () => undefined);
    request.write(bodyOf(1000));
    answer.catch(() => undefined);
    if (type === 'text/plain') await answer;
    const closed = new Promise((resolve) => request.once('close', resolve));
    request.destroy();
    await closed;
  }
  t.match(await whole(bodyOf(1000)), { status: 201 });
});

t.test('a body in chunks that goes beyond the budget is refused on its way', async (t) => {
  const { post, whole, bodyOf } = await listening(t, 100_000);
  const { request, answer } = post({ 'transfer-encoding': 'chunked' });
  request.write(bodyOf(120_000));
  t.match(await answer, overloaded);
  request.destroy();
  t.match(await whole(bodyOf(50_000)), { status: 201 });
});

t.test('long answers on their way are bounded together, and short ones go on', async (t) => {
  const app = Fastify();
  useErrors(app);
  useBudget(app, { bytes: 0, answers: 250_000 });
  const leave = new Map<string, () => void>();
  // As if the client took its answer only then.
  app.addHook('onSend', async ({ url }) => {
    if (url.startsWith('/waits')) await new Promise<void>((resolve) => leave.set(url, resolve));
  });
  app.get('/waits/:n', () => 'a'.repeat(100_000));
  app.get('/long', () => 'a'.repeat(100_000));
  app.get('/short', () => 'a'.repeat(1000));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const ask = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), type: await answer.text() };
  };
  const waiting = ['/waits/1', '/waits/2'].map(ask);
  while (leave.size < 2) await delay(1);
  t.match(await ask('/long'), overloaded);
  t.match(await ask('/short'), { status: 200 });
  for (const go of leave.values()) go();
  for (const { status } of await Promise.all(waiting)) t.equal(status, 200);
  while ((await ask('/long')).status !== 200) await delay(1);
});
