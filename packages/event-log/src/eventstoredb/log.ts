import type { Pool } from 'pg';
import { among, wantsTexts } from '../among.ts';
import { type Catalogue, createCodec } from '../codec.ts';
import type { Random } from '../disclosure.ts';
import { decodeAll } from '../erased.ts';
import { type EventLog, placeOf, type StoredEvent } from '../port.ts';
import { available } from '../postgres/errors.ts';
import { createReader as createVaultReader } from '../postgres/reader.ts';
import { requireSuitable } from '../postgres/suitable.ts';
import { createSeen, type Seen, whileSame } from '../seen.ts';
import { type AppendOptions, createAppender } from './append.ts';
import { createFrontier } from './frontier.ts';
import { createHints, type HintOptions } from './hints.ts';
import { createReader, holdsIn } from './reader.ts';
import { createSkewWatch, type Skew } from './skew.ts';
import type { Connect, ConnectOptions } from './store.ts';
import { createVault } from './vault.ts';

export type EventStoreLogOptions = {
  /** Connection string of EventStoreDB: `esdb://…`, with hosts, TLS and credentials. */
  url: string;
  /** The database whose schema `vault` holds the texts; its migrations must have run. */
  pool: Pool;
  catalogue: Catalogue;
  clock: { now(): Date };
  random: Random;
  /** Hears of clocks that differ by more than `clockTolerance`: answers about past moments may change then. */
  onSkew: (skew: Skew) => void;
  /** Goes before the name of every stream, and tells this log's streams from those of other applications. */
  prefix?: string;
  /** Milliseconds by which the clocks of this process and of the store's leader may differ, the time of an acknowledgement included. */
  clockTolerance?: number;
  /** The client's own by default. */
  connect?: Connect;
} & Partial<AppendOptions & HintOptions & Omit<ConnectOptions, 'beforeAppends'>>;

export const eventStoreDefaults = {
  prefix: 'averment-',
  clockTolerance: 5_000,
  deadline: 10_000,
  waiting: 10_000,
  answerWithin: 4_000,
  scanWithin: 60_000,
  lookEvery: 5_000,
  reconnectAfter: 250,
};

/** What reads stored events, and what it reads them with; nothing is connected before the first use. */
export const openReader = async (
  given: Pick<EventStoreLogOptions, 'url' | 'pool' | 'connect'> &
    Partial<Omit<ConnectOptions, 'beforeAppends'>> & { prefix: string; onRead?: Parameters<typeof createReader>[0]['onRead'] },
) => {
  const { url, pool, prefix, onRead = () => undefined, ...options } = { ...eventStoreDefaults, ...given };
  // Loaded here, so that only who uses the store pays for its client.
  const connect = options.connect ?? (await import('./client.ts')).connectClient;
  // Every connection may lead to another server than the one before.
  const store = connect(url, { ...options, beforeAppends: () => seen.check() });
  const vault = createVault(pool);
  const seen: Seen = createSeen(holdsIn(store, prefix), (certain) => frontier.reset(certain?.position ?? 0n));
  const frontier = createFrontier(store, prefix, seen);
  return { store, vault, frontier, seen, reader: createReader({ store, vault, frontier, seen, prefix, onRead }), close: store.close };
};

/**
 * The event log on EventStoreDB, with the texts in the schema `vault` of a PostgreSQL. Nothing is connected to EventStoreDB before the first use.
 * Stamps are the store's own, which follow its leader's clock: where that is set back, a later append may have an earlier `recordedAt`, as in no other
 * adapter. Rejects with `UnsuitableServer` for a PostgreSQL that would acknowledge what it has not flushed.
 */
export const createEventStoreLog = async <E extends object>(given: EventStoreLogOptions): Promise<EventLog<E>> => {
  const options = { ...eventStoreDefaults, ...given };
  const { pool, clock, prefix, clockTolerance } = options;
  await available(() => requireSuitable(pool));

  const codec = createCodec<E>(options);
  const skew = createSkewWatch(clock, clockTolerance, options.onSkew);
  const { store, vault, frontier, seen, reader } = await openReader({ ...options, onRead: skew.look });
  const { requireNeverDeleted } = reader;
  const appender = createAppender({ store, vault, frontier, seen, requireNeverDeleted, prefix }, options);
  const hints = createHints({ store, head: reader.head, prefix }, options);
  const lookups = { listed: createVaultReader(pool).listed, erasuresOf: reader.erasuresOf };

  const log: EventLog<E> = {
    append: async (stream, expected, events) => appender.append(stream, expected, codec.encode(stream, expected, events)),
    readStream: async (stream, from, options = {}) => decodeAll(codec, await reader.readStream(stream, from, options), options, lookups),
    readAll: async (after, limit, options = {}) => {
      const isWanted = wantsTexts(options.texts);
      const early = new Map<StoredEvent, ReturnType<typeof codec.decode>>();
      const page = await reader.readAll(after, limit, options.texts, (events) => {
        for (const event of events) early.set(event, codec.decode(event, isWanted(event)));
      });
      // One of which the page erases a text is another event by then, and decoded anew.
      const decode: typeof codec.decode = (stored, texts) => early.get(stored) ?? codec.decode(stored, texts);
      return decodeAll({ ...codec, decode }, page, options, lookups);
    },
    endOf: async (stream) => {
      const last = await reader.last(stream);
      return last ? placeOf(last) : null;
    },
    readStored: async (stream, from, options = {}) => (await reader.readStream(stream, from, options)).filter(among(options)),
    head: reader.head,
    now: async () => {
      const now = new Date(clock.now().getTime() - clockTolerance);
      const head = await reader.head();
      skew.declareOver(head, now);
      return { head, now };
    },
    holds: holdsIn(store, prefix),
    requireSame: seen.check,
    subscribe: hints.subscribe,
    sizeOf: codec.sizeOf,
    close: async () => {
      hints.close();
      await appender.close();
      await store.close();
    },
  };
  return whileSame(log, seen);
};
