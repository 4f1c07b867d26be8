/** What a real EventStoreDB 23.10.6 was seen to keep and to answer, in memory. */

export type StandInRecord = {
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: Uint8Array;
  metadata: Uint8Array;
  isJson: boolean;
  position: bigint;
  /** .NET ticks of 100 nanoseconds since 1970. */
  created: bigint;
};
export type StandInEvent = Pick<StandInRecord, 'id' | 'type' | 'data' | 'metadata' | 'isJson'>;

export type Expected = number | 'no_stream' | 'any' | 'stream_exists';

export type WriteAnswer =
  /** Without a position for a repeat of what lies in a deleted stream. */
  | { success: true; revision: number; position?: bigint }
  | { success: false; error: 'stream_deleted' }
  | { success: false; error: 'wrong_expected_version'; current: number }
  | { success: false; error: 'maximum_append_size_exceeded'; limit: number };

/** The default of the server's `MaxAppendSize`. */
const maxAppendSize = 1024 * 1024;
const recordOverhead = 90;

const sizeOf = ({ type, data, metadata }: StandInEvent): number => type.length + data.length + metadata.length;

/** `begin` is what it had when a backup was made of it. */
export const createStandInLog = (ticks: () => bigint, begin: readonly StandInRecord[] = []) => {
  const records: StandInRecord[] = [];
  const streams = new Map<string, StandInRecord[]>();
  /** Where any record begins, also those that no read shows. */
  const boundaries = new Set<bigint>();
  /** Where events with these ids stand: lost when the server restarts. */
  let recent = new Map<string, { stream: string; revision: number; position: bigint }>();
  const listeners = new Set<(record: StandInRecord) => void>();
  let end = 0n;
  let lastBoundary = 0n;
  let lastTicks = 0n;

  const tombstones = new Set<string>();

  const lastOf = (stream: string): number => (streams.get(stream)?.length ?? 0) - 1;

  /** The revision from which on a stream can be read, as its metadata say. */
  const beginOf = (stream: string): number => {
    const newest = stream.startsWith('$$') ? undefined : streams.get(`$$${stream}`)?.at(-1);
    if (newest === undefined) return 0;
    const limits = JSON.parse(Buffer.from(newest.data).toString()) as { $tb?: number; $maxCount?: number };
    return Math.max(limits.$tb ?? 0, limits.$maxCount === undefined ? 0 : lastOf(stream) + 1 - limits.$maxCount);
  };

  const isDeleted = (stream: string): boolean => beginOf(stream) > Number.MAX_SAFE_INTEGER;

  const setMetadata = (stream: string, data: string): void => {
    write(`$$${stream}`, { id: crypto.randomUUID(), type: '$metadata', data: Buffer.from(data), metadata: Buffer.from(''), isJson: true });
  };

  const beginRecord = (size: number): bigint => {
    const position = end;
    boundaries.add(position);
    lastBoundary = position;
    end += BigInt(recordOverhead + size);
    return position;
  };

  const write = (stream: string, event: StandInEvent): StandInRecord => {
    const now = ticks();
    // Events of one append have stamps of their own.
    lastTicks = now > lastTicks ? now : lastTicks + 1n;
    const position = beginRecord(stream.length + sizeOf(event));
    return keep({ ...event, stream, revision: lastOf(stream) + 1, position, created: lastTicks });
  };

  const keep = (record: StandInRecord): StandInRecord => {
    const { stream, id, revision, position } = record;
    records.push(record);
    const own = streams.get(stream);
    if (own) own.push(record);
    else streams.set(stream, [record]);
    if (!recent.has(id)) recent.set(id, { stream, revision, position });
    return record;
  };

  const wrong = (stream: string): WriteAnswer => ({ success: false, error: 'wrong_expected_version', current: lastOf(stream) });

  const repeatOf = (stream: string, at: ({ revision: number; position: bigint } | undefined)[]): WriteAnswer => {
    const last = at.at(-1);
    if (!last || !at.every((each) => each !== undefined)) return wrong(stream);
    return { success: true, revision: last.revision, ...(!isDeleted(stream) && { position: last.position }) };
  };

  /** The answer to an append that writes nothing; undefined for one that is to be written. A repeat is told by the ids at exactly the revisions where it would have been written. */
  const judge = (stream: string, expected: Expected, events: readonly StandInEvent[]): WriteAnswer | undefined => {
    const current = lastOf(stream);
    if (expected === 'stream_exists' && current < 0) return wrong(stream);
    if (expected === 'any' || expected === 'stream_exists') {
      const earlier = events.map(({ id }) => recent.get(id)).map((found) => (found?.stream === stream ? found : undefined));
      return earlier[0] && repeatOf(stream, earlier);
    }
    const revision = expected === 'no_stream' ? -1 : expected;
    if (revision > current) return wrong(stream);
    if (revision === current) return undefined;
    const standing = events.map(({ id }, index) => {
      const found = streams.get(stream)?.[revision + 1 + index];
      return found?.id === id ? found : undefined;
    });
    if (isDeleted(stream) && revision === -1 && standing.every((each) => each === undefined)) return undefined;
    return standing.length > 0 ? repeatOf(stream, standing) : wrong(stream);
  };

  const append = (stream: string, expected: Expected, events: readonly StandInEvent[]): WriteAnswer => {
    if (events.reduce((sum, event) => sum + sizeOf(event), 0) > maxAppendSize)
      return { success: false, error: 'maximum_append_size_exceeded', limit: maxAppendSize };
    if (tombstones.has(stream)) return { success: false, error: 'stream_deleted' };
    const judged = judge(stream, expected, events);
    if (judged) return judged;
    const current = lastOf(stream);
    // What is written to a deleted stream brings it back, from there on.
    if (isDeleted(stream)) setMetadata(stream, JSON.stringify({ $tb: current + 1 }));
    if (events.length === 0) return { success: true, revision: Math.max(current, 0), position: beginRecord(0) };
    const written = events.map((event) => write(stream, event));
    for (const record of written) for (const listener of listeners) listener(record);
    const last = written.at(-1) as StandInRecord;
    return { success: true, revision: last.revision, position: last.position };
  };

  const system = (stream: string): void => {
    write(stream, { id: crypto.randomUUID(), type: '$metadata', data: Buffer.from('{}'), metadata: Buffer.from(''), isJson: true });
  };
  for (const record of begin) {
    end = record.position;
    beginRecord(record.stream.length + sizeOf(record));
    lastTicks = record.created;
    keep(record);
  }
  // A new server has written something of its own before anybody else.
  if (begin.length === 0) for (const stream of ['$$$stats', '$$$settings']) system(stream);

  return {
    append,
    stream: (name: string): readonly StandInRecord[] => streams.get(name) ?? [],
    /** From where on the stream can be read; `deleted` as if it had never been, `tombstoned` never again. */
    readable: (name: string): number | 'deleted' | 'tombstoned' => {
      if (tombstones.has(name)) return 'tombstoned';
      return isDeleted(name) ? 'deleted' : beginOf(name);
    },
    /** Marks the stream as deleted, in metadata of a number that JavaScript cannot write. */
    delete: (name: string): void => setMetadata(name, '{"$tb":9223372036854775807}'),
    tombstone: (name: string): void => {
      write(name, { id: crypto.randomUUID(), type: '$streamDeleted', data: Buffer.from(''), metadata: Buffer.from(''), isJson: true });
      tombstones.add(name);
    },
    all: (): readonly StandInRecord[] => records,
    /** Whether the server can begin to read there: where a record begins, or behind the last one, whether or not anything ends there. */
    isReadable: (position: bigint, backwards: boolean): boolean =>
      boundaries.has(position) || position === end || (!backwards && position > lastBoundary),
    listen: (listener: (record: StandInRecord) => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    forgetIds: (): void => {
      recent = new Map();
    },
  };
};

export type StandInLog = ReturnType<typeof createStandInLog>;
