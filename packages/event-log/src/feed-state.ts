import { type DomainEvent, evolveFeed, type FeedState, feedOperations, initialFeed } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged, UnknownPosition } from './port.ts';

/** A log whose events are those of the domain's catalogue, as far as this program knows them. */
type Reads<N extends keyof EventLog<object>> = Pick<EventLog<object>, N>;

/**
 * What admins let the feed pass over, as the log has it now, and the revision (-1: none) of the stream that says so. An event of that stream which cannot
 * be read counts for nothing: its decision has to be taken again. Rejects with `LogUnavailable`.
 */
export const readFeedState = async (log: Reads<'readStream'>): Promise<{ state: FeedState; revision: number }> => {
  const events = (await log.readStream(feedOperations, 0, { texts: false, whatIsLeft: true })) as Logged<DomainEvent>[];
  const state = initialFeed();
  for (const event of events) if (!isUndecodable(event)) evolveFeed(state, event);
  return { state, revision: events.at(-1)?.revision ?? -1 };
};

const eventAt = async (log: Reads<'readAll'>, position: bigint): Promise<Logged<DomainEvent> | undefined> => {
  const page = await log.readAll(position - 1n, 1).catch((error: unknown) => {
    if (error instanceof UnknownPosition) return [];
    throw error;
  });
  const [event] = page as Logged<DomainEvent>[];
  return event?.position === position ? event : undefined;
};

/** The event that the feed serves at a position: the one there, or the original that a `FeedEventMended` there carries. Rejects with `LogUnavailable`. */
export const servedAt = async (log: Reads<'readAll'>, position: bigint): Promise<Logged<DomainEvent> | undefined> => {
  const event = await eventAt(log, position);
  if (event === undefined || isUndecodable(event) || event.type !== 'FeedEventMended') return event;
  const earlier = BigInt(event.data.position);
  return earlier < position ? servedAt(log, earlier) : undefined;
};
