import { Refused } from './answers.ts';
import type { DeskOptions } from './desk.ts';

/** In milliseconds: how long the API is waited for. It gives up by itself after 50 s, and what is read comes sooner. */
const usual = { reads: 15_000, writes: 55_000 };

const away = (error: unknown): Refused => {
  const detail = 'The record does not answer at the moment. Nothing is lost by asking again.';
  const problem = { type: 'about:blank', title: 'The service does not answer', status: 503, detail, errors: [], traceId: '' };
  return Object.assign(new Refused(503, problem, '5'), { cause: error });
};

/** Sends requests to an API elsewhere, with the address of whoever asks, by which it counts them. Throws `Refused` where it does not answer in time. */
export const reach =
  (apiUrl: string, patience: typeof usual = usual): DeskOptions['send'] =>
  async (request, address) => {
    const { method, url, body } = request;
    const { pathname, search } = new URL(url);
    const headers = new Headers(request.headers);
    headers.set('x-forwarded-for', address);
    // It is near: coding would cost both more than it spares.
    headers.set('accept-encoding', 'identity');
    try {
      return await fetch(`${apiUrl.replace(/\/$/, '')}${pathname}${search}`, {
        method,
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(method === 'GET' ? patience.reads : patience.writes),
        ...(body !== null && { body: await request.arrayBuffer() }),
      });
    } catch (error) {
      throw away(error);
    }
  };
