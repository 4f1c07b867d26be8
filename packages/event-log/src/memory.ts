import { among, wantsTexts } from './among.ts';
import { type Catalogue, type Codec, createCodec, type EncodedEvent } from './codec.ts';
import { digestOf, type Random } from './disclosure.ts';
import { decodeAll, type ErasureLookups, erasedBy, erasureType, neededFor } from './erased.ts';
import {
  type AppendOutcome,
  type EventLog,
  type EventToAppend,
  type Mark,
  placeOf,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
} from './port.ts';
import { createSeen, whileSame } from './seen.ts';
import { isoOf, microsecondsOf } from './stamp.ts';
import { missing, withoutGaps } from './unreadable.ts';

/** What the logs of several callers share, as processes share a database. */
export type MemoryStore = {
  all: StoredEvent[];
  streams: Map<string, StoredEvent[]>;
  vault: Map<string, readonly string[]>;
  /** The vault follows a `TextErased` by `eraseInMemory` alone, not at once. */
  lags: boolean;
  listeners: Set<() => void>;
  lastStamp: bigint;
};

export const createMemoryStore = ({ lags = false }: { lags?: boolean } = {}): MemoryStore => ({
  all: [],
  streams: new Map(),
  vault: new Map(),
  lags,
  listeners: new Set(),
  lastStamp: 0n,
});

const vaultKey = ({ stream, revision }: { stream: string; revision: number }) => `${stream} ${revision}`;

/** Takes the texts that these events erase out of the vault. */
export const eraseInMemory = ({ vault }: MemoryStore, events: readonly StoredEvent[]): void => {
  for (const text of events.flatMap(erasedBy)) {
    const kept = vault.get(vaultKey(text))?.filter((disclosure) => digestOf(disclosure) !== text.digest);
    if (kept) vault.set(vaultKey(text), kept);
  }
};

type MemoryLogOptions = { catalogue: Catalogue; clock: { now(): Date }; random: Random; store?: MemoryStore };

/**
 * An event log in memory, for tests and simulations: the same bytes, limits and answers as the real ones, and nothing survives the process.
 */
