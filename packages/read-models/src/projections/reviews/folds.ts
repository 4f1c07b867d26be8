import { deserialize, serialize } from 'node:v8';
import { type DomainEvent, evolveIncident, type Incident, incidentForm, initialIncident, structureOf } from '@averment/domain';
import { LRUCache } from 'lru-cache';
import type { PoolClient } from 'pg';
import type { ProjectionContext, Rows } from '../../projection.ts';
import type { Connection } from '../../runner/model.ts';
import { insertRows, setFromNew } from '../statements.ts';

/** An incident folded from structure alone: it holds no text, so erasures leave it as it is. */
export type Fold = {
  state: Incident;
  /** Up to which revision a fold is stored in the table `folds`, -1 for none. */
  stored: number;
  /** What is to be stored next. */
  row: FoldRow | undefined;
  /** Whether no event of the stream was skipped: else it is no fold for commands. */
  whole: boolean;
};

/** A fold that is stored, with the SHA-256 of the event at its revision: by that the log is known again. */
export type StoredFold = { state: Incident; revision: number; sha256: string };
/** A row of the table `folds`. */
export type FoldRow = { incident: string; revision: number; sha256: string; form: number; state: string };

/** Up to so many events are read sooner than a stored fold. */
export const shortStream = 32;

/** A long one is stored more seldom, as it is written anew as a whole. */
const isDue = ({ stored }: Fold, revision: number): boolean => revision - stored >= Math.max(shortStream, stored >> 3);

export const newFold = (): Fold => ({ state: initialIncident(), stored: -1, row: undefined, whole: true });

const rowOf = (state: Incident, { stream, revision, sha256 }: DomainEvent & { sha256?: string }): FoldRow | undefined =>
  sha256 === undefined
    ? undefined
    : { incident: stream, revision, sha256, form: incidentForm, state: `\\x${serialize(state).toString('hex')}` };

/** Folds the events on, in place. */
export const foldOn = (fold: Fold, events: readonly DomainEvent[]): void => {
  for (const event of events) {
    if (event.revision !== fold.state.streamRevision + 1) fold.whole = false;
    fold.state = evolveIncident(fold.state, structureOf(event));
  }
  const last = events.at(-1);
  if (last === undefined || !fold.whole || !isDue(fold, last.revision)) return;
  fold.stored = last.revision;
  fold.row = rowOf(fold.state, last);
};

const columns = { incident: 'text', revision: 'int', sha256: 'text', form: 'int', state: 'bytea' };
/** The fold to store of a whole stream, if it is a long one. */
export const foldRows = (streams: readonly (readonly DomainEvent[])[]): Rows => {
  const folds = streams.filter((events) => events.length >= shortStream).map((events) => ({ fold: newFold(), events }));
  for (const { fold, events } of folds) foldOn(fold, events);
  return { table: 'folds', columns, rows: folds.flatMap(({ fold }) => fold.row ?? []) };
};

/** Stores what is to be stored of the folds. */
export const writeFolds = (tx: PoolClient, schema: string, folds: readonly Fold[]): Promise<void> =>
  insertRows(
    tx,
    `${schema}.folds`,
    columns,
    folds.flatMap(({ row }) => row ?? []),
    `ON CONFLICT (incident) DO UPDATE SET ${setFromNew(columns, ['incident'])}`,
  );

/** A row of the table `folds`, as it is read. */
export type ReadFold = { revision: number; sha256: string; bytes: Buffer };

/** The rows of these incidents whose form this version of the program knows. */
export const loadFolds = async (connection: Connection, schema: string, incidents: readonly string[]): Promise<Map<string, ReadFold>> => {
  if (incidents.length === 0) return new Map();
  const { rows } = await connection.query<ReadFold & { incident: string }>({
    name: `folds ${schema}`,
    text: `SELECT incident, revision, sha256, state AS bytes FROM ${schema}.folds WHERE incident = ANY($1) AND form = $2`,
    values: [incidents, incidentForm],
  });
  return new Map(rows.map(({ incident, ...row }) => [incident, row]));
};

/** The fold in a row: each call makes a state of its own. Undefined where another version of Node has written what this one cannot read. */
export const storedFoldIn = ({ bytes, ...row }: ReadFold): StoredFold | undefined => {
  try {
    return { ...row, state: deserialize(bytes) };
  } catch {
    return undefined;
  }
};

/**
 * Folds between batches. An entry is taken out while a batch changes it and is kept again at its end: a batch that fails leaves nothing half folded behind.
 */
export type Folds = {
  /** The folds at exactly these revisions (-1: before the first event). The caller owns them until it keeps them, with their rows written. */
  take(tx: PoolClient, context: ProjectionContext, wanted: ReadonlyMap<string, number>): Promise<Map<string, Fold>>;
  keep(context: ProjectionContext, stream: string, fold: Fold): void;
};

/** `maxEvents` bounds the cache by the number of events folded into its entries. */
export const createFolds = (maxEvents = 20_000): Folds => {
  const cache = new LRUCache<string, Fold>({
    maxSize: maxEvents,
    sizeCalculation: ({ state }) => Math.min(state.streamRevision + 1, maxEvents),
  });
  const key = ({ schema }: ProjectionContext, stream: string) => `${schema} ${stream}`;

  /** An entry that is ahead comes from a batch that was rolled back. */
  const takeOut = (context: ProjectionContext, stream: string, to: number): Fold | undefined => {
    const fold = cache.get(key(context, stream));
    cache.delete(key(context, stream));
    return fold !== undefined && fold.state.streamRevision <= to ? fold : undefined;
  };

  const take: Folds['take'] = async (tx, context, wanted) => {
    const folds = new Map([...wanted].map(([stream, to]) => [stream, takeOut(context, stream, to) ?? newFold()]));
    const long = [...folds].filter(([stream, { state }]) => state.streamRevision < 0 && (wanted.get(stream) ?? -1) + 1 >= shortStream);
    const loaded = await loadFolds(
      tx,
      context.schema,
      long.map(([stream]) => stream),
    );
    for (const [stream, row] of loaded) {
      const found = storedFoldIn(row);
      if (found !== undefined) folds.set(stream, { ...newFold(), state: found.state, stored: found.revision });
    }
    const behind = [...folds].flatMap(([stream, { state }]) => {
      const to = wanted.get(stream) ?? -1;
      return state.streamRevision < to ? [{ stream, from: state.streamRevision + 1, to, texts: false as const }] : [];
    });
    for (const [stream, events] of await context.readStreams(behind)) foldOn(folds.get(stream) ?? newFold(), events);
    return folds;
  };

  return {
    take,
    keep: (context, stream, fold) => {
      if (fold.state.streamRevision >= 0) cache.set(key(context, stream), { ...fold, row: undefined });
    },
  };
};
