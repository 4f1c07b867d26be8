import { connect, createServer, type Socket } from 'node:net';

/** What ends what was begun, such as a tap test. */
type Scope = { teardown(run: () => void): void };

/** What lies between a client and a server: it can break and stall, whatever server it is. */
export type Wire = {
  url: string;
  /** Breaks every connection. */
  cut(): void;
  /** Breaks every connection, and each new one at once, until the returned function is called. */
  refuse(): () => void;
  /** The next thing that the server says is lost, and its connection breaks. Resolves when that has happened. */
  loseNextAnswer(): Promise<void>;
  /** From now on nothing that the server says arrives, on connections that stay open; the returned function lets it through. */
  stall(): () => void;
};

export const newWire = async (t: Scope, url: string): Promise<Wire> => {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let lose: (() => void) | undefined;
  let stalled = false;
  let refusing = false;
  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    upstreams.add(upstream);
    if (stalled) upstream.pause();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
        upstreams.delete(upstream);
      });
    }
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      if (!lose) {
        client.write(data);
        return;
      }
      client.destroy();
      lose();
      lose = undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    cut();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the wire has no port');
  const own = new URL(url);
  own.port = String(address.port);
  own.hostname = '127.0.0.1';
  return {
    url: own.href,
    cut,
    refuse: () => {
      refusing = true;
      cut();
      return () => {
        refusing = false;
      };
    },
    loseNextAnswer: () =>
      new Promise((resolve) => {
        lose = resolve;
      }),
    stall: () => {
      stalled = true;
      for (const upstream of upstreams) upstream.pause();
      return () => {
        stalled = false;
        for (const upstream of upstreams) upstream.resume();
      };
    },
  };
};
