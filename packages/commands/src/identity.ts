import { createHmac, type KeyObject } from 'node:crypto';
import type { Writer } from '@averment/access';
import { commandId } from '@averment/domain';
import type { Random } from '@averment/platform';
import canonicalize from 'canonicalize';

/** Who asks for a change, and with which request. */
export type Caller = {
  subject: string;
  role: Writer;
  method: 'POST' | 'PUT' | 'DELETE';
  /** The path without query, in its one canonical spelling. */
  path: string;
  idempotencyKey: string | null;
  /** The JSON body as received, before defaults are filled in; undefined for none. */
  body: unknown;
  /** The trace that the request belongs to; it is stored with the events. */
  correlation: string | null;
};

/** What the events of a command carry of it. */
export type Identity = { command: string; request: string };

/**
 * The command's id, and the HMAC-SHA-256 (base64url) of its canonical body (RFC 8785) under the server key. Both are the same whenever and wherever the
 * same request with an `Idempotency-Key` is repeated; without a key the id is random.
 */
export const identify = (caller: Caller, { random, serverKey }: { random: Random; serverKey: Buffer | KeyObject }): Identity => {
  const { subject, method, path } = caller;
  const body = caller.body === undefined ? '' : (canonicalize(caller.body) ?? '');
  return {
    command: commandId({ subject, method, path, key: caller.idempotencyKey ?? random.uuid() }),
    request: createHmac('sha256', serverKey).update(body).digest('base64url'),
  };
};
