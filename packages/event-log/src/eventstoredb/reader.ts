import { wantsTexts } from '../among.ts';
import { erasureType, neededFor } from '../erased.ts';
import { type Mark, type ReadAllOptions, type ReadStreamOptions, type StoredEvent, UnknownPosition } from '../port.ts';
import type { Seen } from '../seen.ts';
import { missing, withoutGaps } from '../unreadable.ts';
import type { Frontier } from './frontier.ts';
import { storedOf } from './records.ts';
import { repeatedly } from './repeat.ts';
import { NotAPosition, type RecordedEvent, type Store, StreamTombstoned } from './store.ts';
import type { createVault } from './vault.ts';

type Vault = Pick<ReturnType<typeof createVault>, 'disclose' | 'disclosePage' | 'followedTo'>;

/** What in a stream's metadata lets its first events go. */
const limits = ['$tb', '$maxCount', '$maxAge'];

const nothingIfTombstoned = (error: unknown): null => {
  if (error instanceof StreamTombstoned) return null;
  throw error;
};

const unlessTombstoned =
  (stream: string, from: number) =>
  (error: unknown): never => {
    throw error instanceof StreamTombstoned ? missing(stream, from, 'the stream was deleted for ever in EventStoreDB') : error;
  };

/** So many events are asked for at once: while one part of a page is worked on, the store sends the next. */
const eventsInPart = 200;
/** Where the texts of a page fill so many bytes, it ends. */
const bytesOfTextsInPage = 16 * 1024 * 1024;
/** Events of a stream that are read at once where its end is not wanted. */
const pageSize = 500;

/** A read is tried again after a broken connection or a change of leader. If the store is down, the caller learns so at once. */
const tries = { tries: 3 };

/** Whether an event stands where it was seen. Rejects with `LogUnavailable`. */
export const holdsIn =
  (store: Pick<Store, 'readAll'>, prefix: string) =>
  async ({ position, sha256 }: Mark): Promise<boolean> => {
    try {
      const [event] = await repeatedly(() => store.readAll({ from: position, direction: 'forwards', limit: 1 }), tries);
      return event?.position === position && event.stream.startsWith(prefix) && storedOf(event, prefix).sha256 === sha256;
    } catch (error) {
      if (error instanceof NotAPosition) return false;
      throw error;
    }
  };

