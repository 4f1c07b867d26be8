import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'undici';
import type { Held } from './bare.ts';

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };
export type Http = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
};

/** A client with that many connections, kept alive, one request at a time on each. */
export const connect = (url: string, connections: number, key: string | null): Http => {
  const pool = new Pool(url, { connections, pipelining: 1, bodyTimeout: 30_000, headersTimeout: 30_000 });
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const ask = async (method: 'GET' | 'POST', path: string, headers: Record<string, string>, sent: string | null): Promise<Answer> => {
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
    close: () => pool.close(),
  };
};

/** The body of an answer of that status; anything else ends the bench, because it would measure something else. */
export const expected = (answer: Answer, status: number): Record<string, unknown> => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>);
};

/** Starts the bare server of `bare.ts` with these documents in its memory. */
export const startBare = async (documents: readonly Held[]): Promise<{ url: string; stop(): Promise<void> }> => {
  const child = fork(join(import.meta.dirname, 'bare.ts'), { execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  child.send(documents);
  await once(child, 'message');
  return {
    url,
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
};
