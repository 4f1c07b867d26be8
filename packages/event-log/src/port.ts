/**
 * The event log's port: a record of functions. Every adapter passes the same contract suite (`test/contract.ts`), which asserts nothing stronger than
 * what is said here. `E` is the event as the fold takes it, fixed by the caller (`DomainEvent` of `packages/domain`).
 */

/** An event that a command made. The log adds schema, stream, revision and `last`; `data` is whole, with its texts in place. */
export type EventToAppend = {
  /** UUID derived from the command and the event's index in it, so that a repeat has the same ids. */
  id: string;
  type: string;
  /** The command's clock, ISO 8601 in UTC. */
  at: string;
  actor: string;
  edit: number | null;
  command: string;
  /** HMAC of the request's body, on a command's first event only. */
  request: string | null;
  correlation: string | null;
  data: object;
};

/**
 * What became of one append. `revision` and `position` are those of the append's last event, and the same on every repeat.
 * - `written`: the events are on disk.
 * - `repeated`: the same ids (or a prefix of an earlier append's) stand at exactly these revisions already; the first bytes and texts are kept.
 * - `wrong_revision`: the stream is at `actual` (-1: no such stream). Nothing was written, and this very append never will be.
 */
export type AppendOutcome =
  | { outcome: 'written' | 'repeated'; revision: number; position: bigint }
  | { outcome: 'wrong_revision'; actual: number };

/**
 * `written` hands back what was just stored, as `readStream` without texts would, so that the caller need not read it. Only after `written`, and only from
 * stores that answer with position and stamp.
 */
export type Appended<E extends object> = AppendOutcome & { written?: () => Logged<E>[] };

/** Where an event stands in the log. Positions are totally ordered and opaque: they may have gaps. */
export type Place = {
  stream: string;
  /** Counts from 0 in each stream, without gaps. */
  revision: number;
  /** Revision of the last event of the same append: a reader that commits only where `revision === last` never splits an append. */
  last: number;
  position: bigint;
  /** The store's clock, ISO 8601 in UTC with microseconds. One stamp an append, later than that of every append before it. */
  recordedAt: string;
};

/** Where an event stands, and nothing else of it. */
export const placeOf = ({ stream, revision, last, position, recordedAt }: Place): Place => ({
  stream,
  revision,
  last,
  position,
  recordedAt,
});

/** An event that was seen: where it stood, and the SHA-256 of its stored bytes (lower-case hex). Whoever follows a log knows it again by such a mark. */
export type Mark = { position: bigint; sha256: string };

/**
 * A stored event that this version of the program cannot give to a fold.
 * - `unknown_type`, `unknown_schema`: written by another version of the program.
 * - `text_missing`: a text is neither in the vault nor erased by an event of its stream.
 * - `corrupt`: the bytes are not what was stored.
 */
export type Undecodable = Place & {
  undecodable: 'unknown_type' | 'unknown_schema' | 'text_missing' | 'corrupt';
  error: string;
  id: string;
  type: string;
} & Bytes;

/** `sha256` is that of the stored bytes, as in `Mark`; `canonical` are those bytes and `disclosures` those of its texts, where they were asked for. */
type Bytes = { sha256?: string; canonical?: string; disclosures?: readonly string[] };
export type Logged<E> = (E & Bytes) | Undecodable;

/** Tells an event from one that could not be decoded. */
export const isUndecodable = <E extends object>(event: Logged<E>): event is Undecodable => 'undecodable' in event;

/** An event as it lies in the store: its canonical JSON (RFC 8785), and the disclosures (RFC 9901) that the vault holds for it. */
export type StoredEvent = Place & {
  id: string;
  type: string;
  /** The event without its texts. Its UTF-8 bytes are what was stored, and what is hashed. */
  canonical: string;
  /** Of the canonical bytes, in lower-case hex; also the vault's key. */
  sha256: string;
  /** Base64url disclosures; empty when nothing is disclosed or texts were not asked for. */
  disclosures: readonly string[];
};

export type ReadStreamOptions = {
  /** Last revision wanted, inclusive; to the stream's end by default. */
  to?: number;
  /** No event after this position. */
  until?: bigint;
  /** Only events of these types: of the others neither bytes are decoded nor texts read. */
  types?: ReadonlySet<string>;
  /** With `types`: the events at these revisions as well. With no type at all nothing else of the stream need be read. */
  revisions?: ReadonlySet<number>;
  /** `false` leaves every text absent and never touches the vault. Default `true`. */
  texts?: boolean;
  /** For a stream that was deleted or cut off in its store: read what is left, instead of `StreamUnreadable`. */
  whatIsLeft?: boolean;
};
export type ReadAllOptions = {
  /**
   * `false` leaves every text absent and never touches the vault. A list does so for streams whose names begin with none of these: only texts of the others
   * are wanted. Default `true`.
   */
  texts?: boolean | readonly string[];
  /** Each event comes with its stored bytes as well, as `canonical`, and with the `disclosures` of its texts; so does one that cannot be decoded. */
  canonical?: true;
};

