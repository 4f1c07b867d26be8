import type { CommandError, CommandResult } from '@averment/commands';
import { isWithheld, type Withheld } from '@averment/read-models';
import type { Refused } from '@averment/webhooks';
import { Refusal } from '../problems/problem.ts';

/** The value, or 404 where there is nothing that the caller may see. */
export const found = <T>(value: T | null): T => {
  if (value === null) throw new Refusal('NotFound', { detail: 'There is nothing of that id, or nothing that you may see.' });
  return value;
};

/** The value, or 451 where a decision keeps it from the caller. */
export const shown = <T>(value: T | Withheld): T => {
  if (value === 'withheld') throw withheld();
  return value as T;
};

/** What is withheld by order, with where that is said (RFC 7725, 4). */
export const withheld = (): Refusal => new Refusal('Withheld', {}, { link: '</v1/takedowns>; rel="blocked-by"' });

/** A source or party, or 451 where a decision keeps all that was written of it from the caller. */
export const left = <T extends Parameters<typeof isWithheld>[0]>(item: T): T => {
  if (isWithheld(item)) throw withheld();
  return item;
};

/** The value that a command answers, or the problem that its refusal is. */
export const granted = <T>(result: CommandResult<T> | Refused | { ok: true; value: T }): T => {
  if (result.ok) return result.value;
  const { code, retryAfter, ...details }: CommandError | (Refused['error'] & { retryAfter?: number }) = result.error;
  throw new Refusal(code, details, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
};

/** An answer with the entity tag that it names. */
export const tagged = <T extends { etag: string }>(body: T) => ({ body, etag: body.etag });
