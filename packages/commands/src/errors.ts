import type { DomainError, ErrorCode } from '@averment/domain';

/** Refusals that are the application's, beside those of the domain. */
export type CommandCode =
  | ErrorCode
  /** The same `Idempotency-Key` came with another body before. 422 */
  | 'IdempotencyKeyReused'
  /** The stream was written by others each time that this command tried. Nothing was written; it may be sent again. 503 */
  | 'Busy'
  /** The edit's ETag, that of one version, has to be sent as `If-Match`. 428 */
  | 'PreconditionRequired'
  /** Another subject holds the edit now. 409 */
  | 'LeaseHeld'
  /** Nobody holds the edit, or the caller does: there is no lease to break. 409 */
  | 'NoLease'
  /** The subject has sent as much as it may until then; `retryAfter` is in seconds. 429 */
  | 'QuotaExceeded'
  /** The same URL with the same text is registered; `existing` is its id. 409 */
  | 'SourceExists'
  /** The external id belongs to another thing; `existing` is its id, where the caller may see it, `errors` names what was sent and is not so there. 409 */
  | 'ExternalIdTaken'
  /** A name looks like another party's and is written in other characters; `existing` is that party's id, `errors` names all. 409 */
  | 'LooksAlike';

export type CommandError = Omit<DomainError, 'code'> & {
  code: CommandCode;
  existing?: string;
  retryAfter?: number;
  lease?: { holder: string; until: string };
};

/** A refusal leaves no trace in the log and is decided anew when the same command comes again. */
export type CommandResult<T> = { ok: true; value: T } | { ok: false; error: CommandError };

export const refused = (
  code: CommandCode,
  detail: string,
  more: Omit<CommandError, 'code' | 'detail'> = {},
): { ok: false; error: CommandError } => ({
  ok: false,
  error: { code, detail, ...more },
});
