import { connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';

/** Stands between a client and the server at `url`, and can lose an answer. */
export type CutProxy = {
  url: string;
  /** The next thing that the server says is lost, together with the connection. Resolves when that has happened. */
  loseNextAnswer(): Promise<void>;
};

export const cutProxy = async (t: Test, url: string): Promise<CutProxy> => {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let cut: (() => void) | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      if (cut) {
        client.destroy();
        cut();
        cut = undefined;
      } else {
        client.write(data);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const own = new URL(url);
  own.port = String(address.port);
  return {
    url: own.href,
    loseNextAnswer: () =>
      new Promise((resolve) => {
        cut = resolve;
      }),
  };
};
