import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import t from 'tap';
import { usePages } from '../src/pages.ts';
import type { Route } from '../src/route.ts';

/** What goes to the API, and what to the pages, however the target of a request is written. */

t.test('paths of the API stay its own, all others are pages', async (t) => {
  const app = Fastify();
  const { show } = usePages(app);
  app.get('/v1/things', () => 'api');
  t.teardown(() => app.close());
  await app.listen({ host: '127.0.0.1', port: 0 });
  const pages = { handle: (_: unknown, response: { end(text: string): void }) => response.end('page') };
  await show([{ path: '/v1/things' } as Route], async () => pages, { usedBy: () => undefined } as unknown as Parameters<typeof show>[2]);
  const { port } = app.server.address() as AddressInfo;
  const ask = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path }, (answer) => void answer.setEncoding('utf8').once('data', resolve))
        .once('error', reject)
        .end();
    });
  for (const path of ['/v1/things', `http://127.0.0.1:${port}/v1/things`, '/%761/things', '/v1/things?a=/b'])
    t.equal(await ask(path), 'api', path);
  t.match(await ask('//v1/things'), 'Not Found', 'nor does a page stand in for it');
  for (const path of ['/', '//', '/incidents/v1', `http://127.0.0.1:${port}/incidents`, '/v1x', '/?v1/things', `http://127.0.0.1:${port}`])
    t.equal(await ask(path), 'page', path);
});
