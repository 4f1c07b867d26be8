import Fastify from 'fastify';
import t from 'tap';
import { useBudget } from '../src/budget.ts';
import { problemPage } from '../src/problems.ts';

/** How forms are held back where too much comes at once. */

const mega = 1024 * 1024;

const deskOf = (bytes: number) => {
  const app = Fastify({ bodyLimit: 34 * mega });
  let signedIn = false;
  let release = (): void => undefined;
  useBudget(app, async () => signedIn, bytes);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  app.addContentTypeParser('multipart/form-data', (_request, payload, done) => payload.resume().once('end', () => done(null)));
  app.setErrorHandler((error, _request, reply) => {
    const { status = 500, headers = {} } = problemPage(error);
    return reply.code(status).headers(headers).send();
  });
  app.post('/', async (request) => {
    if (request.headers['x-wait'] !== undefined) await new Promise<void>((done) => void (release = done));
    return 'done';
  });
  t.teardown(() => app.close());
  const post = (type: string, length: number, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: '/', headers: { 'content-type': type, ...headers }, payload: 'x'.repeat(length) });
  return { post, signIn: () => void (signedIn = true), release: () => release() };
};
const plain = 'application/x-www-form-urlencoded';
const file = 'multipart/form-data; boundary=x';

t.test('while others hold all that may come, a form is refused, and taken once they are answered', async (t) => {
  const { post, release } = deskOf(1000);
  const first = post(plain, 1000, { 'x-wait': 'on' });
  let refused = await post(plain, 1);
  while (refused.statusCode === 200) refused = await post(plain, 1);
  t.equal(refused.statusCode, 503);
  t.equal(refused.headers['retry-after'], '1');
  release();
  t.equal((await first).statusCode, 200);
  t.equal((await post(plain, 1)).statusCode, 200);
});

t.test('a long file is taken only of somebody who has signed in', async (t) => {
  const { post, signIn } = deskOf(64 * mega);
  t.equal((await post(file, mega)).statusCode, 200, 'a short one goes on to where it is told to sign in');
  t.equal((await post(file, 3 * mega)).statusCode, 403);
  signIn();
  t.equal((await post(file, 3 * mega)).statusCode, 200);
});
