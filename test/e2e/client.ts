/** A plain HTTP client of the contract for tests: JSON in, JSON out, one bearer key, the answer whole. */

export type Json = Record<string, unknown>;
export type Answer = { status: number; headers: Headers; body: Json; text: string };
export type Keys = Record<'contributor' | 'contributor2' | 'reviewer' | 'reviewer2' | 'auditor' | 'app' | 'admin', string>;
export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

/** `key` null reads as the public does. */
export const client = (url: string, key: string | null): Client => {
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const ask = async (method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, text, body: isJson && text !== '' ? (JSON.parse(text) as Json) : {} };
  };
  return {
    get: (path, headers = {}) => ask('GET', path, undefined, headers),
    send: (method, path, body, headers = {}) => ask(method, path, body, headers),
  };
};

/** The answer's body, or an error that shows what came instead. */
export const expectStatus = (answer: Answer, status: number): Json => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer.body;
};
