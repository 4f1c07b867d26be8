import { connect, type Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** HTTP/1.1 as bytes, so that requests can be sent that no client library would send, and answers are read without forgiveness. */

export type Request = { method: string; target: string; headers: [string, string][]; body: Buffer | null };
/** Header names are in lower case; a name that came twice has two values. The body is decoded. */
export type Reply = { status: number; headers: Map<string, string[]>; body: Buffer };

/** The request as it goes over the wire. Header values and the target are Latin-1; `Content-Length` is added unless it is there or the body is chunked. */
export const bytesOf = ({ method, target, headers, body }: Request): Buffer => {
  const framed = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  const all: [string, string][] = body === null || framed ? headers : [...headers, ['content-length', String(body.length)]];
  const head = `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]);
};

const codings: Record<string, (body: Buffer) => Buffer> = { br: brotliDecompressSync, gzip: gunzipSync };

/** The answer that the bytes begin with and where it ends; undefined while it is not whole. Throws where they are no answer. */
const readReply = (bytes: Buffer, method: string, closed: boolean): { reply: Reply; end: number } | undefined => {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  if (!Number.isInteger(status)) throw new Error(`no status line: ${first.slice(0, 200)}`);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\0\r\n]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no header line: ${line.slice(0, 200)}`);
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  const start = headEnd + 4;
  if (status < 200) return readReply(bytes.subarray(start), method, closed);
  const decode = codings[headers.get('content-encoding')?.[0] ?? ''];
  const whole = (body: Buffer, end: number) => ({ reply: { status, headers, body: decode && body.length > 0 ? decode(body) : body }, end });
  // An event stream never ends: what came of it is its answer, and nothing can be asked for behind it.
  if (headers.get('content-type')?.[0]?.startsWith('text/event-stream')) {
    headers.set('connection', ['close']);
    return whole(Buffer.alloc(0), bytes.length);
  }
  if (method === 'HEAD' || status === 204 || status === 304) return whole(Buffer.alloc(0), start);
  if (headers.get('transfer-encoding')?.[0] === 'chunked') return readChunks(bytes, start, whole);
  const length = Number(headers.get('content-length')?.[0] ?? Number.NaN);
  if (Number.isNaN(length)) return closed ? whole(bytes.subarray(start), bytes.length) : undefined;
  return bytes.length < start + length ? undefined : whole(bytes.subarray(start, start + length), start + length);
};

const readChunks = <T>(bytes: Buffer, start: number, whole: (body: Buffer, end: number) => T): T | undefined => {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (bytes.length < line + 2 + size + 2) return undefined;
    if (size === 0) return whole(Buffer.concat(chunks), line + 4);
    chunks.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
};

/** The connection ended before an answer was whole. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export type Connection = {
  socket: Socket;
  /** Sends bytes and waits for the answer to a request of that method. Rejects with `NoAnswer` where the connection ends instead. */
  exchange(bytes: Buffer, method: string): Promise<Reply>;
  /** The next answer, without sending anything. */
  reply(method: string): Promise<Reply>;
  /** Fulfilled once the connection is closed, however. */
  closed: Promise<void>;
  usable(): boolean;
};

/** Opens a connection to the server at `url` (http, an address of the loopback). */
export const connectTo = async (url: string): Promise<Connection> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received = Buffer.alloc(0);
  let pending: Buffer[] = [];
  let waiting: ((closed: boolean) => void) | null = null;
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => {
    pending.push(chunk);
    waiting?.(false);
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) =>
    socket.once('close', () => {
      isClosed = true;
      waiting?.(true);
      resolve();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let broken = false;
  const reply = (method: string) =>
    new Promise<Reply>((resolve, reject) => {
      const look = (ended: boolean) => {
        received = Buffer.concat([received, ...pending]);
        pending = [];
        try {
          const found = readReply(received, method, ended);
          if (found) {
            received = received.subarray(found.end);
            if (found.reply.headers.get('connection')?.[0] === 'close') broken = true;
            waiting = null;
            resolve(found.reply);
          } else if (ended) reject(new NoAnswer(`the connection ended after ${received.length} bytes of an answer`));
        } catch (error) {
          broken = true;
          waiting = null;
          socket.destroy();
          reject(error as Error);
        }
      };
      waiting = look;
      look(isClosed);
    });
  return {
    socket,
    reply,
    exchange: (bytes, method) => {
      if (!isClosed) socket.write(bytes);
      return reply(method);
    },
    closed,
    usable: () => !isClosed && !broken && received.length === 0 && socket.writable,
  };
};

export type Wire = {
  /** Sends a request over a connection that is kept open; over a new one where `alone`. Rejects with `NoAnswer` where none came. */
  send(request: Request, alone?: boolean): Promise<Reply>;
  close(): void;
};

/** Connections to one server that are used again. A kept connection may end just as it is used again, so an answer missing there is asked for once more. */
export const createWire = (url: string): Wire => {
  const idle: Connection[] = [];
  const fresh = async (request: Request, alone: boolean): Promise<Reply> => {
    const connection = await connectTo(url);
    const reply = await connection.exchange(bytesOf(request), request.method);
    if (alone || !connection.usable()) connection.socket.destroy();
    else idle.push(connection);
    return reply;
  };
  return {
    send: async (request, alone = false) => {
      for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
        if (alone || !kept.usable()) {
          kept.socket.destroy();
          continue;
        }
        try {
          const reply = await kept.exchange(bytesOf(request), request.method);
          if (kept.usable()) idle.push(kept);
          else kept.socket.destroy();
          return reply;
        } catch (error) {
          if (!(error instanceof NoAnswer)) throw error;
        }
      }
      return fresh(request, alone);
    },
    close: () => {
      for (const { socket } of idle) socket.destroy();
    },
  };
};
