import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import t, { type Test } from 'tap';
import { type Harness, harnessFor, type Person } from './support/harness.ts';
import { decide, expect, furnish, propose, publish, submit } from './support/story.ts';

const harness = await harnessFor(t);

type Frame = { id: string; data: { position: string; type: string } };
type Stream = {
  response: IncomingMessage;
  text: () => string;
  frames: () => Frame[];
  has: (count: number) => Promise<Frame[]>;
  end: Promise<unknown>;
};

/** Where the harness listens. */
const listening = async ({ app }: Harness): Promise<string> => {
  if (!app.app.server.listening) await app.app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(app.app.server.address() as AddressInfo).port}`;
};

const open = async (t: Test, own: Harness, key: Person = 'app', { path = '/v1/events/stream', last = '' } = {}): Promise<Stream> => {
  const headers = { authorization: `Bearer ${key}`, ...(last && { 'last-event-id': last }) };
  const request = http.get(`${await listening(own)}${path}`, { headers, agent: false });
  t.teardown(() => void request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  const heard = new EventTarget();
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    heard.dispatchEvent(new Event('data'));
  });
  response.on('error', () => undefined);
  const frames = () =>
    [...text.matchAll(/^id: (\d+)\ndata: (.*)\n\n/gm)].map(([, id = '', data = '']) => ({ id, data: JSON.parse(data) as Frame['data'] }));
  const has = async (count: number) => {
    while (frames().length < count) await once(heard, 'data');
    return frames();
  };
  return { response, text: () => text, frames, has, end: new Promise((resolve) => response.on('close', resolve)) };
};

/** Begins a stream of which nothing more is taken; answers the service's end of its connection. */
const takingNothing = async (t: Test, own: Harness, key: Person = 'app'): Promise<Socket> => {
  const url = await listening(own);
  const connected = once(own.app.app.server, 'connection');
  const request = http.get(`${url}/v1/events/stream`, { headers: { authorization: `Bearer ${key}` }, agent: false });
  t.teardown(() => void request.destroy());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.socket.pause();
  return (await connected)[0] as Socket;
};

/** Everything that the feed has for a reader. */
const feedOf = async (own: Harness, key: Person): Promise<Frame['data'][]> => {
  const items: Frame['data'][] = [];
  for (let after = '0'; ; ) {
    const { body } = await own.read('/v1/events', { key, query: { after, limit: '7' } });
    if ((body.items as unknown[]).length === 0) return items;
    items.push(...(body.items as Frame['data'][]));
    after = String(body.next);
  }
};
const advance = (own: Harness) => own.read('/v1/incidents');

t.test('a stream has what the feed has, as each reader sees it, and goes on as things happen', async (t) => {
  const own = await harness(t, { streams: { look: 20 } });
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  await propose(own, world, { title: 'Not published' });
  await advance(own);
  const streams = await Promise.all(
    (['app', 'contributor', 'reviewer', 'auditor', 'app'] as const).map(async (key) => ({ key, stream: await open(t, own, key) })),
  );
  for (const { key, stream } of streams) {
    const items = await feedOf(own, key);
    const frames = await stream.has(items.length);
    t.same(
      frames.map(({ data }) => data),
      items,
      `${key}: the same`,
    );
    t.same(
      frames.map(({ id }) => id),
      items.map(({ position }) => position),
    );
  }
  const [one] = streams;
  t.match(one?.stream.response.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'averment-log': 'test.0',
  });
  const change = { kind: 'rank_claim', claim: refs.c1, rank: 'preferred', reason: 'It is the best sourced.' };
  expect(await submit(own, incident, revision, [change]), 201);
  expect(await decide(own, incident, 2, 'approve'), 200);
  await advance(own);
  for (const { key, stream } of streams) {
    const items = await feedOf(own, key);
    t.same(
      (await stream.has(items.length)).map(({ data }) => data),
      items,
      `${key}: what came since`,
    );
  }
  t.equal(own.app.load.underWay(), 0, 'a stream is no work under way');
});

t.test('a stream resumes just after the position that it was at', async (t) => {
  const own = await harness(t, { streams: { look: 20 } });
  await publish(own, await furnish(own));
  const items = await feedOf(own, 'app');
  for (const at of [0, 1, items.length - 1]) {
    const last = items[at]?.position ?? '';
    const stream = await open(t, own, 'app', { last, path: '/v1/events/stream?after=0' });
    const rest = items.slice(at + 1);
    t.same(
      (await stream.has(rest.length)).map(({ data }) => data),
      rest,
      `after ${at}`,
    );
  }
  const status = async (path: string, more: object = {}) => (await own.ask('GET', path, { key: 'app', ...more })).status;
  t.equal(await status('/v1/events/stream', { headers: { 'last-event-id': 'x' } }), 400);
  t.equal(await status('/v1/events/stream?after=99999999'), 410, 'beyond the end');
  t.equal(await status('/v1/events/stream?log=another.0'), 410, 'of another log');
  t.equal((await own.ask('GET', '/v1/events/stream')).status, 401);
  const { statusCode, headers } = await own.app.app.inject({
    method: 'HEAD',
    url: '/v1/events/stream',
    headers: { authorization: 'Bearer app' },
  });
  t.match({ statusCode, type: headers['content-type'] }, { statusCode: 200, type: 'text/event-stream; charset=utf-8' });
});

t.test('heartbeats come, a key that is revoked ends its streams, and the others go on', async (t) => {
  const revoked = new Set<string>();
  const own = await harness(t, {
    streams: { beat: 20, stillSees: async (authorization) => !revoked.has(authorization) },
  });
  await advance(own);
  const [app, auditor] = [await open(t, own, 'app'), await open(t, own, 'auditor')];
  while (!app.text().includes(':\n\n')) await once(app.response, 'data');
  revoked.add('Bearer app');
  await app.end;
  t.ok(app.response.complete, 'it ends in order');
  const before = auditor.text().length;
  while (auditor.text().length <= before) await once(auditor.response, 'data');
  t.notOk(auditor.response.destroyed);
});

t.test('whoever takes too slowly is cut off, and resumes where it was', async (t) => {
  const own = await harness(t, { streams: { look: 20, most: 2000, beat: 5 } });
  await publish(own, await furnish(own));
  const items = await feedOf(own, 'auditor');
  const slow = await takingNothing(t, own, 'auditor');
  const other = await open(t, own, 'auditor');
  t.same(
    (await other.has(items.length)).map(({ data }) => data),
    items,
    'the others are not held up',
  );
  // What is sent fills what the kernel holds for it.
  const filling = setInterval(() => slow.write(':\n\n'.padStart(100_000, ' ')), 1);
  await once(slow, 'close');
  clearInterval(filling);
  t.pass('it is cut off');
  const resumed = await open(t, own, 'auditor', { last: items[2]?.position ?? '' });
  t.same(
    (await resumed.has(items.length - 3)).map(({ data }) => data),
    items.slice(3),
  );
});

t.test('whoever takes nothing of what it missed is cut off as well', async (t) => {
  const pages = Array.from({ length: 400 }, (_, at) => ({ position: String(at + 1), type: 'x'.repeat(100_000) }));
  const own = await harness(t, {
    streams: {
      beat: 20,
      feed: async (after) => ({ items: pages.slice(Number(after), Number(after) + 5) as never[], next: String(Number(after) + 5) }),
    },
  });
  const slow = await takingNothing(t, own);
  if (!slow.destroyed) await once(slow, 'close');
  t.pass('it is cut off');
});

t.test('a key that is revoked while its client takes nothing ends the stream, and nothing else', async (t) => {
  const revoked = new Set<string>();
  const page = { position: '1', type: 'x'.repeat(600_000) };
  const own = await harness(t, {
    streams: {
      beat: 10,
      stillSees: async (authorization) => !revoked.has(authorization),
      feed: async (after) => ({
        items: (after < 20n ? [{ ...page, position: String(after + 1n) }] : []) as never[],
        next: String(after + 1n),
      }),
    },
  });
  const slow = await takingNothing(t, own);
  revoked.add('Bearer app');
  if (!slow.destroyed) await once(slow, 'close');
  t.equal((await fetch(`${await listening(own)}/livez`)).status, 200);
});

t.test('when the service stops, streams end in order; beyond the limit there are none', async (t) => {
  const own = await harness(t, { streams: { limit: 2 } });
  const streams = [await open(t, own), await open(t, own)];
  const refused = await own.ask('GET', '/v1/events/stream', { key: 'app' });
  t.match(refused, { status: 503, headers: { 'retry-after': '10' } });
  await own.app.app.close();
  for (const { response, end, text } of streams) {
    await end;
    t.ok(response.complete, 'it ends in order');
    t.match(text(), /^retry: \d+\n\n/);
  }
});
