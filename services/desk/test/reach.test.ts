import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { reach } from '../src/reach.ts';

const api = async (t: Test, answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const read = new Request('http://averment.invalid/v1/incidents?limit=1', { headers: { authorization: 'Bearer key' } });

t.test('a request goes to the api with the address of whoever asks, whatever the client says itself', async (t) => {
  const asked: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const url = await api(t, (request, response) => {
    asked.push(request);
    response.writeHead(200, { etag: '"1"' }).end('{}');
  });
  const answer = await reach(`${url}/`)(new Request(read, { headers: { 'x-forwarded-for': '203.0.113.9' } }), '192.0.2.7');
  await reach(url)(new Request(read, { method: 'POST', body: 'text' }), '192.0.2.7');
  t.match([answer.status, answer.headers.get('etag'), await answer.text()], [200, '"1"', '{}']);
  t.match(asked, [
    { url: '/v1/incidents?limit=1', headers: { 'x-forwarded-for': '192.0.2.7' } },
    { method: 'POST', headers: { authorization: 'Bearer key', 'content-length': '4' } },
  ]);
});

t.test('an api that is away or never answers is told as that, and no page hangs', async (t) => {
  const silent = await api(t, () => undefined);
  const refused = { name: 'Refused', status: 503, retryAfter: '5', message: /does not answer at the moment/ };
  await t.rejects(reach(silent, { reads: 20, writes: 60_000 })(read, '192.0.2.7'), refused);
  await t.rejects(reach('http://127.0.0.1:9')(read, '192.0.2.7'), refused);
});
