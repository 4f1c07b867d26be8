import { parseItem, serializeString } from 'structured-headers';
import { Refusal } from '../problems/problem.ts';

/** The key of a request, and what it was taken for while quotation marks counted as part of it: what was written then is found by that. */
export type SentKey = { idempotencyKey: string | null; formerKeys: readonly string[] };

const refusal = (message: string) =>
  new Refusal('InvalidParameter', {
    detail: `Idempotency-Key ${message}.`,
    errors: [{ pointer: '/header/idempotency-key', message }],
  });

/**
 * Reads `Idempotency-Key`: a string of RFC 9651 (`"x"`), as the draft that defines the header has it, or the same plain (`x`). Parameters are passed over: the
 * draft defines none. Throws a `Refusal`.
 */
export const sentKey = (header: string | string[] | undefined): SentKey => {
  if (header === undefined) return { idempotencyKey: null, formerKeys: [] };
  const sent = String(header);
  const key = sent.startsWith('"') ? quoted(sent) : plain(sent);
  if (key.length < 1 || key.length > 255) throw refusal('must have 1 to 255 characters');
  return { idempotencyKey: key, formerKeys: [...new Set([serializeString(key), ...(sent.startsWith('"') ? [sent] : [])])] };
};

const quoted = (sent: string): string => {
  try {
    return parseItem(sent)[0] as string;
  } catch {
    throw refusal(
      'begins with a quotation mark and is no string of RFC 9651: one more has to end it, `\\"` and `\\\\` stand for these signs',
    );
  }
};

const plain = (sent: string): string => {
  if (/^[\x21-\x7e]*$/.test(sent)) return sent;
  throw refusal('must have 1 to 255 visible ASCII characters and no space, or be in quotation marks');
};
