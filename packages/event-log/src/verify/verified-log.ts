import type { StoredEvent } from '../port.ts';

/** What is wrong, and where. `what` is a stable code, `detail` is for people; neither holds any text of the vault. */
export type Finding = {
  what:
    | 'corrupt'
    | 'not_canonical'
    | 'position_gap'
    | 'revision_gap'
    | 'stamp'
    | 'append_not_whole'
    | 'text_missing'
    | 'text_not_erased'
    | 'text_unmatched'
    | 'erasure_list'
    | 'head';
  stream: string | null;
  revision: number | null;
  position: bigint | null;
  detail: string;
};

export const finding = (
  what: Finding['what'],
  { stream, revision, position }: Pick<StoredEvent, 'stream' | 'revision' | 'position'>,
  detail: string,
): Finding => ({ what, stream, revision, position, detail });

/** Reads of stored events, from whichever store. */
export type StoredReader = {
  head(): Promise<bigint>;
  readAll(after: bigint, limit: number, texts: boolean): Promise<StoredEvent[]>;
  readStream(stream: string, from: number, options: { to?: number | undefined; texts: boolean }): Promise<StoredEvent[]>;
  erasuresOf(stream: string, from: number): Promise<StoredEvent[]>;
};

/** A log as verification reads it, and what only its own store promises. */
export type VerifiedLog = {
  reader: StoredReader;
  /** What is wrong with how an event follows the one before it in the log. */
  next(before: StoredEvent | undefined, event: StoredEvent): Iterable<Finding>;
  /** What is wrong with the log up to `head` as a whole, asked once all of it was read. */
  atEnd(head: bigint): AsyncIterable<Finding>;
  /** What is looked at in another store, and cannot be in this one. */
  unchecked: readonly string[];
  close(): Promise<void>;
};
