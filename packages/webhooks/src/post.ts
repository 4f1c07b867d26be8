import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { AddressNotAllowed, isPublicAddress, publicLookup, requirePublicLiteral } from './addresses.ts';
import type { AttemptError } from './shapes.ts';

/** What a receiver answered. `retryAfter` is its `Retry-After` as it was sent. */
export type Answer = { status: number | null; error: AttemptError | null; retryAfter: string | null };
export type Message = { url: string; headers: Record<string, string>; body: string };
/** Never rejects. */
export type Post = (message: Message, signal: AbortSignal) => Promise<Answer>;

/** Of a receiver's answer its status counts; so much of its body is waited for, in bytes, so that the connection ends in order. */
const mostOfBody = 64 * 1024;

/**
 * Sends a message by a connection of its own. Redirects are answers like others. Unless `privateAddresses` allows it, nothing is sent to an address that is not
 * public: names are looked up for the connection itself, and the address that it has is looked at once more. `timeout` is in milliseconds, for all of it.
 */
export const createPost =
  ({ privateAddresses, timeout }: { privateAddresses: boolean; timeout: number }): Post =>
  async ({ url, headers, body }, signal) => {
    const limit = AbortSignal.timeout(timeout);
    let got: Answer | undefined;
    let failure: unknown;
    try {
      await new Promise<void>((resolve, reject) => {
        const to = new URL(url);
        if (!privateAddresses) requirePublicLiteral(to);
        const send = to.protocol === 'https:' ? https : http;
        const request = send(to, {
          method: 'POST',
          headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
          agent: false,
          signal: AbortSignal.any([signal, limit]),
          ...(!privateAddresses && { lookup: publicLookup }),
        });
        request.on('socket', (socket) =>
          socket.on('connect', () => {
            if (!privateAddresses && !isPublicAddress(socket.remoteAddress ?? ''))
              request.destroy(new AddressNotAllowed(`${socket.remoteAddress} is no public address`));
          }),
        );
        request.on('response', (response) => {
          got = { status: response.statusCode ?? null, error: null, retryAfter: response.headers['retry-after'] ?? null };
          let bytes = 0;
          response.on('data', ({ length }: Buffer) => {
            bytes += length;
            if (bytes > mostOfBody) response.destroy();
          });
          response.on('error', () => undefined);
          response.on('close', resolve);
        });
        request.on('error', reject);
        request.end(body);
      });
    } catch (error) {
      failure = error;
    }
    // The status is known, however the body ended.
    if (got !== undefined) return got;
    const error = signal.aborted ? 'interrupted' : limit.aborted ? 'timed_out' : errorOf(failure);
    return { status: null, error, retryAfter: null };
  };

/** What went wrong, without what names or addresses it was about: they may be those of this network. */
const errorOf = (error: unknown): AttemptError => {
  if (error instanceof AddressNotAllowed) return 'address_not_allowed';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name_not_found';
  return /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code) ? 'tls' : 'not_connected';
};
