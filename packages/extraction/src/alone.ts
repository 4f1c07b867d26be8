import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

/** Takes the network from a process. Node before 25 has no permission for it that could be withheld. No library here uses it; if one begins to, it shall fail. */

const refuse = (): never => {
  throw new Error('a document is read without the network');
};
net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;
dgram.Socket.prototype.send = refuse;
Object.assign(dns, { lookup: refuse, resolve: refuse });
Object.assign(globalThis, { fetch: refuse, WebSocket: undefined, EventSource: undefined });
