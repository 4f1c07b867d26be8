import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { KeyKind, Writer } from '@averment/access';
import { commandId } from '@averment/domain';
import type { Random } from '@averment/platform';
import canonicalize from 'canonicalize';

/** Who asks for a change, and with which request. */
export type Caller = {
  subject: string;
  role: Writer;
  /** Whose hands the key is in, or `service` for what the service does by itself; a person's where nothing is said. */
  kind?: KeyKind | 'service';
  method: 'POST' | 'PUT' | 'DELETE';
  /** The path without query, in its one canonical spelling. */
  path: string;
  idempotencyKey: string | null;
  /** Former spellings of that key: what was written under one of them is this request too. */
  formerKeys?: readonly string[];
  /** The JSON body as received, before defaults are filled in; undefined for none. */
  body: unknown;
  /** The trace that the request belongs to; it is stored with the events. */
  correlation: string | null;
};

/** What of a caller tells a request from others. */
export type Sender = Pick<Caller, 'subject' | 'method' | 'path' | 'idempotencyKey' | 'formerKeys' | 'body'>;

/** What the events of a command carry of it; `former` are the ids that it has under the former spellings of its key. */
export type Identity = { command: string; request: string | null; former: readonly string[] };

/** JavaScript writes canonical JSON (RFC 8785) by itself once fields stand in order, in a sixth of the library's time. Null where it would not. */
const writtenInOrder = (body: unknown): string | null => {
  let isPlain = true;
  const inOrder = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(inOrder);
    const fields: Record<string, unknown> = {};
    for (const name of Object.keys(value).sort()) {
      // Numbers are put before all other names, and `__proto__` is none.
      if (/^[\d_]/.test(name)) isPlain = false;
      fields[name] = inOrder((value as Record<string, unknown>)[name]);
    }
    return fields;
  };
  const written = JSON.stringify(inOrder(body));
  // Half of a surrogate pair, which has no canonical form, is written as an escape.
  return isPlain && !written.includes('\\ud') ? written : null;
};

/**
 * The command's id, and the HMAC-SHA-256 (base64url) of its canonical body (RFC 8785) under the server key. Both are the same whenever and wherever the
 * same request with an `Idempotency-Key` is repeated; without a key the id is random.
 */
export const identify = (caller: Sender, { random, serverKey }: { random: Random; serverKey: Buffer | KeyObject }): Identity => {
  const { subject, method, path, formerKeys = [] } = caller;
  const idOf = (key: string) => commandId({ subject, method, path, key });
  return {
    command: idOf(caller.idempotencyKey ?? random.uuid()),
    former: formerKeys.map(idOf),
    request: requestOf(caller.body, serverKey),
  };
};

/** The same for one process, which makes its key once: from bytes Node makes it anew for every request, which takes five times as long as the HMAC itself. */
export const identifying = ({ random, serverKey }: { random: Random; serverKey: Buffer }): ((caller: Sender) => Identity) => {
  const key = createSecretKey(serverKey);
  return (caller) => identify(caller, { random, serverKey: key });
};

/** The HMAC-SHA-256 (base64url) of a body, or of a part of one, by which a repeat is known. */
export const requestOf = (body: unknown, serverKey: Buffer | KeyObject): string =>
  createHmac('sha256', serverKey)
    .update(body === undefined ? '' : (writtenInOrder(body) ?? canonicalize(body) ?? ''))
    .digest('base64url');
