import { type DomainEvent, isTypeId, recordEvents, reviewEvents } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged } from '@averment/event-log';
import type { Pool } from 'pg';
import { decodeCursor, encodeCursor, pageOf } from './cursors.ts';
import { decoded } from './logged.ts';
import { type EventItem, type Queries, StreamUnreadable, type Viewer } from './types.ts';
import { record, seesIncident, seesReview, shownTo } from './viewers.ts';

/** How many events are read from the log at once. */
const chunk = 500;

const isIncident = (stream: string): boolean => isTypeId('incident', stream);

const itemOf = (event: DomainEvent, viewer: Viewer): EventItem => ({
  position: String(event.position),
  stream: event.stream,
  incidentId: isIncident(event.stream) ? event.stream : null,
  revision: event.revision,
  last: event.last,
  type: event.type,
  recordedAt: event.recordedAt,
  actor: event.actor,
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
  const visiblePart = async (event: DomainEvent, viewer: Viewer): Promise<DomainEvent | null> =>
    seesReview(viewer) && (reviewEvents.has(event.type) || event.type === 'TextErased') ? event : recordPart(log, event);

  const incidentEvents: Queries['incidentEvents'] = async (id, { limit, cursor }, viewer) => {
    const after = decodeCursor(cursor, 'events', ['number']);
    const { rows } = await pool.query(`SELECT published, author FROM ${record}.incidents WHERE id = $1`, [id]);
    if (rows[0] === undefined || !seesIncident(viewer, rows[0])) return null;
    const shown: DomainEvent[] = [];
    for (let from = Number(after?.[0] ?? -1) + 1; shown.length <= limit; from += chunk) {
      const events = decoded(await log.readStream(id, from, { to: from + chunk - 1 }));
      for (const event of events) shown.push(...[await visiblePart(event, viewer)].filter((part) => part !== null));
      if (events.length < chunk) break;
    }
    return pageOf(
      shown,
      limit,
      (event) => itemOf(event, viewer),
      ({ revision }) => encodeCursor('events', [revision]),
    );
  };

  /** Whether an event that cannot be decoded stands in the viewer's way: what lies in other streams than incidents is for auditors only. */
  const concerns = ({ stream }: Logged<DomainEvent>, viewer: Viewer): boolean => viewer?.role === 'auditor' || isIncident(stream);

  const feed: Queries['feed'] = async (after, limit, viewer) => {
    const items: EventItem[] = [];
    let next = after;
    while (items.length < limit) {
      const page = await log.readAll(next, Math.max(limit, chunk));
      for (const event of page) {
        if (items.length === limit) break;
        if (isUndecodable(event)) {
          if (!concerns(event, viewer)) {
            next = event.position;
            continue;
          }
          if (next === after) throw new StreamUnreadable(event.stream, event.position, event.error);
          return { items, next: String(next) };
        }
        const part = viewer?.role === 'auditor' ? event : await recordPart(log, event);
        if (part !== null) items.push(itemOf(part, viewer));
        next = event.position;
      }
      if (items.length > 0 || page.length < Math.max(limit, chunk)) break;
    }
    return { items, next: String(next) };
  };

  return { incidentEvents, feed };
};
