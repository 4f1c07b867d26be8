import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type Server, serve } from '@averment/platform';
import t from 'tap';
import { answerBrokenRequest } from '../src/sockets.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { expect, furnish, publish } from './support/story.ts';

const harness = await harnessFor(t);

/** All that a server says to these bytes until it ends the connection. */
const say = async (url: string, bytes: string): Promise<string> => {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  // A server that refuses early may end the connection while the rest is still being sent.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
};
const problemIn = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

const listening = async (t: Parameters<typeof harness>[0], own: Harness): Promise<Server> => {
  const server = await serve(own.app.app, { host: '127.0.0.1', port: 0 }, own.app.load.stop);
  t.teardown(() => server.stop());
  return server;
};

type Received = { status: number | undefined; headers: http.IncomingHttpHeaders; text: string };
const get = (url: string, agent: http.Agent) => {
  const request = http.get(url, { agent });
  const answer = new Promise<Received>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
  });
  return { request, answer };
};
const until = async (condition: () => boolean) => {
  while (!condition()) await turn();
};

t.test('what is no request is answered as a problem too', async (t) => {
  const { url } = await listening(t, await harness(t));
  const cases: [string, string, number, string][] = [
    ['no HTTP', 'hello\r\n\r\n', 400, 'malformed-request'],
    ['an unknown method', 'SHOUT / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed-request'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n', 400, 'malformed-request'],
    ['no host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed-request'],
    ['two lengths', 'POST /v1/sources HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 400, 'malformed-request'],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['a path without end', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers-too-large'],
    [
      'a chunked body above the limit',
      `POST /v1/parties HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer contributor\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${`2000\r\n${'x'.repeat(0x2000)}\r\n`.repeat(40)}0\r\n\r\n`,
      413,
      'body-too-large',
    ],
  ];
  for (const [what, bytes, status, type] of cases) {
    const answer = await say(url, bytes);
    t.match(answer, new RegExp(`^HTTP/1.1 ${status} `), what);
    t.match(answer.toLowerCase(), /content-type: application\/problem\+json\r\n/, what);
    t.match(answer.toLowerCase(), /cache-control: no-store\r\n/, what);
    t.match(answer.toLowerCase(), /vary: authorization, accept-encoding, origin\r\n/, what);
    t.match(problemIn(answer), { type: `/problems/${type}`, status, traceId: /^[0-9a-f]{32}$/ }, what);
  }
});

t.test('a request that does not arrive in time is 408', async (t) => {
  const said: string[] = [];
  const socket = {
    writable: true,
    write: (text: string) => said.push(text),
    end: (body: Buffer) => said.push(String(body)),
    destroy: () => undefined,
  };
  const late = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  answerBrokenRequest(() => 'a'.repeat(32))(late, socket as unknown as net.Socket);
  t.match(said[0], /^HTTP\/1\.1 408 Request Timeout\r\n/);
  t.match(JSON.parse(said[1] ?? ''), { type: '/problems/request-timeout', status: 408 });
  const { server } = (await harness(t)).app.app;
  t.ok(
    server.headersTimeout > 0 && server.requestTimeout > 0 && server.timeout > 0 && server.keepAliveTimeout > 0,
    'and no time is without limit',
  );
});

t.test('a failure is answered without what failed', async (t) => {
  const own = await harness(t);
  await own.pool.query('ALTER TABLE record_v21.sources RENAME COLUMN id TO other');
  const failure = await own.ask('GET', '/v1/sources');
  t.match(failure, { status: 500, body: { type: '/problems/internal', detail: /^A fault of the server/ } });
  t.notMatch(failure.text, /column|select|sources|\.ts/i);
});

t.test('while the database is away the answer is 503, and then all is as before', async (t) => {
  const own = await harness(t);
  const { incident } = await publish(own, await furnish(own));
  const before = expect(await own.read(`/v1/incidents/${incident}`), 200);
  await harness.server.crash();
  for (const path of ['/v1/incidents', `/v1/incidents/${incident}`, '/v1/sources']) {
    t.match(
      await own.ask('GET', path),
      { status: 503, body: { type: '/problems/unavailable' }, headers: { 'retry-after': /^\d+$/ } },
      path,
    );
  }
  t.match(
    await own.ask('POST', `/v1/incidents/${incident}/edits/1/lease`, { key: 'reviewer' }),
    { status: 409 },
    'what needs the log alone is answered',
  );
  t.equal((await own.ask('GET', '/livez')).status, 200);
  await harness.server.start();
  // The models do not wait for the disk: what the crash took of them is taken from the log again.
  t.equal((await own.read(`/v1/incidents/${incident}`)).text, before.text);
});

t.test('above its limit the server answers 503 at once, and the probes all the same', async (t) => {
  const own = await harness(t, { maxUnderWay: 2 });
  const { url } = await listening(t, own);
  // What the two wait for comes through another process.
  const another = await own.another();
  await furnish(another);
  const agent = new http.Agent();
  const waiting = [1, 2].map(() => get(`${url}/v1/incidents?minPosition=1`, agent).answer);
  await until(() => own.app.load.underWay() === 2);
  const third = await get(`${url}/v1/incidents`, agent).answer;
  t.match(third, { status: 503, headers: { 'retry-after': /^\d+$/ }, text: /overloaded/ });
  t.equal((await get(`${url}/livez`, agent).answer).status, 200);
  await Promise.all(another.runner.projections.map(({ name }) => another.runner.advance(name)));
  t.strictSame(
    (await Promise.all(waiting)).map(({ status }) => status),
    [200, 200],
  );
  t.equal((await get(`${url}/v1/incidents`, agent).answer).status, 200);
});

t.test('a client that leaves gives its place back', async (t) => {
  const own = await harness(t);
  await furnish(own);
  const { url } = await listening(t, own);
  const { request, answer } = get(`${url}/v1/incidents?minPosition=1`, new http.Agent());
  answer.catch(() => undefined);
  await until(() => own.app.load.underWay() === 1);
  request.destroy();
  await until(() => own.app.load.underWay() === 0);
  t.pass('nobody waits for it');
});

t.test('one connection does not take all places, and gives back those that it had', async (t) => {
  const own = await harness(t);
  await furnish(own);
  const { url } = await listening(t, own);
  const waiting = 'GET /v1/incidents?minPosition=1 HTTP/1.1\r\nHost: x\r\n\r\n';
  const some = net.connect(Number(new URL(url).port), '127.0.0.1');
  some.write(waiting.repeat(10));
  await until(() => own.app.load.underWay() === 10);
  some.destroy();
  await until(() => own.app.load.underWay() === 0);
  t.equal(await say(url, waiting.repeat(200)), '', 'who asks for too much at once is cut off');
  await until(() => own.app.load.underWay() === 0);
  t.equal((await get(`${url}/v1/incidents`, new http.Agent()).answer).status, 200);
});

t.test('a server that stops answers what it has begun, and begins nothing more', async (t) => {
  const own = await harness(t);
  const server = await serve(own.app.app, { host: '127.0.0.1', port: 0 }, own.app.load.stop);
  const { url } = server;
  await publish(own, await furnish(own));
  const head = String(await own.log.head());
  const late = net.connect(Number(new URL(url).port), '127.0.0.1');
  late.write('GET /v1/incidents HTTP/1.1\r\nHost: x\r\n');
  const idle = new http.Agent({ keepAlive: true });
  t.equal((await get(`${url}/v1/incidents`, idle).answer).status, 200);
  const begun = get(`${url}/v1/incidents?minPosition=${head}`, new http.Agent({ keepAlive: true }));
  await until(() => own.app.load.underWay() === 1);

  let stopped = false;
  const stopping = server.stop().then(() => {
    stopped = true;
  });
  const refusal = once(late, 'data');
  late.write('\r\n');
  const [answer] = await refusal;
  t.match(String(answer), /^HTTP\/1\.1 503 .*connection: close.*problems\/stopping/is, 'a request that comes now is refused');
  await t.rejects(get(`${url}/v1/incidents`, new http.Agent()).answer, { code: 'ECONNREFUSED' }, 'no new connection');
  t.notOk(stopped, 'it waits for what was begun');

  const another = await own.another();
  await Promise.all(another.runner.projections.map(({ name }) => another.runner.advance(name)));
  t.match(await begun.answer, { status: 200, headers: { connection: 'close' } });
  await stopping;
  t.ok(stopped);
});
