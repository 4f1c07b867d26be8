import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Many who follow by Server-Sent Events, a process of its own: told where, it opens that many connections, and answers how many have heard how much. */

type Asked = { url: string; path: string; key: string; count: number };

const sockets: Socket[] = [];
let heard = 0;
const tail = new WeakMap<Socket, string>();

const open = async ({ url, path, key }: Asked): Promise<void> => {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  sockets.push(socket);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n\r\n`);
  const begun = once(socket, 'data');
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    // A frame's beginning may be cut in two.
    const text = (tail.get(socket) ?? '') + chunk.toString('latin1');
    heard += text.split('\nid: ').length - 1;
    tail.set(socket, text.slice(-4));
  });
  await begun;
};

process.on('message', async (message: Asked | 'heard'): Promise<void> => {
  if (message === 'heard') return void process.send?.({ heard });
  for (let made = 0; made < message.count; made += 100)
    await Promise.all(Array.from({ length: Math.min(100, message.count - made) }, () => open(message)));
  process.send?.({ open: sockets.length });
});
process.on('disconnect', () => process.exit(0));
