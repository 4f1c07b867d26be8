import type { AddressInfo } from 'node:net';
import { listenError } from '@averment/platform';
import type { App } from './app.ts';

/** For how long answers under way are waited for once the server stops, in milliseconds; less than a process has for stopping. */
const grace = 10_000;

export type Server = {
  /** Where it listens, as `http://127.0.0.1:8080`. */
  url: string;
  /** Lets what is under way come to its end, refuses what comes after, and closes every connection. */
  stop(): Promise<void>;
};

/** Starts to listen. Throws a `ConfigError` where it cannot, as when another program has the port. */
export const serve = async ({ app, load }: App, { host, port }: { host: string; port: number }): Promise<Server> => {
  await app.listen({ host, port }).catch((error: unknown) => {
    throw listenError(error, { host, port });
  });
  const { address, family, port: bound } = app.server.address() as AddressInfo;
  const name = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${name}:${bound}`,
    stop: async () => {
      load.stop();
      // Fastify's own close either waits for silent connections or cuts requests in flight.
      const limit = setTimeout(() => app.server.closeAllConnections(), grace);
      await app.close();
      clearTimeout(limit);
    },
  };
};
