import { type Catalogue, createCodec, type EncodedEvent } from './codec.ts';
import { digestOf, type Random } from './disclosure.ts';
import { decodeAll, type ErasedText, type ErasureLookups, erasedBy, erasureType } from './missing.ts';
import type { AppendOutcome, EventLog, EventToAppend, ReadAllOptions, ReadStreamOptions, StoredEvent } from './port.ts';
import { isoOf, microsecondsOf } from './stamp.ts';

/** What the logs of several callers share, as processes share a database. */
export type MemoryStore = {
  all: StoredEvent[];
  streams: Map<string, StoredEvent[]>;
  vault: Map<string, readonly string[]>;
  listeners: Set<() => void>;
  lastStamp: bigint;
};

export const createMemoryStore = (): MemoryStore => ({
  all: [],
  streams: new Map(),
  vault: new Map(),
  listeners: new Set(),
  lastStamp: 0n,
});

export type MemoryLogOptions = { catalogue: Catalogue; clock: { now(): Date }; random: Random; store?: MemoryStore };

/**
 * An event log in memory, for tests and simulations: the same bytes, limits and answers as the real ones, and nothing survives the process. Its vault
 * follows a `TextErased` at once.
 */
export const createMemoryLog = <E extends object>(options: MemoryLogOptions): EventLog<E> => {
  const { clock, store = createMemoryStore() } = options;
  const { all, streams, vault, listeners } = store;
  const codec = createCodec<E>(options);
  const own = new Set<() => void>();

  const streamOf = (stream: string) => streams.get(stream) ?? [];
  const head = () => BigInt(all.length);
  const vaultKey = ({ stream, revision }: { stream: string; revision: number }) => `${stream} ${revision}`;

  const answer = (outcome: 'written' | 'repeated', event: StoredEvent): AppendOutcome => ({
    outcome,
    revision: event.revision,
    position: event.position,
  });

  /** The last event of an earlier append that began with these ids at these revisions. */
  const earlier = (stored: readonly StoredEvent[], expected: number, events: readonly EventToAppend[]): StoredEvent | undefined =>
    events.every(({ id }, index) => stored[expected + 1 + index]?.id === id) ? stored[expected + events.length] : undefined;

  const write = (encoded: readonly EncodedEvent[]): StoredEvent => {
    store.lastStamp = nextStamp(store.lastStamp, clock.now());
    const written = encoded.map((event, index) => ({
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
    for (const text of written.flatMap(erasedBy)) forget(text);
    return written.at(-1) as StoredEvent;
  };

  const forget = (text: ErasedText) => {
    const kept = vault.get(vaultKey(text))?.filter((disclosure) => digestOf(disclosure) !== text.digest);
    if (kept) vault.set(vaultKey(text), kept);
  };

  const append = async (stream: string, expected: number, events: readonly EventToAppend[]): Promise<AppendOutcome> => {
    const encoded = codec.encode(stream, expected, events);
    const stored = streamOf(stream);
    const actual = stored.length - 1;
    if (actual !== expected) {
      const repeated = earlier(stored, expected, events);
      return repeated ? answer('repeated', repeated) : { outcome: 'wrong_revision', actual };
    }
    const last = write(encoded);
    for (const listener of listeners) queueMicrotask(listener);
    return answer('written', last);
  };

  const withTexts = (page: readonly StoredEvent[], texts: boolean): StoredEvent[] =>
    page.map((event) => (texts ? { ...event, disclosures: vault.get(vaultKey(event)) ?? [] } : event));

  const readStored = async (stream: string, from: number, { to, texts = true }: ReadStreamOptions = {}) =>
    withTexts(streamOf(stream).slice(from, to === undefined ? undefined : to + 1), texts);

  const lookups: ErasureLookups = {
    listed: async () => [],
    erasuresOf: async (stream, from) => streamOf(stream).filter(({ type, revision }) => type === erasureType && revision >= from),
  };

  return {
    append,
    readStored,
    readStream: async (stream, from, { to, texts = true } = {}) =>
      decodeAll(codec, await readStored(stream, from, { to, texts }), texts, lookups),
    readAll: async (after: bigint, limit: number, { texts = true }: ReadAllOptions = {}) =>
      decodeAll(codec, withTexts(all.slice(Number(after), Number(after) + limit), texts), texts, lookups),
    head: async () => head(),
    moment: async () => {
      store.lastStamp = maxStamp(store.lastStamp, clock.now());
      return { head: head(), now: new Date(Number(store.lastStamp / 1000n)) };
    },
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
};

const maxStamp = (last: bigint, now: Date): bigint => {
  const stamp = microsecondsOf(now);
  return stamp > last ? stamp : last;
};

const nextStamp = (last: bigint, now: Date): bigint => maxStamp(last + 1n, now);
