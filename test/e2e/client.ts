import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A plain HTTP client of the contract for tests: JSON in, JSON out, one bearer key, the answer whole. What is answered 503 it asks again after the time that
 * the answer names, as any client should: a write under its own Idempotency-Key, so that it counts once.
 */

export type Json = Record<string, unknown>;
export type Answer = { status: number; headers: Headers; body: Json; text: string };
export type Keys = Record<'contributor' | 'contributor2' | 'reviewer' | 'reviewer2' | 'auditor' | 'app' | 'admin' | 'admin2', string>;
export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

/** So often, a second apart, the same is asked: a service that says 503 for longer does not come back. */
const mostRepeats = 300;

/** `key` null reads as the public does. */
export const client = (url: string, key: string | null): Client => {
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const ask = async (method: string, path: string, body: unknown, headers: Record<string, string>, repeats = 0): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 503 && repeats < mostRepeats) {
      await delay(1000 * Number(response.headers.get('retry-after')));
      return ask(method, path, body, headers, repeats + 1);
    }
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, text, body: isJson && text !== '' ? (JSON.parse(text) as Json) : {} };
  };
  return {
    get: (path, headers = {}) => ask('GET', path, undefined, headers),
    send: (method, path, body, headers = {}) => ask(method, path, body, { 'idempotency-key': randomUUID(), ...headers }),
  };
};

/** The answer's body, or an error that shows what came instead. */
export const expectStatus = (answer: Answer, status: number): Json => {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer.body;
};
