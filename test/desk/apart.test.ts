import { join } from 'node:path';
import t from 'tap';
import { startProgram, stopPrograms } from '../e2e/processes.ts';
import { startServer } from '../e2e/server.ts';
import { browse } from './browse.ts';

/** The pages as a process of their own, beside an API that has none. */

const desk = 'services/desk/src/main.ts';

t.test('api and desk as two processes', async (t) => {
  const server = await startServer(t, { PAGES: 'off', TRUST_PROXY: '1', WRONG_KEY_LIMIT: '3' });
  const settings = { DESK_API_URL: server.url, DESK_PORT: '0', SERVER_KEY_FILE: join(server.dataDir, 'server.key'), TRUST_PROXY: '1' };
  const pages = await startProgram(t, desk, settings);

  t.match((await fetch(`${server.url}/incidents`)).headers.get('content-type'), 'problem+json', 'the api has no pages');
  t.same(await (await fetch(`${pages.url}/livez`)).json(), { status: 'ok' });
  const one = browse(pages.url);
  const start = await one.get('/');
  t.match([start.status, start.text], [200, /<a class="ds-link" href="\/incidents\//]);
  t.equal(start.headers.get('strict-transport-security'), null);
  const secure = await browse(pages.url, { 'x-forwarded-proto': 'https' }).get('/');
  t.match(secure.headers.get('strict-transport-security'), 'max-age=31536000');

  const signedIn = await one.signIn(server.keys.reviewer);
  t.match([signedIn.status, signedIn.headers.get('location')], [303, '/desk']);
  t.match((await one.get('/')).text, /\(reviewer\)/);

  // Each client is counted by its own address, which the desk says.
  const hasty = browse(pages.url, { 'x-forwarded-for': '192.0.2.7' });
  for (let count = 0; count < 3; count += 1) t.match(await hasty.signIn('averment_wrong'), { status: 422 });
  t.match(await hasty.signIn('averment_wrong'), { status: 429, text: /Ask again in \d+ s/ });
  t.equal((await browse(pages.url, { 'x-forwarded-for': '192.0.2.8' }).signIn('averment_wrong')).status, 422);

  await server.stop();
  const away = await one.get('/');
  t.match([away.status, away.headers.get('retry-after'), away.text], [503, '5', /does not answer at the moment/]);
  t.equal((await fetch(`${pages.url}/livez`)).status, 200, 'the desk itself goes on');
  t.same(await stopPrograms([pages]), [0]);
});

t.test('whose settings cannot be used is told why', async (t) => {
  const ended = startProgram(t, desk, { DESK_API_URL: 'api', SERVER_KEY_FILE: '/nowhere' });
  await t.rejects(ended, /ended with 78 before it was ready/);
  await t.rejects(startProgram(t, desk, { SERVER_KEY_FILE: '/nowhere' }), /ended with 78 before it was ready/);
});
