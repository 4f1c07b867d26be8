import { type DomainEvent, isTypeId, recordEvents, reviewEvents } from '@averment/domain';
import { decoded, type EventLog, isUndecodable, type Logged, StreamUnreadable } from '@averment/event-log';
import type { Pool } from 'pg';
import { decodeCursor, encodeCursor, listOf, pageOf } from './cursors.ts';
import { createHands, type Hands } from './hands.ts';
import type { EventItem, Queries, Viewer } from './types.ts';
import { record, seesIncident, seesReview, shownTo } from './viewers.ts';

/** How many events are read from the log at once. */
const chunk = 500;

const isIncident = (stream: string): boolean => isTypeId('incident', stream);

const itemOf = (event: DomainEvent, viewer: Viewer, { actor, author, approvedBy }: Hands): EventItem => ({
  position: String(event.position),
  stream: event.stream,
  incidentId: isIncident(event.stream) ? event.stream : null,
  revision: event.revision,
  last: event.last,
  type: event.type,
  recordedAt: event.recordedAt,
  actor,
  author,
  approvedBy,
  edit: event.edit,
  data: shownTo(viewer, event.data),
});

/** The revisions of a stream's record events up to a revision, read without texts. */
const recordRevisions = async (log: EventLog<DomainEvent>, stream: string, to: number): Promise<Set<number>> => {
  const events = await log.readStream(stream, 0, { to, texts: false });
  return new Set(events.filter(({ type }) => recordEvents.has(type)).map(({ revision }) => revision));
};

/**
 * The event as one may see it who sees record events only: those, and of an erasure what it took from them; null for anything else.
 * An incident has record events only once it is published.
 */
const recordPart = async (log: EventLog<DomainEvent>, event: DomainEvent): Promise<DomainEvent | null> => {
  if (recordEvents.has(event.type)) return event;
  if (event.type !== 'TextErased' || !isIncident(event.stream)) return null;
  const recorded = await recordRevisions(log, event.stream, event.revision);
  const items = event.data.items.filter(({ revision }) => recorded.has(revision));
  return items.length === 0 ? null : { ...event, data: { ...event.data, items } };
};

/** The events of one incident, and the feed of all, both from the log. */
export const createEventQueries = (pool: Pool, log: EventLog<DomainEvent>): Pick<Queries, 'incidentEvents' | 'feed'> => {
  const hands = createHands(log);
  const itemFor = async (event: DomainEvent, viewer: Viewer): Promise<EventItem> => itemOf(event, viewer, await hands.of(event, viewer));

  const visiblePart = async (event: DomainEvent, viewer: Viewer): Promise<DomainEvent | null> =>
    seesReview(viewer) && (reviewEvents.has(event.type) || event.type === 'TextErased') ? event : recordPart(log, event);

  const incidentEvents: Queries['incidentEvents'] = async (id, { limit, cursor }, viewer) => {
    const list = listOf('events', { id });
    const after = decodeCursor(cursor, list, ['number']);
    const { rows } = await pool.query(`SELECT published, author FROM ${record}.incidents WHERE id = $1`, [id]);
    if (rows[0] === undefined || !seesIncident(viewer, rows[0])) return null;
    const shown: DomainEvent[] = [];
    for (let from = Number(after?.[0] ?? -1) + 1; shown.length <= limit; from += chunk) {
      const events = decoded(await log.readStream(id, from, { to: from + chunk - 1 }));
      for (const event of events) shown.push(...[await visiblePart(event, viewer)].filter((part) => part !== null));
      if (events.length < chunk) break;
    }
    const { items, next } = pageOf(
      shown,
      limit,
      (event) => event,
      ({ revision }) => encodeCursor(list, [revision]),
    );
    return { items: await Promise.all(items.map((event) => itemFor(event, viewer))), next };
  };

  /** Whether an event that cannot be decoded stands in the viewer's way: what lies in other streams than incidents is for auditors only. */
  const concerns = ({ stream }: Logged<DomainEvent>, viewer: Viewer): boolean => viewer?.role === 'auditor' || isIncident(stream);

  /** What the feed shows of an event: null for what is not for the viewer, `StreamUnreadable` for what stands in the way. */
  const fed = async (event: Logged<DomainEvent>, viewer: Viewer): Promise<EventItem | null> => {
    if (isUndecodable(event)) {
      if (concerns(event, viewer)) throw new StreamUnreadable(event);
      return null;
    }
    const part = viewer?.role === 'auditor' ? event : await recordPart(log, event);
    return part && itemFor(part, viewer);
  };

  /** Adds what the page shows, up to the limit. Answers the position of the last event that was read; ends before one that cannot be, if it is not the first. */
  const addPage = async (
    page: readonly Logged<DomainEvent>[],
    after: bigint,
    items: EventItem[],
    limit: number,
    viewer: Viewer,
  ): Promise<bigint> => {
    let next = after;
    for (const event of page) {
      if (items.length === limit) break;
      try {
        const item = await fed(event, viewer);
        if (item !== null) items.push(item);
      } catch (error) {
        if (error instanceof StreamUnreadable && next > after) break;
        throw error;
      }
      next = event.position;
    }
    return next;
  };

  const feed: Queries['feed'] = async (after, limit, viewer) => {
    const items: EventItem[] = [];
    const size = Math.max(limit, chunk);
    let next = after;
    for (;;) {
      const page = await log.readAll(next, size);
      hands.begin(page.slice(0, limit));
      next = await addPage(page, next, items, limit, viewer);
      // An empty page is answered at the head only: a follower may take it for the end.
      if (items.length > 0 || page.length < size) return { items, next: String(next) };
    }
  };

  return { incidentEvents, feed };
};
