/** Refusals of the domain. The API maps each code to a problem in one table; `detail` says what to do. */
export type ErrorCode =
  /** The changes break a rule of the record; `errors` names each place. 422 */
  | 'InvalidChange'
  /** A local time that the clocks of the incident's time zone left out or showed twice. 422 */
  | 'LocalTimeUnclear'
  /** A quote does not stand in the source's text, or not at the position given; `errors[].nearest` is what comes nearest. 422 */
  | 'QuoteNotFound'
  /** A quote fits more than once and no position tells which; `errors[].offsets` lists them. 422 */
  | 'QuoteAmbiguous'
  /** Words of the record's own name a private person; `errors[].spans` says where. 422 */
  | 'PrivateName'
  /** No such source, or not that revision of its text. 422 */
  | 'SourceTextUnknown'
  /** The text was erased, so nothing can be quoted from it or decided on it. 409 */
  | 'TextErased'
  /** Something that the edit rests on has changed since its base revision; `events` are those in between. 409 */
  | 'EditOutdated'
  /** What the change asks for does not fit what the record holds now (retract what is retracted, and so on). 409 */
  | 'RecordState'
  | 'ClaimNamed'
  /** The incident is proposed, merged or retracted and takes no such change. 409 */
  | 'IncidentState'
  /** The edit is not in a state that allows this. 409 */
  | 'EditState'
  /** A correction would change what a dispute or ruling names, and `carry` does not list it. 409 */
  | 'CarryNeeded'
  /** The same vote on the same version again. 409 */
  | 'VoteRepeated'
  /** The edit is approved while comments on it are open, without saying why. 409 */
  | 'CommentsOpen'
  /** The reviewer has no vote on the current version that could be taken back. 409 */
  | 'NoVote'
  /** A reviewer who contributed to the edit, in any version. 403 */
  | 'SelfApproval'
  /** Who is recused from what this is about, or who would end the own recusal. 403 */
  | 'Recused'
  /** A machine submits a change of a kind that the rules of the review do not let it submit. 403 */
  | 'MachineKinds'
  /** Only the edit's author may do this. 403 */
  | 'NotAuthor'
  /** The edit has changed since the caller read it. 412 */
  | 'EtagMismatch'
  /** No incident, or no edit of that number. 404 */
  | 'NotFound'
  /** What approval would append is more than the log takes in one append. 422 */
  | 'EditTooLarge'
  /** The request of an erasure is decided, or it is still being looked for what it names. 409 */
  | 'ErasureState'
  /** The proposal of rules is closed or stale, or changes nothing. 409 */
  | 'PolicyState'
  /** The key is revoked, expired or confirmed, or its subject has keys of another role. 409 */
  | 'KeyState'
  /** The tip is closed, or another subject has taken it. 409 */
  | 'TipState'
  /** The stream of a source or party already exists or does not exist, or its state does not allow this. 409 */
  | 'AggregateState';

/** One place of a refusal: a JSON Pointer (RFC 6901) into the body of the request. */
type ErrorPlace = {
  pointer: string;
  message: string;
  offsets?: number[];
  /** Where in the text the names stand, in code points, ends exclusive. */
  spans?: { start: number; end: number }[];
  /** What of the text comes nearest to a quote that is not in it, in code points. */
  nearest?: { start: number; end: number; exact: string };
};
/** A record event between an edit's base revision and now. */
export type EventBetween = { revision: number; type: string; keys: string[] };

export type DomainError = { code: ErrorCode; detail: string; errors?: ErrorPlace[]; events?: EventBetween[] };

export type Result<T> = { ok: true; value: T } | { ok: false; error: DomainError };

export const accept = <T>(value: T): Result<T> => ({ ok: true, value });
export const refuse = (
  code: ErrorCode,
  detail: string,
  more: Pick<DomainError, 'errors' | 'events'> = {},
): { ok: false; error: DomainError } => ({
  ok: false,
  error: { code, detail, ...more },
});

/** One thing that is wrong with a request. */
export type Problem = ErrorPlace & { code: ErrorCode };

/** The refusal for a list of problems: those of one code, what no change of the record can mend first. */
export const refuseFor = (problems: readonly [Problem, ...Problem[]]): { ok: false; error: DomainError } => {
  const first = problems.find(({ code }) => code === 'InvalidChange') ?? problems[0];
  const same = problems.filter(({ code }) => code === first.code);
  const others = same.length > 1 ? ` (${same.length - 1} more in errors)` : '';
  return refuse(first.code, `${first.pointer === '' ? 'The body' : first.pointer}: ${first.message}${others}.`, {
    errors: same.map(({ code: _, ...place }) => place),
  });
};
