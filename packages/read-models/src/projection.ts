import type { DomainEvent, Incident } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { PoolClient } from 'pg';
import type { Append } from './projections/appends.ts';

/**
 * A part of a stream: the events with revisions `from` to `to`, both inclusive; without `to`, to its end. `texts: false` is for structure alone, where texts
 * may be absent. With `revisions`, only the events there.
 */
export type StreamRange = { stream: string; from: number; to?: number; texts?: false; revisions?: ReadonlySet<number> };

/** What the runner hands to a projection beside the events. */
export type ProjectionContext = {
  /** The quoted name of the schema with the projection's tables, ready to stand in SQL: `INSERT INTO ${schema}.incidents …`. */
  schema: string;
  /**
   * The position up to which the tables were built before this batch (0n when empty). Events at or before it are late: their stream was
   * parked and is retried. Their rows get the original positions, and whatever was derived without them is derived again.
   */
  checkpoint: bigint;
  /** The decoded events of parts of streams, by stream, texts included unless they are not asked for, skipped events left out. A stream without events has an empty list. */
  readStreams(wanted: StreamRange[]): Promise<Map<string, DomainEvent[]>>;
  log: EventLog<DomainEvent>;
};

/**
 * The code that keeps a read model: tables in a schema of their own, and the function that folds events into them. The rows at a position are a pure
 * function of the events up to it (less those of parked streams) and of the texts not erased, whatever the sizes of the batches; so a rebuild gives the
 * same rows. The runner adds to the same schema the table `checkpoint` with one row, which says how far which log was followed, and moves it in the
 * transaction of `apply`.
 */
export type Projection = {
  /** Of its model, as in the table of `models.ts`. */
  name: string;
  /** Part of the schema's name. A new form of the tables is a new version, which is built beside the old one. */
  version: number;
  /** Statements that make the empty tables, with the keys and indexes that `apply` itself needs. */
  ddl(schema: string): string;
  /** Statements that make the indexes that only queries need. Run after a bulk load, those of different tables at the same time. Each ends with its line. */
  indexes(schema: string): string;
  /** Set where only the places of events matter: texts are not read, and events that cannot be decoded are handed over like any other. */
  placesOnly?: true;
  /** Beginnings of the names of the streams that matter to this projection. */
  streams: readonly string[];
  /**
   * Folds the events into the tables. They are whole appends in log order (per stream without gaps but for skipped events), each exactly once.
   * Throws what it cannot take; nothing of the batch counts then, and a later call may bring any part of it again.
   */
  apply(tx: PoolClient, events: DomainEvent[], context: ProjectionContext): Promise<void>;
  /** Begins to build the model in one go, where it has a quicker way for that than `apply`. The rows are the same. */
  bulk?(): Building;
  /** The tables whose rows a rebuild compares with the live ones, with the columns that identify a row. Columns that may differ are left out by `ignore`. */
  compared: { table: string; key: string[]; ignore?: string[] }[];
};

/**
 * Rows of a table, by its columns with their SQL types. `made`: columns that the database makes of what is given for them, with the expression that does so.
 */
export type Rows = {
  table: string;
  columns: Readonly<Record<string, string>>;
  rows: readonly object[];
  made?: Readonly<Record<string, string>>;
};

/** Streams that bear on one another, mostly a single one, each with all its events that count in the model. */
export type Group = ReadonlyMap<string, readonly DomainEvent[]>;

/**
 * Makes the rows of a model from the log up to one position, stream by stream: every append passes once, in the order of the log, then each stream is taken
 * whole. Parked streams and skipped events are left out of both. Throws what it cannot take; then the model is built by `apply`.
 */
export type Building = {
  /** Answers the rows that are ready. Texts may be absent. */
  pass(appends: readonly Append[]): readonly Rows[];
  /**
   * How the names of the streams begin that are taken, `first` before `after`. The texts of those may be long, and are read once they are taken. A model that
   * takes none needs nothing but the places of events.
   */
  takes?: { first: readonly string[]; after: readonly string[] };
  /** Pairs of streams that belong into one group. Asked when all has passed. */
  ties?(): readonly (readonly [string, string])[];
  /** Takes groups, and answers their rows. */
  take?(groups: readonly Group[], folded: Folded): readonly Rows[];
  /** The rows that are known when everything was taken. */
  rest?(): readonly Rows[];
  /** Writes what follows from the rows once all of them, and the keys and indexes, are there. `session` is in no transaction. */
  finish?(session: PoolClient, schema: string): Promise<void>;
};

/** Incidents folded from exactly these events, by whichever model came first: nobody changes them any more. */
export type Folded = WeakMap<readonly DomainEvent[], Incident>;
