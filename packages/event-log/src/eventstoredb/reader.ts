import { erasureType } from '../missing.ts';
import { type StoredEvent, UnknownPosition } from '../port.ts';
import type { Frontier } from './frontier.ts';
import { storedOf } from './records.ts';
import { repeatedly } from './repeat.ts';
import { NotAPosition, type RecordedEvent, type Store } from './store.ts';
import type { createVault } from './vault.ts';

type Vault = Pick<ReturnType<typeof createVault>, 'disclose' | 'disclosePage'>;

/** After a broken connection or a change of leader a read is tried again; whoever asks a store that is down hears so at once. */
const attempts = { attempts: 3 };

/** Reads of stored events, from the leader. All reject with `LogUnavailable`. */
export const createReader = ({
  store,
  vault,
  frontier,
  prefix,
  onRead,
}: {
  store: Store;
  vault: Vault;
  frontier: Frontier;
  prefix: string;
  /** Sees every page as read, in the order of the log or of a stream. */
  onRead: (events: readonly RecordedEvent[]) => void;
}) => {
  const streamEvents = (stream: string, from: number, limit: number) =>
    repeatedly(() => store.readStream(prefix + stream, from, limit), attempts);

  /**
   * The store stamps each event, a moment apart; an append counts as recorded when its last event was. Where the page ends inside an append, that one is
   * looked up.
   */
  const stored = async (recorded: readonly RecordedEvent[]): Promise<StoredEvent[]> => {
    frontier.see(recorded);
    onRead(recorded);
    const events = recorded.map((each) => storedOf(each, prefix));
    const tail = events.at(-1);
    if (tail && tail.last > tail.revision) {
      const [end] = await streamEvents(tail.stream, tail.last, 1);
      if (end) events.push(storedOf(end, prefix));
    }
    for (let index = events.length - 2; index >= 0; index -= 1) {
      const [event, next] = events.slice(index, index + 2) as [StoredEvent, StoredEvent];
      if (event.stream === next.stream && event.last === next.last) events[index] = { ...event, recordedAt: next.recordedAt };
    }
    return events.slice(0, recorded.length);
  };

  const readStream = async (stream: string, from: number, { to, texts }: { to?: number | undefined; texts: boolean }) => {
    const limit = to === undefined ? Number.MAX_SAFE_INTEGER : to - from + 1;
    if (limit < 1) return [];
    const events = await stored(await streamEvents(stream, from, limit));
    return texts ? vault.disclose(events) : events;
  };

  const forwards = (from: bigint | 'start', limit: number) =>
    repeatedly(() => store.readAll({ from, direction: 'forwards', limit, prefix }), attempts);

  /** What stands at `from` and later, if an event of ours stands exactly there. */
  const fromEventAt = async (from: bigint, limit: number): Promise<RecordedEvent[] | undefined> => {
    try {
      const events = await forwards(from, limit);
      return events[0]?.position === from ? events : undefined;
    } catch (error) {
      if (error instanceof NotAPosition) return undefined;
      throw error;
    }
  };

  const recordedAfter = async (after: bigint, limit: number): Promise<RecordedEvent[]> => {
    const { from, inclusive } = frontier.startAfter(after);
    if (!inclusive) return (await forwards(from, limit)).filter(({ position }) => position > after);
    const events = await fromEventAt(after, limit + 1);
    if (events) return events.slice(1);
    // The store can read from where a record begins only.
    const next = await fromEventAt(after + 1n, limit);
    if (next) return next;
    if (after >= (await repeatedly(frontier.head, attempts))) return [];
    throw new UnknownPosition(`no event stands at position ${after}`);
  };

  return {
    readStream,
    readAll: async (after: bigint, limit: number, texts: boolean): Promise<StoredEvent[]> => {
      const events = await stored(await recordedAfter(after, limit));
      return texts ? vault.disclosePage(events) : events;
    },
    erasuresOf: async (stream: string, from: number): Promise<StoredEvent[]> =>
      (await readStream(stream, from, { texts: false })).filter(({ type }) => type === erasureType),
    head: () => repeatedly(frontier.head, attempts),
  };
};
