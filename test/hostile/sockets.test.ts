import t from 'tap';
import { article } from './right.ts';
import { idle, oddities, slowClients, slowReaders } from './sockets.ts';
import { bytesOf, connectTo, createWire, NoAnswer, type Reply } from './wire.ts';
import { createWorld, type World } from './world.ts';

const sockets = 300;
const world: World = await createWorld(t);
const { url, keys } = world.server;
const resident = async () => Number(/^process_resident_memory_bytes (\S+)/m.exec((await world.as('none').get('/metrics')).text)?.[1]);

t.test('idle, slow and half-open connections are ended, and others are served meanwhile', async (t) => {
  const open = await idle(url, sockets);
  const slow = [...slowClients(world), ...slowReaders(url, '/openapi.json', 20)];
  let ended = 0;
  const ends = [...open, ...slow].map(async (end) => {
    const value = await end;
    ended += 1;
    return value;
  });
  const all = Promise.all(ends);
  let served = 0;
  while (ended < ends.length) {
    const { status } = await world.as('none').get(`/v1/incidents/${world.incident}`);
    if (status !== 200) t.fail(`a reader was answered ${status}`);
    served += 1;
    // One reader, at ease: the next question once a connection ends or an answer of another kind has come.
    await Promise.race([all, world.as('reviewer').get('/v1/reviews')]);
  }
  for (const { kind, status } of (await all).slice(sockets)) {
    t.ok(status === 408 || status === 400 || status === null, `${kind}: ended with ${status ?? 'no answer'}`);
  }
  const statuses = new Set((await all).slice(0, sockets).map(({ status }) => status));
  t.ok(
    [...statuses].every((status) => status === 408 || status === null),
    `${sockets} idle connections: ended with ${[...statuses]}`,
  );
  t.ok(served > 10, `${served} readers were served meanwhile`);
});

t.test('what is no request, or none that is taken, is answered or ended', async (t) => {
  const { 'a good request, then half of one': half, ...ends } = Object.fromEntries(
    (await Promise.all(oddities(url))).map(({ kind, statuses }) => [kind, statuses]),
  );
  // Between two requests and within the second one the same time is allowed: whichever limit is looked at first ends it.
  t.match(JSON.stringify(half), /^\[200(,408)?\]$/, 'a good request is answered, and half of one ended');
  t.strictSame(ends, {
    'a tunnel': [],
    'a good request, then noise': [400],
    'a handshake of TLS': [400],
    'the preface of HTTP/2': [400],
    'HTTP/0.9': [408],
    'an upgrade': [200],
    'a trace': [405],
    'options of all': [404],
    'a body where none is due': [200, 200],
    'two hundred good requests at once': [],
  });
  t.equal((await world.as('none').get('/readyz')).status, 200);
});

t.test('more requests than can be under way are answered 503 with Retry-After, and the service comes back by itself', async (t) => {
  const before = await resident();
  const most = 512;
  let refused = 0;
  const enough = Promise.withResolvers<void>();
  const headers: [string, string][] = [
    ['host', 'localhost'],
    ['authorization', `Bearer ${keys.contributor}`],
    ['content-type', 'application/json'],
    ['content-length', '1000'],
  ];
  // Their bodies do not come, so what was begun stays under way until its client leaves.
  const waiting = Array.from({ length: 900 }, async (): Promise<Reply | null> => {
    const connection = await connectTo(url);
    void enough.promise.then(() => connection.socket.destroy());
    try {
      const reply = await connection.exchange(bytesOf({ method: 'POST', target: '/v1/sources', headers, body: null }), 'POST');
      refused += 1;
      if (refused === 900 - most) enough.resolve();
      return reply;
    } catch (error) {
      if (error instanceof NoAnswer) return null;
      throw error;
    } finally {
      connection.socket.destroy();
    }
  });
  const replies = (await Promise.all(waiting)).filter((reply) => reply !== null);
  const faults = replies.flatMap(({ status, headers: sent, body }) =>
    status === 503 && sent.has('retry-after') && body.includes('/problems/overloaded') ? [] : [`${status} ${body}`],
  );
  t.strictSame(faults, []);
  t.ok(replies.length >= 900 - most, 'all beyond the limit were refused at once');
  t.equal((await world.as('none').get(`/v1/incidents/${world.incident}`)).status, 200, 'then it serves as before');
  t.equal((await world.as('none').get('/readyz')).status, 200);
  t.comment(`memory of the api: ${Math.round(before / 2 ** 20)} MiB, then ${Math.round((await resident()) / 2 ** 20)} MiB`);
});

t.test('large bodies at once are taken or refused, and do not fill the memory', async (t) => {
  const text = 'a'.repeat(900_000);
  const wire = createWire(url);
  t.teardown(() => wire.close());
  const body = Buffer.from(JSON.stringify({ ...article, kind: 'nonsense', text }));
  const headers: [string, string][] = [
    ['host', 'localhost'],
    ['content-type', 'application/json'],
    ['authorization', `Bearer ${keys.contributor}`],
  ];
  const before = await resident();
  const statuses = new Map<number, number>();
  for (let round = 0; round < 4; round += 1) {
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => wire.send({ method: 'POST', target: '/v1/sources', headers, body })),
    );
    for (const { status } of replies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  t.strictSame(
    [...statuses.keys()].filter((status) => status !== 422 && status !== 503),
    [],
    `${[...statuses].join(' ')}`,
  );
  const after = await resident();
  t.ok(after - before < 512 * 2 ** 20, `memory of the api: ${Math.round(before / 2 ** 20)} MiB, then ${Math.round(after / 2 ** 20)} MiB`);
});
