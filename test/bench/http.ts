import { fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'undici';
import type { Held } from './bare.ts';

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };
export type Http = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  del(path: string): Promise<Answer>;
  close(): Promise<void>;
};

/** A client with that many connections, kept alive, one request at a time on each. */
export const connect = (url: string, connections: number, key: string | null): Http => {
  const pool = new Pool(url, { connections, pipelining: 1, bodyTimeout: 30_000, headersTimeout: 30_000 });
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const ask = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    headers: Record<string, string>,
    sent: string | null,
  ): Promise<Answer> => {
    const {
      statusCode,
      headers: received,
      body,
    } = await pool.request({ method, path, headers: { ...authorization, ...headers }, body: sent });
    return { status: statusCode, headers: received, text: await body.text() };
  };
  return {
    get: (path, headers = {}) => ask('GET', path, headers, null),
    post: (path, body, headers = {}) => ask('POST', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body)),
    del: (path) => ask('DELETE', path, {}, null),
    close: () => pool.close(),
  };
};

/** The body of an answer of that status; anything else ends the bench, because it would measure something else. */
export const expected = (answer: Answer, status: number): Record<string, unknown> => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>);
};

export type Peer = { url: string; stop(): Promise<void> };

/** Starts a peer's server, the file named, as a process of its own. It is told what to serve, and answers where it does. */
export const startPeer = async (file: string, served: Serializable): Promise<Peer> => {
  const child = fork(join(import.meta.dirname, file), { execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'] });
  const gone = once(child, 'exit');
  child.send(served);
  const [first] = await Promise.race([once(child, 'message'), gone]);
  if (typeof first?.url !== 'string') throw new Error(`${file} ended before it served`);
  return {
    url: first.url,
    stop: async () => {
      child.disconnect();
      await gone;
    },
  };
};

/** The server of `bare.ts` with these documents in its memory. */
export const startBare = (documents: readonly Held[]): Promise<Peer> => startPeer('bare.ts', documents as Held[]);
