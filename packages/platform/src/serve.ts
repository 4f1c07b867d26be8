import type { AddressInfo } from 'node:net';
import { listenError, type Place } from './port.ts';

/** For how long answers under way are waited for once a server stops, in milliseconds; less than a process has for stopping. */
const grace = 10_000;

/** What a server needs of the framework's. */
type App = {
  listen(at: { host: string; port: number }): Promise<unknown>;
  close(): Promise<unknown>;
  server: { address(): AddressInfo | string | null; closeAllConnections(): void };
};

export type Server = {
  /** Where it listens, as `http://127.0.0.1:8080`. */
  url: string;
  /** Lets what is under way come to its end, refuses what comes after, and closes every connection. */
  stop(): Promise<void>;
};

/** Starts to listen. Throws a `ConfigError` where it cannot, as when another program has the port. `stopping` is called before it stops. */
export const serve = async (app: App, place: Place, stopping?: () => void): Promise<Server> => {
  const { host, port } = place;
  await app.listen({ host, port }).catch((error: unknown) => {
    throw listenError(error, place);
  });
  const { address, family, port: bound } = app.server.address() as AddressInfo;
  const name = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${name}:${bound}`,
    stop: async () => {
      stopping?.();
      // Fastify's own close either waits for silent connections or cuts requests in flight.
      const limit = setTimeout(() => app.server.closeAllConnections(), grace);
      await app.close();
      clearTimeout(limit);
    },
  };
};
