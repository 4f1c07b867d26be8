import { backoff, pause, retryAfter } from './waiting.ts';

/** Sends a request, as `fetch` does. */
export type Send = (request: Request) => Promise<Response>;

/** Why a request is sent again, and in how many milliseconds. */
export type Wait = { reason: string; milliseconds: number };

export type Retries = {
  /** How often a request is sent again at most. */
  times?: number;
  /** The longest that is waited for one repeat, in milliseconds. An answer that asks for a longer wait is handed on. */
  most?: number;
  /** Is told of each repeat before its wait. */
  onWait?: (wait: Wait) => void;
};

/** What says that nothing was begun, or not whether. 502 and 504 are those of a proxy whose service is away. */
const passing = new Set([429, 502, 503, 504]);
const writes = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** The whole answer where it is JSON: one that breaks off in the middle is none. Other bodies are read by whoever asked. */
const whole = async (answer: Response): Promise<Response> => {
  const { status, statusText, headers } = answer;
  if (answer.body === null || !/\bjson\b/.test(headers.get('content-type') ?? '')) return answer;
  return new Response(await answer.arrayBuffer(), { status, statusText, headers });
};

/**
 * Sends a request again that was not answered whole, or answered 429, 502, 503 or 504: after what `Retry-After` says, else longer each time.
 * It is safe, since a write goes under one `Idempotency-Key` each time, its own or one that is made here: the service carries it out once (docs/api.md, 4).
 * What is refused otherwise, the last answer, and the last error are handed on.
 */
export const retrying =
  (send: Send, { times = 5, most = 60_000, onWait }: Retries = {}): Send =>
  async (request) => {
    if (writes(request.method) && !request.headers.has('idempotency-key')) request.headers.set('idempotency-key', crypto.randomUUID());
    for (let failures = 0; ; failures += 1) {
      const isLast = failures >= times;
      let wait: Wait;
      try {
        const answer = await whole(await send(isLast ? request : request.clone()));
        const milliseconds = retryAfter(answer.headers.get('retry-after')) ?? backoff(failures);
        if (isLast || !passing.has(answer.status) || milliseconds > most) return answer;
        await answer.body?.cancel();
        wait = { reason: `answered ${answer.status}`, milliseconds };
      } catch (error) {
        // `fetch` tells of a network that fails by a TypeError (Fetch Standard, 5.6).
        if (isLast || request.signal.aborted || !(error instanceof TypeError)) throw error;
        wait = { reason: reasonOf(error), milliseconds: backoff(failures) };
      }
      onWait?.(wait);
      await pause(wait.milliseconds, request.signal);
      request.signal.throwIfAborted();
    }
  };

/** Why there was no answer, in words. */
export const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  const { code, message: deeper } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? deeper ?? message;
};
