import { once } from 'node:events';
import net from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import t from 'tap';
import { useErrors } from '../src/plugins/app/errors.ts';
import { type Load, signalOf, useLoad } from '../src/plugins/app/load.ts';
import { useRouted } from '../src/plugins/app/routed.ts';

/** Milliseconds that no test takes. */
const long = 600_000;

const serverWith = (t: { teardown(run: () => unknown): void }, limits: { handler?: number; patience?: number }) => {
  const app: FastifyInstance = Fastify();
  useErrors(app);
  useRouted(app);
  const load: Load = useLoad(app, { limit: 10, handler: long, patience: long, ...limits });
  const signals: AbortSignal[] = [];
  app.get('/never', (request) => {
    signals.push(signalOf(request));
    return new Promise(() => undefined);
  });
  app.get('/soon', (request) => {
    signals.push(signalOf(request));
    return '1';
  });
  t.teardown(() => app.close());
  return { app, load, signals };
};

const connected = async (app: FastifyInstance) => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = net.connect((app.server.address() as net.AddressInfo).port, '127.0.0.1');
  return { socket, ask: (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`) };
};

t.test('a handler that takes too long is answered for, and its work is given up', async (t) => {
  const { app, load, signals } = serverWith(t, { handler: 50 });
  const answer = await fetch(`${await app.listen({ host: '127.0.0.1', port: 0 })}/never`);
  t.equal(answer.status, 503);
  t.match(await answer.json(), { type: '/problems/unavailable', detail: 'The request took longer than the server allows.' });
  t.match(signals, [{ aborted: true }]);
  t.equal(load.underWay(), 0);
});

t.test('work is given up when its client leaves, and not when it was answered', async (t) => {
  const { app, load, signals } = serverWith(t, {});
  const { socket, ask } = await connected(app);
  ask('/soon');
  await once(socket, 'data');
  ask('/never');
  while (signals.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const left = once(signals[1] as AbortSignal, 'abort');
  socket.destroy();
  await left;
  t.match(signals, [{ aborted: false }, { aborted: true }]);
  t.equal(load.underWay(), 0);
});

t.test('a client that begins nothing after its answer is cut off', async (t) => {
  const { app } = serverWith(t, { patience: 50 });
  const { socket, ask } = await connected(app);
  ask('/soon');
  const [answer] = await once(socket, 'data');
  t.match(String(answer), /^HTTP\/1\.1 200 /);
  await once(socket, 'close');
});