export type EventLog<E extends object> = {
  /**
   * Appends all events or none, and answers once they are flushed to disk. `expected` is the stream's revision that the decision rests on, -1 for a
   * stream that must not exist. The same call may be repeated for ever, from any process.
   * Rejects with `AppendTooLarge` (nothing was sent), `LogUnavailable` (outcome unknown: repeat with the same ids, `expected` and data), `OtherLog`,
   * `StreamUnreadable` (the stream was deleted: it takes nothing more) or `TypeError` (no events, an id twice, an unknown type).
   */
  append(stream: string, expected: number, events: readonly EventToAppend[]): Promise<Appended<E>>;
  /**
   * The stream's events from revision `from` on, in order; empty where there are none. A text is absent once any event from `from` to `to` erases it,
   * answered or not, though the vault may hold it still. Rejects with `LogUnavailable`, and with `StreamUnreadable` where an event
   * that was asked for is missing among them: the stream was deleted or cut off in its store.
   */
  readStream(stream: string, from: number, options?: ReadStreamOptions): Promise<Logged<E>[]>;
  /**
   * At most `limit` events after position `after` (0n: from the start), in order. `limit` may cut an append: look at `last`. Where long texts fill a page,
   * it ends earlier, at the end of an append: only an empty page means that there is no more. Texts that are not wanted fill nothing. A text is absent once
   * an event of the page erases it.
   * Whoever pages on from the last event's position misses nothing, whatever number of processes write. Rejects with `LogUnavailable`, and may reject
   * with `UnknownPosition` for an `after` that is neither 0n nor the position of an event nor the one before it.
   */
  readAll(after: bigint, limit: number, options?: ReadAllOptions): Promise<Logged<E>[]>;
  /** Where the stream's last event stands, whatever it is; null where the stream has none. Rejects as `readStream` does. */
  endOf(stream: string): Promise<Place | null>;
  /** As `readStream`, undecoded, with whatever the vault holds. */
  readStored(stream: string, from: number, options?: ReadStreamOptions): Promise<StoredEvent[]>;
  /** Position of the last event, 0n for an empty log. Rejects with `LogUnavailable`. */
  head(): Promise<bigint>;
  /** The store's clock, and the head such that no event after it will ever be stamped at or before `now`. Rejects with `LogUnavailable`. */
  now(): Promise<{ head: bigint; now: Date }>;
  /** Whether that very event stands there. Rejects with `LogUnavailable`. */
  holds(mark: Mark): Promise<boolean>;
  /**
   * Rejects with `OtherLog` unless the log still has what was read and appended through this object: else another one lies there now, or this one from an
   * older backup. From then on everything else here rejects so too, until this call finds the right log again. Rejects with `LogUnavailable`.
   */
  requireSame(): Promise<void>;
  /** Calls `listener` soon after others' or own appends; a hint, which may come late, twice or with nothing new. Returns the way to stop it. */
  subscribe(listener: () => void): () => void;
  /**
   * The most bytes that these events could take in the log, at whatever revision and in whatever stream they are appended: each, and together. Texts do
   * not count. What keeps within the limits here is never refused by `append` as too large.
   */
  sizeOf(events: readonly EventToAppend[]): { events: number[]; total: number };
  /** Finishes appends in flight and gives the connections back. The caller's pool stays open. */
  close(): Promise<void>;
};

/** The longest event, in bytes of structure as stored. */
export const maxEventBytes = 60 * 1024;
/** The longest append, in bytes of structure as stored. */
export const maxAppendBytes = 512 * 1024;

/** The store cannot be reached, or did not answer in time: the outcome of an append is unknown. */
export class LogUnavailable extends Error {
  override readonly name: string = 'LogUnavailable';
}

/** The log is not the one that was followed so far. Nothing is read from it or written to it until that one is back. */
export class OtherLog extends LogUnavailable {
  override readonly name = 'OtherLog';
}

/** Why the log there is not the right one, as `requireSame` finds now; null if it is, or if the log does not answer. */
export const otherLogOf = (log: Pick<EventLog<object>, 'requireSame'>): Promise<string | null> =>
  log.requireSame().then(
    () => null,
    (error: unknown) => (error instanceof OtherLog ? error.message : null),
  );

/** An event or the whole append is longer than the limits above, which are the same in every store. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
  readonly sizes: { events: number[]; total: number };
  constructor(sizes: { events: number[]; total: number }) {
    super(
      `an event may have ${maxEventBytes} bytes and an append ${maxAppendBytes}; these have ${sizes.events.join(', ')}, together ${sizes.total}`,
    );
    this.sizes = sizes;
  }
}

/** No event stands at this position, nor at the next one, and the store cannot read on from there. */
export class UnknownPosition extends Error {
  override readonly name = 'UnknownPosition';
}
