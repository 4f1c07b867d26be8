import type { DomainEvent } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged } from '@averment/event-log';
import { pongoClient } from '@event-driven-io/pongo';
import { collectionName, type IncidentDocument, type IncidentEvent, openStore, project, streamOf } from './incident.ts';

const ofIncident = (event: Logged<DomainEvent>): IncidentEvent => {
  if (isUndecodable(event)) throw new Error(event.error);
  const { type, data, actor, at, edit } = event;
  return { type, data, metadata: { actor, at, edit } } as IncidentEvent;
};

/** Copies every incident of a log into a database of Emmett's: its events stream by stream, and its document as the projection would have left it. */
export const copyIncidents = async (log: EventLog<DomainEvent>, databaseUrl: string): Promise<void> => {
  const migrated = openStore(databaseUrl, { inline: true });
  await migrated.schema.migrate();
  const store = openStore(databaseUrl, { inline: false });
  const pongo = pongoClient(databaseUrl);
  const documents = new Map<string, IncidentDocument>();
  for (let after = 0n; ; ) {
    const page = await log.readAll(after, 1000, { texts: true });
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.position;
    const streams = Map.groupBy(
      page.filter(({ stream }) => stream.startsWith('incident_')),
      ({ stream }) => streamOf(stream),
    );
    await Promise.all(
      [...streams].map(async ([stream, recorded]) => {
        const events = recorded.map(ofIncident);
        for (const event of events) documents.set(stream, project(documents.get(stream) ?? null, event));
        await store.appendToStream(stream, events);
      }),
    );
  }
  const whole = [...documents].map(([_id, document]) => ({ _id, ...document }));
  const collection = pongo.db().collection<IncidentDocument>(collectionName);
  for (let from = 0; from < whole.length; from += 500) await collection.insertMany(whole.slice(from, from + 500));
  for (const opened of [pongo, store, migrated]) await opened.close();
};
