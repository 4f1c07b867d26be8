import { isUndecodable, type Logged, type Undecodable } from './port.ts';

/** An event that cannot be decoded, or with `missing` one that the stream had, and that its store does not give any more. */
type Unreadable = Pick<Undecodable, 'stream' | 'revision' | 'error'> & {
  undecodable: Undecodable['undecodable'] | 'missing';
  /** Unknown where the event is missing. */
  position?: bigint;
};

/** An event cannot be read, so nothing can be decided on its stream or read of it, in whole or in part: 503 until a person mends it. */
export class StreamUnreadable extends Error {
  override readonly name = 'StreamUnreadable';
  readonly event: Unreadable;
  constructor(event: Unreadable) {
    const { stream, revision, undecodable, error } = event;
    const place = `revision ${revision} of ${stream}${event.position === undefined ? '' : `, position ${event.position},`}`;
    super(`${place} cannot be read (${undecodable}): ${error}`);
    this.event = event;
  }
}

/** The events, or `StreamUnreadable` for the first that could not be decoded. */
export const decoded = <E extends object>(events: readonly Logged<E>[]): (E & { sha256?: string })[] =>
  events.map((event) => {
    if (isUndecodable(event)) throw new StreamUnreadable(event);
    return event;
  });

/** The events, which were read from revision `from` of the stream on, or `StreamUnreadable` for the first that is missing among them. */
export const withoutGaps = <E extends { revision: number }>(stream: string, from: number, events: readonly E[]): readonly E[] => {
  const index = events.findIndex(({ revision }, n) => revision !== from + n);
  if (index >= 0) throw missing(stream, from + index, `the next event that is there is revision ${events[index]?.revision}`);
  return events;
};

/** Throws `StreamUnreadable` for the first of these revisions from `from` on that is not among the events, though a later one is. */
export const withoutMissing = (
  stream: string,
  from: number,
  revisions: ReadonlySet<number>,
  events: readonly { revision: number }[],
): void => {
  const found = new Set(events.map(({ revision }) => revision));
  const end = Math.max(-1, ...found);
  const lost = [...revisions].find((revision) => revision >= from && revision < end && !found.has(revision));
  if (lost !== undefined) throw missing(stream, lost, 'later events of the stream are there');
};

/** For a stream that was deleted or cut off in its store. */
export const missing = (stream: string, revision: number, error: string): StreamUnreadable =>
  new StreamUnreadable({ stream, revision, undecodable: 'missing', error });