/** Reads of stored events, from the leader. All reject with `LogUnavailable`, those of a stream with `StreamUnreadable` where it was deleted or cut off. */
export const createReader = ({
  store,
  vault,
  frontier,
  seen,
  prefix,
  onRead,
}: {
  store: Store;
  vault: Vault;
  frontier: Frontier;
  seen: Seen;
  prefix: string;
  /** Sees every page as read, in the order of the log or of a stream. */
  onRead: (events: readonly RecordedEvent[]) => void;
}) => {
  /** What there is of a stream, which may have been deleted or cut off. */
  const whatIsLeft = async (stream: string, from: number, limit: number): Promise<RecordedEvent[]> =>
    (await repeatedly(() => store.readStream(prefix + stream, from, limit), tries).catch(nothingIfTombstoned)) ?? [];

  const wholeEvents = async (stream: string, from: number, limit: number): Promise<readonly RecordedEvent[]> => {
    const events = await repeatedly(() => store.readStream(prefix + stream, from, limit), tries).catch(unlessTombstoned(stream, from));
    if (events === null) await requireNeverDeleted(stream, from);
    // If nothing is left of a stream that exists, its beginning is missing. A read beyond its end gets nothing as well.
    else if (events.length === 0 && from === 0) throw missing(stream, 0, 'EventStoreDB has the stream, and no event of it');
    return withoutGaps(stream, from, events ?? []);
  };

  /** A deleted stream is told from one that never was by the limits in its metadata, which say from where on it could be read. */
  const requireNeverDeleted = async (stream: string, from = 0): Promise<void> => {
    const [newest] =
      (await repeatedly(() => store.readStream(`$$${prefix}${stream}`, 0, 1), tries).catch(unlessTombstoned(stream, from))) ?? [];
    if (newest && limits.some((limit) => newest.data.includes(`"${limit}"`)))
      throw missing(stream, from, 'the stream was deleted in EventStoreDB');
  };

  const noted = (recorded: readonly RecordedEvent[]): StoredEvent[] => {
    onRead(recorded);
    const events = recorded.map((each) => storedOf(each, prefix));
    seen.read(events);
    if (!seen.isOther()) frontier.see(recorded);
    return events;
  };

  /**
   * The store stamps each event, a moment apart; an append counts as recorded when its last event was. Where the events end inside an append, that one is
   * looked up.
   */
  const stamped = async (events: readonly StoredEvent[]): Promise<StoredEvent[]> => {
    const all = [...events];
    const tail = all.at(-1);
    if (tail && tail.last > tail.revision) {
      const [end] = await whatIsLeft(tail.stream, tail.last, 1);
      if (end?.revision === tail.last) all.push(storedOf(end, prefix));
    }
    for (let index = all.length - 2; index >= 0; index -= 1) {
      const [event, next] = [all[index], all[index + 1]] as [StoredEvent, StoredEvent];
      if (event.stream === next.stream && event.last === next.last) all[index] = { ...event, recordedAt: next.recordedAt };
    }
    return all.slice(0, events.length);
  };

  const stored = (recorded: readonly RecordedEvent[]): Promise<StoredEvent[]> => stamped(noted(recorded));

  /** The stream's last event; undefined for a stream that never was. */
  const last = async (stream: string): Promise<StoredEvent | undefined> => {
    const events = await repeatedly(() => store.readLast(prefix + stream), tries).catch(unlessTombstoned(stream, 0));
    if (events === null) await requireNeverDeleted(stream);
    else if (events.length === 0) throw missing(stream, 0, 'EventStoreDB has the stream, and no event of it');
    return (await stored(events ?? []))[0];
  };

  /** Whether the vault has taken out all that was erased of the stream, so that later erasures need not be looked for. To be asked before texts are read. */
  const isFollowed = async (stream: string): Promise<boolean> => {
    const position = await vault.followedTo();
    return ((await last(stream))?.position ?? 0n) <= position;
  };

  /** The events up to a position, in pages, of which the last may go beyond. */
  const wholeUntil = async (stream: string, from: number, limit: number, until: bigint): Promise<RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for (;;) {
      const size = Math.min(pageSize, limit - events.length);
      const page = size === 0 ? [] : await wholeEvents(stream, from + events.length, size);
      events.push(...page);
      if (page.length < size || size === 0 || (page.at(-1)?.position ?? 0n) > until) return events;
    }
  };

  /** What the read needs (`neededFor`), erasures without regard to `until` and `types`. */
  const readStream = async (stream: string, from: number, options: ReadStreamOptions) => {
    const { to, until, texts = true, whatIsLeft: isAny = false } = options;
    const limit = to === undefined ? Number.MAX_SAFE_INTEGER : to - from + 1;
    if (limit < 1) return [];
    const isBounded = until !== undefined && !isAny && (!texts || (await isFollowed(stream)));
    const recorded = isBounded
      ? await wholeUntil(stream, from, limit, until)
      : await (isAny ? whatIsLeft : wholeEvents)(stream, from, limit);
    const events = (await stored(recorded)).filter(neededFor(options));
    return texts ? vault.disclose(events) : events;
  };

  const forwards = (from: bigint | 'start', limit: number) =>
    repeatedly(() => store.readAll({ from, direction: 'forwards', limit, prefix }), tries);

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
    // Before it is asked for a position that may be too great for it.
    if (after >= (await repeatedly(frontier.head, tries))) return [];
    // The store can read from where a record begins only.
    const next = await fromEventAt(after + 1n, limit);
    if (next) return next;
    throw new UnknownPosition(`no event stands at position ${after}`);
  };

  /** A page in parts, of which the next is on its way already. */
  async function* partsAfter(after: bigint, limit: number): AsyncGenerator<{ recorded: readonly RecordedEvent[]; isLast: boolean }> {
    let next = recordedAfter(after, Math.min(limit, eventsInPart));
    for (let left = limit; ; ) {
      const recorded = await next;
      const last = recorded.at(-1);
      const isLast = last === undefined || recorded.length < eventsInPart || recorded.length === left;
      left -= recorded.length;
      if (!isLast) {
        next = recordedAfter(last.position, Math.min(left, eventsInPart));
        // It may be that nobody waits for it any more.
        next.catch(() => undefined);
      }
      yield { recorded, isLast };
      if (isLast) return;
    }
  }

  return {
    readStream,
    last,
    requireNeverDeleted,
    /** `onReady` gets the events of the page, in parts, while the rest of it is on its way. */
    readAll: async (
      after: bigint,
      limit: number,
      texts: ReadAllOptions['texts'],
      onReady: (events: readonly StoredEvent[]) => void = () => undefined,
    ): Promise<StoredEvent[]> => {
      const isWanted = wantsTexts(texts);
      const page: StoredEvent[] = [];
      const open: StoredEvent[] = [];
      let room = bytesOfTextsInPage;
      for await (const { recorded, isLast } of partsAfter(after, limit)) {
        open.push(...noted(recorded));
        // An append stays whole, but for one that the page cuts.
        const whole = open.splice(0, isLast ? open.length : 1 + open.findLastIndex(({ revision, last }) => revision === last));
        const shown = await vault.disclosePage(await stamped(whole), isWanted, room);
        onReady(shown.events);
        page.push(...shown.events);
        room = shown.room;
        if (room <= 0) break;
      }
      return page;
    },
    erasuresOf: async (stream: string, from: number): Promise<StoredEvent[]> =>
      (await stored(await whatIsLeft(stream, from, Number.MAX_SAFE_INTEGER))).filter(({ type }) => type === erasureType),
    head: () => repeatedly(frontier.head, tries),
  };
};
