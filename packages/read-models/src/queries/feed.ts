import { seesWholeFeed, type Viewer } from '@averment/access';
import { type DomainEvent, type FeedState, reviewEvents } from '@averment/domain';
import {
  isUndecodable,
  type Logged,
  readFeedState,
  StreamUnreadable,
  servedAt,
  type Undecodable,
  UnknownPosition,
} from '@averment/event-log';
import { isIncident, placeOf, recordPart, recordRevisions } from './event-items.ts';
import type { HandsOf } from './hands.ts';
import type { Reading } from './index.ts';
import { createProtection, type Protection, settled } from './protection.ts';
import type { Client, EventItem, FeedItem, Queries } from './types.ts';
import { giveUpIf } from './work.ts';

/** How many events are read from the log at once. */
const chunk = 500;

/** Who wrote an event that cannot be read is not known. */
const nobody = { actor: null, author: null, approvedBy: [] };

/**
 * The feed of all streams, from the log; of the model only what protects texts by now. With `canonical` each item comes with its stored bytes, and an event
 * that cannot be decoded ends nothing.
 */
export const createFeed = (
  reading: Pick<Reading, 'pool' | 'log' | 'models' | 'schemas'>,
  hands: HandsOf,
  { canonical }: { canonical?: true } = {},
): Queries['feed'] => {
  const { log, models } = reading;
  /** What the feed shows of an event: null for what is not for the viewer, `StreamUnreadable` for what stands in the way. */
  const createView = (viewer: Viewer, protection: Protection) => {
    const itemFor = async (event: DomainEvent): Promise<EventItem> => protection.itemOf(event, await hands.of(event, viewer));

    let decisions: Promise<FeedState> | undefined;
    /** Read when first needed, and once for a page. */
    const passedOver = async (position: bigint): Promise<boolean> => {
      decisions ??= readFeedState(log).then(({ state }) => state);
      return (await decisions).has(String(position));
    };

    const published = new Set<string>();
    /**
     * Whether the viewer may see that there is such an event, as far as its type and stream tell: who sees the whole feed any, others what is of a published incident's
     * record or might be. Nothing of a type that is not known is ever shown of an incident that is not published.
     */
    const isFor = async ({ stream, type, last }: Undecodable): Promise<boolean> => {
      if (seesWholeFeed(viewer)) return true;
      if (!isIncident(stream) || reviewEvents.has(type)) return false;
      if (!published.has(stream) && (await recordRevisions(log, stream, last)).size > 0) published.add(stream);
      return published.has(stream);
    };

    const unreadable = async (event: Undecodable, position: bigint): Promise<FeedItem | null> => {
      if (!(await isFor(event))) return null;
      if (!canonical && !(await passedOver(position))) throw new StreamUnreadable(event);
      return { ...placeOf({ ...event, position }), type: 'Unreadable', ...nobody, edit: null, data: { why: event.undecodable } };
    };

    const readable = async (event: DomainEvent): Promise<FeedItem | null> => {
      const part = seesWholeFeed(viewer) ? event : await recordPart(log, event);
      return part && itemFor(part);
    };

    const shown = async (event: Logged<DomainEvent>): Promise<FeedItem | null> => {
      if (isUndecodable(event)) return unreadable(event, event.position);
      if (event.type !== 'FeedEventMended') return readable(event);
      const original = await servedAt(log, event.position);
      if (original === undefined) return readable(event);
      if (isUndecodable(original)) return unreadable(original, event.position);
      const carried = await readable(original);
      return carried && { ...(await itemFor(event)), data: { ...event.data, event: carried } };
    };

    return async (event: Logged<DomainEvent>): Promise<FeedItem | null> => {
      const item = await shown(event);
      return item && canonical ? { ...item, canonical: event.canonical ?? '', disclosures: [...(event.disclosures ?? [])] } : item;
    };
  };

  /**
   * Adds what the page shows, up to the limit. Answers the position of the last event that was read. Ends before an event that cannot be read, unless it
   * is the first.
   */
  const addPage = async (
    page: readonly Logged<DomainEvent>[],
    after: bigint,
    items: FeedItem[],
    limit: number,
    view: ReturnType<typeof createView>,
  ): Promise<bigint> => {
    let next = after;
    for (const event of page) {
      if (items.length === limit) break;
      try {
        const item = await view(event);
        if (item !== null) items.push(item);
      } catch (error) {
        if (error instanceof StreamUnreadable && next > after) break;
        throw error;
      }
      next = event.position;
    }
    return next;
  };

  /** The part of a page whose protection is known by now, and what hinders the rest, if anything does. */
  const ready = async (
    page: readonly Logged<DomainEvent>[],
    protection: Protection,
    client: Client,
  ): Promise<{ part: readonly Logged<DomainEvent>[]; hindered: unknown }> => {
    try {
      await settled(page, protection, models, client);
      return { part: page, hindered: null };
    } catch (error) {
      // A model that is not there has decided nothing.
      const { position } = await models.status(['record']).catch(() => ({ position: 0n }));
      const end = page.findIndex((event) => event.position > position && protection.awaits(event));
      return end < 0 ? { part: page, hindered: null } : { part: page.slice(0, end), hindered: error };
    }
  };

  return async (after, limit, viewer, { client }) => {
    const items: FeedItem[] = [];
    const size = Math.max(limit, chunk);
    let next = after;
    for (;;) {
      giveUpIf(client.signal);
      const page = await log.readAll(next, size, canonical ? { canonical } : {});
      // A client at that position has followed another log: nothing would ever come.
      if (page.length === 0 && next === after && after > (await log.head()))
        throw new UnknownPosition(`the log ends before position ${after}`);
      const protection = createProtection(reading, viewer);
      const { part, hindered } = await ready(page, protection, client);
      await protection.begin(part);
      hands.begin(part.slice(0, limit));
      next = await addPage(part, next, items, limit, createView(viewer, protection));
      if (hindered !== null && items.length === 0) throw hindered;
      // An empty page is answered at the head only: a follower may take it for the end.
      if (items.length > 0 || page.length < size) return { items, next: String(next) };
    }
  };
};
