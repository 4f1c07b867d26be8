import { seesIncident, seesReview, seesUnused, type Viewer } from '@averment/access';
import { type DomainEvent, recordEvents, registerEvents, reviewEvents, takedownEvents } from '@averment/domain';
import { decoded, missing } from '@averment/event-log';
import { decodeCursor, encodeCursor, listOf, pageBytes, pageOf } from './cursors.ts';
import { disclosedOf } from './disclosed.ts';
import { isIncident, recordPart, registerPart } from './event-items.ts';
import type { EventsAt } from './explain.ts';
import type { HandsOf } from './hands.ts';
import type { Reading } from './index.ts';
import { createProtection, type Protection, settled } from './protection.ts';
import type { Client, EventItem, Page, Paging, Queries, ReadContext } from './types.ts';
import { giveUpIf } from './work.ts';

/** How many events are read from the log at once, at first and at most: a proposal may have megabytes of texts. */
const [least, greatest] = [8, 64];
/** Characters that an event has on average, at most, where more are read at once. */
const few = 16 * 1024;

/** Of what is only proposed not even the texts are read for those who do not see it. */
const recordAndErasures: ReadonlySet<string> = new Set([...recordEvents, 'TextErased']);

/** Of a source or party likewise: a version that is only proposed may hold a text of megabytes. */
const itemsAndErasures: ReadonlySet<string> = new Set([...registerEvents, 'TextErased']);

/** The events of one incident, source or party, from the log. */
export const createEventQueries = (
  reading: Pick<Reading, 'pool' | 'log' | 'models' | 'schemas'>,
  hands: HandsOf,
): Pick<Queries, 'incidentEvents' | 'incidentEvent' | 'disclosed' | 'registerEvents'> & { eventsAt: EventsAt } => {
  const {
    pool,
    log,
    models,
    schemas: { record },
  } = reading;
  const visiblePart = async (event: DomainEvent, viewer: Viewer): Promise<DomainEvent | null> =>
    seesReview(viewer) && (reviewEvents.has(event.type) || takedownEvents.has(event.type))
      ? event
      : (isIncident(event.stream) ? recordPart : registerPart)(log, event);

  const isSeen = async (id: string, viewer: Viewer): Promise<boolean> => {
    const { rows } = await pool.query(`SELECT published, authors FROM ${record}.incidents WHERE id = $1`, [id]);
    return rows[0] !== undefined && seesIncident(viewer, rows[0]);
  };

  const incidentEvents: Queries['incidentEvents'] = async (id, paging, viewer, context) =>
    (await isSeen(id, viewer)) ? eventsOf(id, recordAndErasures, paging, viewer, context) : null;

  const ofRegister: Queries['registerEvents'] = async (id, paging, viewer, context) => {
    const { rows } = await pool.query(`SELECT FROM ${record}.${id.startsWith('source_') ? 'sources' : 'parties'} WHERE id = $1 LIMIT 1`, [
      id,
    ]);
    return rows.length > 0 && seesUnused(viewer) ? eventsOf(id, itemsAndErasures, paging, viewer, context) : null;
  };

  /** Those of the types named are seen by everybody who sees that there is such a stream. */
  const eventsOf = async (
    id: string,
    types: ReadonlySet<string>,
    { limit, cursor }: Paging,
    viewer: Viewer,
    { client }: ReadContext,
  ): Promise<Page<EventItem>> => {
    const list = listOf('events', { id });
    const after = decodeCursor(cursor, list, ['number']);
    const protection = createProtection(reading, viewer);
    const shown: DomainEvent[] = [];
    const wanted = seesReview(viewer) ? {} : { types };
    let [most, bytes, chunk] = [limit, 0, least];
    for (
      let from = Number(after?.[0] ?? -1) + 1;
      shown.length <= most;
      from += chunk, chunk = Math.min(bytes < chunk * few ? 2 * chunk : chunk, greatest)
    ) {
      giveUpIf(client.signal);
      const events = decoded(await log.readStream(id, from, { to: from + chunk - 1, ...wanted }));
      for (const event of events) {
        const part = await visiblePart(event, viewer);
        if (part === null) continue;
        shown.push(part);
        bytes += JSON.stringify(part.data).length;
        if (bytes >= pageBytes) most = Math.min(most, shown.length);
      }
      const [last] = await log.readStream(id, from + chunk - 1, { to: from + chunk - 1, texts: false });
      if (last === undefined) break;
    }
    // The model knows it, so it has begun.
    if (after === null && shown.length === 0 && (await log.readStream(id, 0, { to: 0, texts: false })).length === 0)
      throw missing(id, 0, 'the log has nothing of this stream');
    const { items, next } = pageOf(
      shown,
      most,
      (event) => event,
      ({ revision }) => encodeCursor(list, [revision]),
    );
    return { items: await itemsFor(items, protection, viewer, client), next };
  };

  const itemsFor = async (events: readonly DomainEvent[], protection: Protection, viewer: Viewer, client: Client): Promise<EventItem[]> => {
    await settled(events, protection, models, client);
    return Promise.all(events.map(async (event) => protection.itemOf(event, await hands.of(event, viewer))));
  };

  /** The caller has made sure that the viewer sees the incident. */
  const eventsAt: EventsAt = async (id, revisions, viewer, { client }) => {
    const wanted = { types: new Set<string>(), revisions: new Set(revisions) };
    const [from, to] = [Math.min(...revisions), Math.max(...revisions)];
    const events = revisions.length === 0 ? [] : decoded(await log.readStream(id, from, { ...wanted, to }));
    const parts = await Promise.all(events.map((event) => visiblePart(event, viewer)));
    const seen = parts.filter((part) => part !== null);
    return itemsFor(seen, createProtection(reading, viewer), viewer, client);
  };

  const incidentEvent: Queries['incidentEvent'] = async (id, revision, viewer, context) =>
    (await isSeen(id, viewer)) ? ((await eventsAt(id, [revision], viewer, context))[0] ?? null) : null;

  const disclosed: Queries['disclosed'] = async (id, revision, viewer, context) => {
    const item = await incidentEvent(id, revision, viewer, context);
    const [stored] = item === null ? [] : await log.readStored(id, revision, { to: revision });
    return item === null || stored === undefined ? null : disclosedOf(stored, item, viewer);
  };

  return { incidentEvents, incidentEvent, disclosed, registerEvents: ofRegister, eventsAt };
};
