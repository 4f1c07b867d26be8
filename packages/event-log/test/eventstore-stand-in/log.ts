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
  | { success: true; revision: number; position: bigint }
  | { success: false; error: 'wrong_expected_version'; current: number }
  | { success: false; error: 'maximum_append_size_exceeded'; limit: number };

/** The default of the server's `MaxAppendSize`. */
const maxAppendSize = 1024 * 1024;
const recordOverhead = 90;

const sizeOf = ({ type, data, metadata }: StandInEvent): number => type.length + data.length + metadata.length;

export const createStandInLog = (ticks: () => bigint) => {
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

  const lastOf = (stream: string): number => (streams.get(stream)?.length ?? 0) - 1;

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
    const record = { ...event, stream, revision: lastOf(stream) + 1, position, created: lastTicks };
    records.push(record);
    const own = streams.get(stream);
    if (own) own.push(record);
    else streams.set(stream, [record]);
    if (!recent.has(event.id)) recent.set(event.id, { stream, revision: record.revision, position });
    return record;
  };

  const wrong = (stream: string): WriteAnswer => ({ success: false, error: 'wrong_expected_version', current: lastOf(stream) });

  const repeatOf = (stream: string, at: ({ revision: number; position: bigint } | undefined)[]): WriteAnswer => {
    const last = at.at(-1);
    return last && at.every((each) => each !== undefined)
      ? { success: true, revision: last.revision, position: last.position }
      : wrong(stream);
  };

  /** As the server judges an append: a repeat is told by the ids at exactly the revisions where it would have been written. */
  const append = (stream: string, expected: Expected, events: readonly StandInEvent[]): WriteAnswer => {
    if (events.reduce((sum, event) => sum + sizeOf(event), 0) > maxAppendSize)
      return { success: false, error: 'maximum_append_size_exceeded', limit: maxAppendSize };
    const current = lastOf(stream);
    if (expected === 'stream_exists' && current < 0) return wrong(stream);
    if (expected === 'any' || expected === 'stream_exists') {
      const earlier = events.map(({ id }) => recent.get(id)).map((found) => (found?.stream === stream ? found : undefined));
      if (earlier[0]) return repeatOf(stream, earlier);
    } else {
      const revision = expected === 'no_stream' ? -1 : expected;
      if (revision > current) return wrong(stream);
      if (revision < current) {
        const standing = events.map(({ id }, index) => {
          const found = streams.get(stream)?.[revision + 1 + index];
          return found?.id === id ? found : undefined;
        });
        return standing.length > 0 ? repeatOf(stream, standing) : wrong(stream);
      }
    }
    if (events.length === 0) return { success: true, revision: Math.max(current, 0), position: beginRecord(0) };
    const written = events.map((event) => write(stream, event));
    for (const record of written) for (const listener of listeners) listener(record);
    const last = written.at(-1) as StandInRecord;
    return { success: true, revision: last.revision, position: last.position };
  };

  const system = (stream: string): void => {
    write(stream, { id: crypto.randomUUID(), type: '$metadata', data: Buffer.from('{}'), metadata: Buffer.from(''), isJson: true });
  };
  // A new server has written something of its own before anybody else.
  for (const stream of ['$$$stats', '$$$settings']) system(stream);

  return {
    append,
    stream: (name: string): readonly StandInRecord[] => streams.get(name) ?? [],
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