export const createMemoryLog = <E extends object>(options: MemoryLogOptions): EventLog<E> => {
  const { clock, store = createMemoryStore() } = options;
  const { all, streams, vault, listeners } = store;
  const codec = decodingOnce(createCodec<E>(options));
  const own = new Set<() => void>();

  const streamOf = (stream: string) => streams.get(stream) ?? [];
  const headMark = (): Mark => all.at(-1) ?? { position: 0n, sha256: '' };
  const head = () => headMark().position;
  const holds = async ({ position, sha256 }: Mark) => all[Number(position) - 1]?.sha256 === sha256;
  const seen = createSeen(holds);

  const answer = (outcome: 'written' | 'repeated', event: StoredEvent): AppendOutcome => ({
    outcome,
    revision: event.revision,
    position: event.position,
  });

  /** The last event of an earlier append that began with these ids at these revisions. */
  const earlier = (stored: readonly StoredEvent[], expected: number, events: readonly EventToAppend[]): StoredEvent | undefined => {
    const standing = stored.filter(({ revision }) => revision > expected);
    return events.every(({ id }, index) => standing[index]?.id === id) ? standing[events.length - 1] : undefined;
  };

  const write = (encoded: readonly EncodedEvent[]): StoredEvent => {
    store.lastStamp = nextStamp(store.lastStamp, clock.now());
    const written = encoded.map(({ envelope: _, ...event }, index) => ({
      ...event,
      disclosures: [],
      position: head() + BigInt(index) + 1n,
      recordedAt: isoOf(store.lastStamp),
    }));
    for (const [index, event] of written.entries()) {
      vault.set(vaultKey(event), encoded[index]?.disclosures ?? []);
      all.push(event);
      const stream = streams.get(event.stream);
      if (stream) stream.push(event);
      else streams.set(event.stream, [event]);
    }
    if (!store.lags) eraseInMemory(store, written);
    return written.at(-1) as StoredEvent;
  };

  const append = async (stream: string, expected: number, events: readonly EventToAppend[]): Promise<AppendOutcome> => {
    const encoded = codec.encode(stream, expected, events);
    await seen.check();
    const stored = streamOf(stream);
    if (expected === -1) requireNeverDeleted(stream);
    const actual = stored.at(-1)?.revision ?? -1;
    if (actual !== expected) {
      const repeated = earlier(stored, expected, events);
      return repeated ? answer('repeated', repeated) : { outcome: 'wrong_revision', actual };
    }
    const last = write(encoded);
    seen.appended(last);
    for (const listener of listeners) queueMicrotask(listener);
    return answer('written', last);
  };

  const withTexts = (page: readonly StoredEvent[], texts: ReadAllOptions['texts']): StoredEvent[] => {
    const isWanted = wantsTexts(texts);
    return page.map((event) => (isWanted(event) ? { ...event, disclosures: vault.get(vaultKey(event)) ?? [] } : event));
  };

  const requireNeverDeleted = (stream: string) => {
    if (streams.get(stream)?.length === 0) throw missing(stream, 0, 'the stream was deleted');
  };

  const read = (stream: string, from: number, options: ReadStreamOptions): StoredEvent[] => {
    const { to = Number.POSITIVE_INFINITY, texts, whatIsLeft = false } = options;
    const events = streamOf(stream).filter(({ revision }) => revision >= from && revision <= to);
    if (!whatIsLeft) {
      requireNeverDeleted(stream);
      withoutGaps(stream, from, events);
    }
    return withTexts(events.filter(neededFor(options)), texts);
  };

  const lookups: ErasureLookups = {
    listed: async () => [],
    erasuresOf: async (stream, from) => streamOf(stream).filter(({ type, revision }) => type === erasureType && revision >= from),
  };

  const log: EventLog<E> = {
    append,
    endOf: async (stream) => {
      requireNeverDeleted(stream);
      const last = streamOf(stream).at(-1);
      return last ? placeOf(last) : null;
    },
    readStored: async (stream, from, options = {}) => read(stream, from, options).filter(among(options)),
    readStream: async (stream, from, options = {}) => decodeAll(codec, read(stream, from, options), options, lookups),
    readAll: async (after: bigint, limit: number, options: ReadAllOptions = {}) => {
      const page = all.slice(Number(after), Number(after) + limit);
      seen.read(page);
      return decodeAll(codec, withTexts(page, options.texts), options, lookups);
    },
    head: async () => {
      const mark = await seen.end(
        async () => headMark(),
        ({ position }) => position,
      );
      seen.read([mark]);
      return mark.position;
    },
    holds,
    requireSame: seen.check,
    now: () =>
      seen.end(
        async () => {
          store.lastStamp = maxStamp(store.lastStamp, clock.now());
          return { head: head(), now: new Date(Number(store.lastStamp / 1000n)) };
        },
        (moment) => moment.head,
      ),
    subscribe: (listener) => {
      const heard = () => listener();
      own.add(heard);
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
    sizeOf: codec.sizeOf,
    close: async () => {
      for (const listener of own) listeners.delete(listener);
    },
  };
  return whileSame(log, seen);
};

/** Bytes are decoded once. All readers share the event, so it is frozen: a fold that changes what it was given throws. */
const decodingOnce = <E extends object>(codec: Codec<E>): Codec<E> => {
  type Known = { canonical: string; sha256: string; disclosures: readonly string[]; decoded: ReturnType<Codec<E>['decode']> };
  const known = { whole: new Map<bigint, Known>(), structure: new Map<bigint, Known>() };
  return {
    ...codec,
    decode: (stored, texts) => {
      const { position, canonical, sha256, disclosures } = stored;
      const sameBytes = known[texts ? 'whole' : 'structure'];
      const before = sameBytes.get(position);
      if (before?.canonical === canonical && before.sha256 === sha256 && before.disclosures === disclosures) return before.decoded;
      const decoded = codec.decode(stored, texts);
      deepFreeze(decoded.event);
      sameBytes.set(position, { canonical, sha256, disclosures, decoded });
      return decoded;
    },
  };
};

const deepFreeze = (value: object): void => {
  Object.freeze(value);
  for (const inside of Object.values(value)) if (inside !== null && typeof inside === 'object') deepFreeze(inside);
};

const maxStamp = (last: bigint, now: Date): bigint => {
  const stamp = microsecondsOf(now);
  return stamp > last ? stamp : last;
};

const nextStamp = (last: bigint, now: Date): bigint => maxStamp(last + 1n, now);
