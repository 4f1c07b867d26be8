import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The peer of event streams, a process of its own: `node:http` alone, that writes whatever it is told to everybody who is connected. */

const listeners = new Set<ServerResponse>();
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 2000\n\n');
  listeners.add(response);
  request.on('close', () => listeners.delete(response));
});
setInterval(() => {
  for (const listener of listeners) listener.write(':\n\n');
}, 15_000).unref();

process.on('message', (message: 'listen' | string[]) => {
  if (message === 'listen')
    return void server.listen(0, '127.0.0.1', () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
  const bytes = Buffer.from(message.join(''));
  for (const listener of listeners) listener.write(bytes);
  process.send?.({ sent: listeners.size });
});
process.on('disconnect', () => process.exit(0));
