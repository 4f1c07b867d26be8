import type { CommandCode } from '@averment/commands';

/** What the API itself refuses, beside what commands refuse. */
type ApiCode =
  | 'MalformedRequest'
  | 'MalformedJson'
  | 'UnacceptableJson'
  | 'InvalidParameter'
  | 'InvalidBody'
  | 'TimeInFuture'
  | 'Unauthenticated'
  | 'Forbidden'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestTimeout'
  | 'BodyTooLarge'
  | 'UnsupportedMediaType'
  | 'UnsupportedDocument'
  | 'DocumentUnreadable'
  | 'HeadersTooLarge'
  | 'Internal'
  | 'Unavailable'
  | 'RateLimited'
  | 'Overloaded'
  | 'Stopping'
  | 'NotReached'
  | 'Unreadable'
  | 'LogChanged'
  | 'Parked'
  | 'Gone'
  | 'Withheld'
  | 'TooManyViews'
  | 'TooManyWebhooks';

export type ProblemCode = CommandCode | ApiCode;

type ProblemKind = { status: number; title: string; about: string };

/** Every problem there is: the one table between codes and answers. Its `type` is `/problems/<code in kebab case>`, where the API serves this entry. */
export const problems: Record<ProblemCode, ProblemKind> = {
  MalformedRequest: {
    status: 400,
    title: 'The request is malformed',
    about: 'It is no HTTP request that the server understands, or its path cannot be decoded.',
  },
  MalformedJson: { status: 400, title: 'The body is not JSON', about: 'The body does not parse as JSON (RFC 8259), or is not UTF-8.' },
  UnacceptableJson: {
    status: 400,
    title: 'The JSON cannot be taken as it is',
    about:
      'The body parses, but it is nested too deeply, has too many members or values, names a member twice or __proto__, or holds a number that would lose digits, a NUL character or half of a surrogate pair (I-JSON, RFC 7493).',
  },
  InvalidParameter: {
    status: 400,
    title: 'A parameter is not valid',
    about:
      'A part of the path, a query parameter or a header is not what the route takes. Parameters that a route does not know are refused.',
  },
  InvalidBody: {
    status: 422,
    title: 'The body does not fit',
    about: 'The body is JSON, but not of the shape that the route takes. Each entry of `errors` names a place.',
  },
  TimeInFuture: {
    status: 400,
    title: 'That time is in the future',
    about: 'What the record will say at that time cannot be answered yet.',
  },
  Unauthenticated: {
    status: 401,
    title: 'A valid key is needed',
    about:
      'Send `Authorization: Bearer <key>`. The key is missing, unknown, revoked, expired or not confirmed yet; or it is a token that is not valid here now (`detail`).',
  },
  Forbidden: {
    status: 403,
    title: 'Not with this role',
    about: "The key's role may not do this. The roles of each route stand in the OpenAPI document as `x-roles`.",
  },
  SelfApproval: {
    status: 403,
    title: 'Not on an edit of your own',
    about: 'Nobody who contributed to an edit, in any of its versions, may lease or decide it.',
  },
  MachineKinds: {
    status: 403,
    title: 'Not by a machine',
    about:
      'The key is in the hands of a machine, and the rules of the review (`/v1/policy`) do not let machines submit changes of this kind; `detail` names those that they may.',
  },
  TipState: {
    status: 409,
    title: 'The tip does not allow this',
    about: 'It is closed, the caller took it already, or another subject did: a reviewer may take it over. Only who took it closes it.',
  },
  Recused: {
    status: 403,
    title: 'Recused from this',
    about:
      'The caller, or another subject of the same person, is recused from a party that this is about, or from the incident (`/v1/recusals`). Another reviewer has to decide. A recusal is ended by an admin who is not the one recused.',
  },
  NotAuthor: {
    status: 403,
    title: 'Only the author may do this',
    about: 'An edit is revised, rebased and withdrawn by its author alone; a comment is resolved by its writer too.',
  },
  NotFound: { status: 404, title: 'Not found', about: 'There is nothing here, or nothing that the caller may see.' },
  MethodNotAllowed: { status: 405, title: 'The path does not take this method', about: 'The header `Allow` lists those that it takes.' },
  NotAcceptable: {
    status: 406,
    title: 'Not in a form that is accepted',
    about:
      'The header `Accept` allows none of the media types that the path gives. The OpenAPI document has them; refusals are problems whatever it says.',
  },
  RequestTimeout: {
    status: 408,
    title: 'The request took too long to arrive',
    about: 'Headers and body must arrive within the time limits of the server.',
  },
  EditOutdated: {
    status: 409,
    title: 'What the edit rests on has changed',
    about:
      'Record events after the base revision wrote what the edit reads or writes; `events` lists them. Rebase the edit: send it again (PUT) with a new `baseRevision`.',
  },
  PolicyState: {
    status: 409,
    title: 'The rules of the review do not allow this now',
    about:
      'The proposal was adopted or rejected, or was made for another version than that in force: propose it anew. Or it proposes the rules that are in force.',
  },
  RecordState: {
    status: 409,
    title: 'The record does not allow this change now',
    about: 'What the change names is in a state that does not allow it: already retracted, not retracted, already withdrawn.',
  },
  IncidentState: {
    status: 409,
    title: 'The incident takes no such edit now',
    about:
      'An unpublished incident takes no edits. A retracted one takes only its reinstatement and corrections that conceal, a merged one only its un-merging. Both take corrections of what their changes say of themselves.',
  },
  EditState: {
    status: 409,
    title: 'The edit is not in a state for this',
    about: 'Only a submitted edit is leased and decided, only an open one revised or withdrawn.',
  },
  CarryNeeded: {
    status: 409,
    title: 'Say what still applies to the corrected claim',
    about:
      'A dispute or ruling names the claim and the correction changes what it says. List in `carry` those that still apply; the others are detached, visibly.',
  },
  ClaimNamed: {
    status: 422,
    title: 'Something on record is about the claim',
    about:
      'An open dispute, or an effect of a ruling, names the claim, which would leave without it. Withdraw, correct or retract that first, or leave the claim where it is.',
  },
  VoteRepeated: { status: 409, title: 'The same vote again', about: 'A reviewer has one counting vote for each version of an edit.' },
  NoVote: {
    status: 409,
    title: 'There is no vote to take back',
    about:
      'The reviewer has no vote on the current version of the edit that counts: none was cast, it lapsed, or it was taken back before.',
  },
  TextErased: {
    status: 409,
    title: 'A text that this needs was erased',
    about:
      'Nothing can be quoted from a text that was erased or that a decision keeps from sight, and an edit with one can only be revised, rejected or withdrawn.',
  },
  ErasureState: {
    status: 409,
    title: 'The request cannot be decided now',
    about: 'A request of an erasure is decided once it is known where the words stand that it names, and only once.',
  },
  KeyState: {
    status: 409,
    title: 'The key is not in a state for this',
    about:
      'A key that was revoked or has expired is never valid again, one that works needs no confirmation, and a subject has keys of one role. `detail` says which it is.',
  },
  AggregateState: {
    status: 409,
    title: 'The source or party is not in a state for this',
    about: 'It is already registered, or it was withdrawn.',
  },
  LeaseHeld: {
    status: 409,
    title: 'Another reviewer holds the edit',
    about: '`lease` says who, and until when. A lease is advisory: an edit can be decided without one.',
  },
  NoLease: { status: 409, title: 'There is no lease to break', about: 'Nobody else holds the edit now.' },
  SourceExists: {
    status: 409,
    title: 'The document is registered already',
    about: 'A source has the same URL and the same text; `existing` is its id.',
  },
  ExternalIdTaken: {
    status: 409,
    title: 'Something with this externalId is there already',
    about:
      'One value of a scheme belongs to one incident, one source and one party, and as an identifier to one party. `existing` is the id of the one that has it, where the caller may see it: go on with that one. `errors` names what was sent and is something else there; nothing of it was recorded. Where `existing` is missing, an incident is proposed that is not public yet, and there is nothing to be done but to wait.',
  },
  LooksAlike: {
    status: 409,
    title: 'Another party has a name that looks the same',
    about:
      "A name or alias looks like one of another party's, and is written in other characters (UTS 39). `existing` is that party's id, `errors` names all. If both are meant, a reviewer's key can register this one with those ids in `distinctFrom`.",
  },
  Gone: {
    status: 410,
    title: 'What was written here was erased',
    about: 'All that was written of the incident was erased. `GET /v1/takedowns` says when and why, without what it was.',
  },
  LogChanged: {
    status: 410,
    title: 'This is not the log that was followed',
    about:
      'The position, or the one in a cursor, is beyond the end of the log, or `log` names another log: the log was restored from an older backup, or replaced. What was read after the backup may no longer be in the record. Start anew: a follower drops what it has and continues from `after=0` without `log`, a copy of the incidents from `changedAfter=0`, a list begins without a cursor.',
  },
  EtagMismatch: {
    status: 412,
    title: 'The edit has changed',
    about: 'The ETag in `If-Match` is not the current one. Read the edit again.',
  },
  BodyTooLarge: { status: 413, title: 'The body is too large', about: 'The limit of each route stands in the OpenAPI document.' },
  UnsupportedMediaType: {
    status: 415,
    title: 'The body is not application/json',
    about: 'Bodies are JSON in UTF-8, with the content type application/json and without content encoding.',
  },
  UnsupportedDocument: {
    status: 415,
    title: 'No document of this media type is read',
    about: 'The body is a document of one of the media types that the route takes, which `Accept` lists, without content encoding.',
  },
  DocumentUnreadable: {
    status: 422,
    title: 'No text can be made of the document',
    about:
      'It is broken, asks for a password, has no text in it, or is larger or takes longer to read than may be. `detail` says which, and what to do. Its text can still be sent as one.',
  },
  InvalidChange: {
    status: 422,
    title: 'A change breaks a rule of the record',
    about: 'Each entry of `errors` names a place in the body and the rule.',
  },
  LocalTimeUnclear: {
    status: 422,
    title: 'The clocks did not show this time once',
    about:
      "A local time is one that the clocks of the incident's time zone left out, or showed twice. `errors` says what to write. An edit that was submitted before the zone was corrected is revised by its author.",
  },
  QuoteNotFound: {
    status: 422,
    title: 'A quote is not in the text',
    about:
      "The words, with prefix and suffix, do not stand in that revision of the source's text, or not at the position given. How they are set and typed does not matter, nor what is left out at an ellipsis of a passage of at most 300 characters. `errors[].nearest` is the passage that comes nearest, with its offsets.",
  },
  QuoteAmbiguous: {
    status: 422,
    title: 'A quote fits more than once',
    about: '`errors[].offsets` lists the places. Send `position`, or a longer prefix or suffix.',
  },
  PrivateName: {
    status: 422,
    title: 'A private person is named',
    about:
      'A title, statement, summary, ground, note or place has the name of a private person, whom the public reads by a role. `errors[].spans` are the places of names, in code points. Quotes may have them: they are shown without.',
  },
  SourceTextUnknown: {
    status: 422,
    title: 'No such source text',
    about: 'There is no source of that id, or it has no such revision of its text.',
  },
  EditTooLarge: {
    status: 422,
    title: 'The edit is too large',
    about:
      'Its approval would append more than the log takes in one append, it quotes from more text than is searched in one request, or it names more parties and sources than reviewers are shown whole. Divide it.',
  },
  IdempotencyKeyReused: {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    about: 'The same key came before with another body. A key never expires.',
  },
  PreconditionRequired: {
    status: 428,
    title: 'If-Match is needed',
    about:
      "Decisions, their withdrawal and revisions name the edit's ETag (its `etag`) in `If-Match`, one and not `*`, so that they bind to what was read.",
  },
  RateLimited: {
    status: 429,
    title: 'Too many requests of one client',
    about:
      'A key, or an address, may send only so many requests in a minute, and an address only so many keys that are not valid. Send it again after `Retry-After` seconds.',
  },
  QuotaExceeded: {
    status: 429,
    title: 'As much as one subject may send',
    about: 'A subject may register only so many bytes of sources in a day (UTC), and have only so many edits open. Nothing was recorded.',
  },
  HeadersTooLarge: { status: 431, title: 'The headers are too large', about: 'All headers together may have 16 KiB.' },
  Withheld: {
    status: 451,
    title: 'Withheld for legal reasons',
    about:
      'A decision keeps what was written here from all but reviewers and auditors: all of an incident by order of a court, or all of a source, its text or a party (RFC 7725). `GET /v1/takedowns` says since when and why.',
  },
  CommentsOpen: {
    status: 409,
    title: 'Comments are open',
    about:
      'The edit has comments that nobody has resolved. Its author, or who wrote one, can resolve it; an approval with `despiteComments` says why it passes over them.',
  },
  TooManyViews: {
    status: 409,
    title: 'Too many saved views',
    about: 'A subject keeps as many views of the queue as fit into one answer. Delete one, or replace it by saving under its name.',
  },
  TooManyWebhooks: {
    status: 409,
    title: 'Too many webhooks',
    about:
      'A subject may have as many webhooks as the installation allows (`WEBHOOK_LIMIT`). Delete one, or let one have what several had.',
  },
  Internal: {
    status: 500,
    title: 'The server failed',
    about: 'A fault of the server. The trace id tells its operators which request it was.',
  },
  Unavailable: {
    status: 503,
    title: 'Not available now',
    about: 'A store does not answer. Send the request again; send a write with the same Idempotency-Key, since it may have been recorded.',
  },
  Overloaded: { status: 503, title: 'Too many requests at once', about: 'The request was not begun. Send it again later.' },
  Stopping: {
    status: 503,
    title: 'The server is stopping',
    about: 'The request was not begun. Send it again; another process or the next start answers it.',
  },
  NotReached: {
    status: 503,
    title: 'Not that far yet',
    about: 'The read models did not reach the position or time asked for while the request waited.',
  },
  Busy: {
    status: 503,
    title: 'Others keep writing here',
    about: 'Each time that this command tried, others had just written to the incident. Nothing was recorded.',
  },
  Unreadable: {
    status: 503,
    title: 'An event cannot be read',
    about: 'The answer needs an event that cannot be decoded. No partial answer is given.',
  },
  Parked: {
    status: 503,
    title: 'This item waits for an event to be mended',
    about: 'A read model could not take an event of its stream. Until an operator retries or skips it, the item is not answered.',
  },
};

/** `/problems/edit-outdated` for `EditOutdated`. */
export const typeOf = (code: ProblemCode): string => `/problems/${code.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()}`;
