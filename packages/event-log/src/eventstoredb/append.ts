import { randomUUID } from 'node:crypto';
import { type EncodedEvent, sha256 } from '../codec.ts';
import { type AppendOutcome, LogUnavailable } from '../port.ts';
import type { Seen } from '../seen.ts';
import { missing } from '../unreadable.ts';
import type { Frontier } from './frontier.ts';
import { attemptOf, proposedOf } from './records.ts';
import { repeatedly } from './repeat.ts';
import { type Acknowledgement, type Store, StreamTombstoned } from './store.ts';
import type { Attempt, createVault } from './vault.ts';

/** Durations in milliseconds. */
export type AppendOptions = {
  /** How long an append is repeated before its caller is told that the outcome is unknown. */
  deadline: number;
  /** Appends that may be in flight; beyond, they are refused at once. */
  waiting: number;
};

type Vault = Pick<ReturnType<typeof createVault>, 'insert' | 'contested'>;

type Parts = {
  store: Pick<Store, 'append' | 'readStream'>;
  vault: Vault;
  frontier: Frontier;
  seen: Pick<Seen, 'appended'>;
  /** Rejects with `StreamUnreadable` where the stream was deleted: it must not begin anew. */
  requireNeverDeleted: (stream: string) => Promise<void>;
  prefix: string;
};

/**
 * Appends encoded events: texts into the vault first, then the events into the store, each repeated with the same ids, bytes and revision until the
 * outcome is known. `prefix` goes before the names of streams. Rejects with `LogUnavailable`, and with `StreamUnreadable` where the stream was deleted.
 */
export const createAppender = (
  { store, vault, frontier, seen, requireNeverDeleted, prefix }: Parts,
  { deadline, waiting }: AppendOptions,
) => {
  const inFlight = new Set<Promise<unknown>>();
  let closed = false;

  /**
   * The store answers a repeat as it answered the first time. This append was a repeat if the answer names a position from before it was sent, or if the
   * event of another call stands there. Such a call had put a row into the vault before, so the vault alone nearly always shows that there was none.
   */
  const isRepeat = async (
    attempts: readonly Attempt[],
    attempt: string,
    answer: { revision: number; position: bigint },
    before: bigint,
  ) => {
    if (answer.position <= before) return true;
    if (!(await vault.contested(attempts))) return false;
    const [event] = (await store.readStream(prefix + (attempts[0]?.stream ?? ''), answer.revision, 1)) ?? [];
    return event === undefined || attemptOf(event) !== attempt;
  };

  const run = async (stream: string, expected: number, events: readonly EncodedEvent[]): Promise<AppendOutcome> => {
    const attempt = randomUUID();
    const attempts = attemptsOf(events, attempt);
    const repeating = { until: performance.now() + deadline, stop: () => closed };
    const proposed = events.map((event) => proposedOf(event, attempt));

    await repeatedly(() => frontier.begin(), repeating);
    const before = frontier.known();
    // A stream that was deleted had a first event once, of which the vault had a row.
    if (await repeatedly(() => vault.insert(attempts), repeating)) await requireNeverDeleted(stream);
    const send = () => {
      // After a day the sweeper takes the texts away; a process that slept so long must not send their events.
      if (performance.now() > repeating.until) throw new LogUnavailable('the time for this append was over before it could be sent');
      return store.append(prefix + stream, expected, proposed);
    };
    const answer: Acknowledgement = await repeatedly(async () => send(), repeating).catch((error) => {
      throw error instanceof StreamTombstoned ? missing(stream, expected + 1, error.message) : error;
    });
    if (answer === 'no_place')
      throw missing(stream, expected + 1, 'EventStoreDB took the events for a repeat, and cannot say where they stand');
    if ('actual' in answer) return { outcome: 'wrong_revision', actual: answer.actual };
    if (answer.revision !== expected + events.length)
      throw missing(stream, expected + 1, `the stream was deleted, and EventStoreDB went on at revision ${answer.revision}`);
    frontier.see([answer]);
    const repeated = await repeatedly(() => isRepeat(attempts, attempt, answer, before), repeating);
    if (!repeated) seen.appended({ position: answer.position, sha256: events.at(-1)?.sha256 ?? '' });
    return { outcome: repeated ? 'repeated' : 'written', revision: answer.revision, position: answer.position };
  };

  return {
    append: async (stream: string, expected: number, events: readonly EncodedEvent[]): Promise<AppendOutcome> => {
      if (closed) throw new LogUnavailable('the event log is closed');
      if (inFlight.size >= waiting) throw new LogUnavailable('too many appends wait for the event log');
      const running = run(stream, expected, events);
      inFlight.add(running);
      try {
        return await running;
      } finally {
        inFlight.delete(running);
      }
    },
    /** Waits for what is in flight; nothing is repeated any more. */
    close: async (): Promise<void> => {
      closed = true;
      await Promise.allSettled(inFlight);
    },
  };
};

/**
 * An append's rows in the vault: one for each event with texts, and in any case one for the first event, so that every other call that tries the same
 * revision sees it. Without any texts two calls would have equal rows: then that row has the hash of the call instead, and is swept like one whose event
 * never arrived.
 */
const attemptsOf = (events: readonly EncodedEvent[], attempt: string): Attempt[] => {
  const attempts = events.filter(({ disclosures }, index) => index === 0 || disclosures.length > 0);
  return attempts.some(({ disclosures }) => disclosures.length > 0)
    ? attempts
    : attempts.map((event) => ({ ...event, sha256: sha256(attempt) }));
};
