import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that was free a moment ago, and that the system gives to nobody who does not name it: a server that is away for a while finds it free
 * when it comes back, whatever others connect or listen meanwhile.
 */
export const keptPort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
};
