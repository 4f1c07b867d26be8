import type { CommandResult } from '@averment/commands';
import { Refusal } from '../problems/problem.ts';

/** The value, or 404 where there is nothing that the caller may see. */
export const found = <T>(value: T | null): T => {
  if (value === null) throw new Refusal('NotFound', { detail: 'There is nothing of that id, or nothing that you may see.' });
  return value;
};

/** The value that a command answers, or the problem that its refusal is. */
export const granted = <T>(result: CommandResult<T>): T => {
  if (result.ok) return result.value;
  const { code, retryAfter, ...details } = result.error;
  throw new Refusal(code, details, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
};

/** An answer with the entity tag that it names. */
export const tagged = <T extends { etag: string }>(body: T) => ({ body, etag: body.etag });
