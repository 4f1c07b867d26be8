/** All that the adapter uses of a client of EventStoreDB: another client package is another `Connect`. Stream names are the store's own here. */
export type Store = {
  /** Appends all events or none, at exactly the revision `expected` (-1: no stream). Answers after the store's own acknowledgement. */
  append(stream: string, expected: number, events: readonly ProposedEvent[]): Promise<Acknowledgement>;
  /**
   * At most `limit` events of the stream from revision `from` on, as the leader has them; null where there is no such stream, since it never was or was
   * deleted. Where the stream was cut off, they begin later than asked, and nothing says so. Rejects with `StreamTombstoned`.
   */
  readStream(stream: string, from: number, limit: number): Promise<RecordedEvent[] | null>;
  /** The stream's last event, else as `readStream`. */
  readLast(stream: string): Promise<RecordedEvent[] | null>;
  /** At most `limit` events of all streams whose names begin with `prefix`, as the leader has them, without those of the store itself; fewer only at the end. Rejects with `NotAPosition`. */
  readAll(request: AllRequest): Promise<RecordedEvent[]>;
  /** Calls `onEvent` for each event appended from now on to the streams with that prefix, and `onEnd` once when there will be no more of them. */
  listen(prefix: string, callbacks: ListenCallbacks): () => void;
  /** Ends what is in flight and gives the connections back. */
  close(): Promise<void>;
};

/** `answerWithin`: milliseconds without an answer until a server is taken for dead. `scanWithin`: the same for reads of `$all`, which may pass over many events of others. */
export type ConnectOptions = {
  answerWithin: number;
  scanWithin: number;
  /** Run whenever appends have a new connection, before the first is sent over it; where it rejects, so do they. */
  beforeAppends: () => Promise<void>;
};

/** `url` is a connection string: esdb://… with hosts, TLS and credentials. Nothing is connected before the first use. */
export type Connect = (url: string, options: ConnectOptions) => Store;

/** `data` and `metadata` are JSON. */
export type ProposedEvent = { id: string; type: string; data: string; metadata: string };

/** `created` in microseconds since 1970, by the store's clock. */
export type RecordedEvent = ProposedEvent & { stream: string; revision: number; position: bigint; created: bigint };

/**
 * Place of the append's last event, the same on each repeat; or where the stream really is (-1: no stream). Without a place the store took for a repeat what
 * it cannot show any more: the stream was deleted or cut off.
 */
export type Acknowledgement = { revision: number; position: bigint } | { actual: number } | 'no_place';

export type AllRequest = {
  /** Inclusive when reading forwards, exclusive backwards. */
  from: bigint | 'start' | 'end';
  direction: 'forwards' | 'backwards';
  limit: number;
  /** Without one, every event of every application and of the store itself. */
  prefix?: string;
};

export type ListenCallbacks = { onStart: () => void; onEvent: (position: bigint) => void; onEnd: () => void };

/** No answer, or one that says nothing about the request itself: the outcome is unknown, and the same request may be sent again. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The store refuses it, however often it is asked: a right is missing, or the log cannot work under these settings. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  /** Set if it depends on who asks: the store does not know the user (or the password), or this user may not do it. */
  readonly who: 'unknown' | 'not_allowed' | undefined;
  constructor(message: string, { who, ...options }: ErrorOptions & { who?: 'unknown' | 'not_allowed' | undefined } = {}) {
    super(message, options);
    this.who = who;
  }
}

/** The stream was deleted for ever: it can be neither read nor written. */
export class StreamTombstoned extends Error {
  override readonly name = 'StreamTombstoned';
}

/** No record of the store begins there. */
export class NotAPosition extends Error {
  override readonly name = 'NotAPosition';
}
