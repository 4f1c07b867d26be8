import { setTimeout as delay } from 'node:timers/promises';

export type Json = Record<string, unknown>;
type Answer = { status: number; body: Json };
/** `step` names the request for good: it is the idempotency key, so a repeat after any crash answers as the first time. */
type Send = { body: unknown; step: string; ifMatch?: string };
export type Client = {
  get(path: string): Promise<Answer>;
  send(method: 'POST' | 'PUT', path: string, request: Send): Promise<Answer>;
};

const tries = 12;
const longestWait = 15;
const answerWithin = 60_000;

/** Seconds to wait before the next try: what the service asked for, within bounds, else a little longer each time. */
const pause = (retryAfter: string | null, tried: number): number => {
  const asked = Number(retryAfter);
  const seconds = retryAfter !== null && Number.isFinite(asked) ? asked : 0.25 * 2 ** tried;
  return Math.min(Math.max(seconds, 0.05), longestWait);
};

const parse = (text: string): Json => {
  try {
    const body: unknown = JSON.parse(text);
    return body !== null && typeof body === 'object' ? (body as Json) : {};
  } catch {
    return { detail: text.slice(0, 200) };
  }
};

/**
 * A client of the HTTP contract for one API key. Tries again, at most 12 times, when the service says 429 or 503 (waiting as its
 * `Retry-After` says, at most 15 s) and when the connection fails; every write carries an idempotency key, so no repeat counts twice.
 * Any other answer is returned as it is. `wait` takes seconds.
 */
export const createClient = (
  url: string,
  key: string,
  wait: (seconds: number) => Promise<unknown> = (seconds) => delay(seconds * 1000),
): Client => {
  const ask = async (method: string, path: string, headers: Record<string, string>, body: string | null): Promise<Answer> => {
    for (let tried = 1; ; tried += 1) {
      let problem: string;
      let retryAfter: string | null = null;
      try {
        const response = await fetch(new URL(path, url), {
          method,
          headers: { authorization: `Bearer ${key}`, accept: 'application/json', ...headers },
          body,
          signal: AbortSignal.timeout(answerWithin),
        });
        const text = await response.text();
        if (response.status !== 429 && response.status !== 503) return { status: response.status, body: parse(text) };
        retryAfter = response.headers.get('retry-after');
        problem = describe({ status: response.status, body: parse(text) });
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        problem = cause instanceof Error ? cause.message || cause.name : String(cause);
      }
      if (tried === tries) throw new Error(`${method} ${path} failed ${tries} times, the last time with: ${problem}`);
      await wait(pause(retryAfter, tried));
    }
  };
  return {
    get: (path) => ask('GET', path, {}, null),
    send: (method, path, { body, step, ifMatch }) =>
      ask(
        method,
        path,
        { 'content-type': 'application/json', 'idempotency-key': step, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
        JSON.stringify(body),
      ),
  };
};

/** What an answer says, in one line: status, title, detail, and where in the body the fault is. */
const describe = ({ status, body }: Answer): string => {
  const errors = Array.isArray(body.errors) ? (body.errors as Json[]) : [];
  const faults = errors.map(({ pointer, message }) => `${String(pointer ?? '')} ${String(message ?? '')}`.trim());
  return [String(status), body.title, body.detail, ...faults].filter((part) => part !== undefined && part !== '').join('; ');
};

/** The body of a 2xx answer; anything else is an error that says what was asked and what came. */
export const succeeded = (answer: Answer, asked: string): Json => {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${asked} was answered ${describe(answer)}`);
  return answer.body;
};
