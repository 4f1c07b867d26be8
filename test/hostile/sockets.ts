import type { Keys } from '../e2e/client.ts';
import { type Connection, connectTo, NoAnswer, type Reply } from './wire.ts';
import type { World } from './world.ts';

/** Clients that hold connections rather than use them. */

type Ended = { kind: string; status: number | null };

/** How a held connection ended: with which answer, or null for none. */
const endOf = async (connection: Connection, kind: string): Promise<Ended> => {
  let reply: Reply | null = null;
  try {
    reply = await connection.reply('GET');
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
  await connection.closed;
  return { kind, status: reply?.status ?? null };
};

/** Opens so many connections, a hundred at a time, and says nothing on them. */
export const idle = async (url: string, count: number): Promise<Promise<Ended>[]> => {
  const ends: Promise<Ended>[] = [];
  while (ends.length < count) {
    const opened = await Promise.all(Array.from({ length: Math.min(100, count - ends.length) }, () => connectTo(url)));
    ends.push(...opened.map((connection) => endOf(connection, 'idle')));
  }
  return ends;
};

/** Sends `begin` and then one byte of `rest` a second, or nothing more where there is none, until the server ends the connection. */
const trickle = async (url: string, kind: string, begin: string, rest: string): Promise<Ended> => {
  const connection = await connectTo(url);
  connection.socket.write(begin);
  let sent = 0;
  // The pace is the attack: every byte is new life to a server that only looks for silence.
  const pace = setInterval(() => {
    const byte = rest[sent++];
    if (byte !== undefined && connection.socket.writable) connection.socket.write(byte);
  }, 1000);
  const ended = await endOf(connection, kind);
  clearInterval(pace);
  return ended;
};

/** The forms of slowness: headers and bodies that begin and never end, by the byte or not at all, and a client that is half gone. */
export const slowClients = ({ server, source }: World): Promise<Ended>[] => {
  const key = server.keys.contributor satisfies Keys['contributor'];
  const head = `POST /v1/sources HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`;
  const long = 'a'.repeat(1000);
  return [
    trickle(server.url, 'headers by the byte', 'GET /v1/incidents HTTP/1.1\r\nx-slow: ', long),
    trickle(server.url, 'headers that stop', 'GET /v1/incidents HTTP/1.1\r\nhost: loc', ''),
    trickle(server.url, 'a body by the byte', `${head}content-length: 1000\r\n\r\n{"text":"`, long),
    trickle(server.url, 'a body that stops', `${head}content-length: 1000\r\n\r\n{"text":"`, ''),
    trickle(server.url, 'chunks by the byte', `${head}transfer-encoding: chunked\r\n\r\n3e8\r\n{"text":"`, long),
    halfOpen(server.url, `GET /v1/sources/${source} HTTP/1.1\r\nhost: localhost\r\n`),
  ];
};

/**
 * Asks for one target again and again on one connection and takes no byte of the answers. Resolves when the server has cut it off; it notices by the bytes
 * that it sends, which also keep the connection from being silent.
 */
const slowReader = async (url: string, target: string): Promise<Ended> => {
  const connection = await connectTo(url);
  const { socket } = connection;
  socket.pause();
  socket.write(`GET ${target} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(10));
  const pace = setInterval(() => {
    if (socket.writable) socket.write('\r\n');
  }, 1000);
  await connection.closed;
  clearInterval(pace);
  return { kind: 'reads nothing', status: null };
};

/** So many clients that take none of the answers that they ask for. */
export const slowReaders = (url: string, target: string, count: number): Promise<Ended>[] =>
  Array.from({ length: count }, () => slowReader(url, target));

/** What one connection may send that is no request, or none that is answered: how it ended, and with how many answers. */
export const oddities = (url: string): Promise<{ kind: string; statuses: number[] }>[] => {
  const good = 'GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const sent: Record<string, string> = {
    'a tunnel': 'CONNECT localhost:22 HTTP/1.1\r\nhost: localhost:22\r\n\r\nSSH-2.0-x\r\n',
    'a good request, then noise': `${good}\x00\xff\x16\x03\x01 noise\r\n\r\n${good}`,
    'a good request, then half of one': `${good}GET /livez HTTP/1.1\r\nho`,
    'a handshake of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'HTTP/0.9': 'GET /livez\r\n',
    'an upgrade': 'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nframes',
    'a trace': 'TRACE /livez HTTP/1.1\r\nhost: localhost\r\n\r\n',
    'options of all': 'OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n',
    'a body where none is due': `GET /livez HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\nhello${good}`,
    'two hundred good requests at once': good.replace('livez', 'problems').repeat(200),
  };
  return Object.entries(sent).map(async ([kind, bytes]) => {
    const { socket, closed } = await connectTo(url);
    let answers = '';
    socket.on('data', (chunk: Buffer) => {
      answers += chunk.toString('latin1');
    });
    socket.write(bytes, 'latin1');
    await closed;
    return { kind, statuses: [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)) };
  });
};

/** A client that closes its side in the middle of the headers and goes on listening. */
const halfOpen = async (url: string, begin: string): Promise<Ended> => {
  const connection = await connectTo(url);
  connection.socket.end(begin);
  return endOf(connection, 'half-open');
};
