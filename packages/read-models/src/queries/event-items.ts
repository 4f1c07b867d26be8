import { type DomainEvent, isTypeId, recordEvents, registerEvents } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { Hands } from './hands.ts';
import type { EventItem } from './types.ts';

export const isIncident = (stream: string): boolean => isTypeId('incident', stream);

/** Where an event stands, as items say it. */
export const placeOf = ({
  position,
  stream,
  revision,
  last,
  recordedAt,
}: Pick<DomainEvent, 'position' | 'stream' | 'revision' | 'last' | 'recordedAt'>) => ({
  position: String(position),
  stream,
  incidentId: isIncident(stream) ? stream : null,
  revision,
  last,
  recordedAt,
});

/** An event as an item; `data` as the viewer may see them. */
export const itemOf = (event: DomainEvent, data: unknown, { actor, author, approvedBy }: Hands): EventItem => ({
  ...placeOf(event),
  type: event.type,
  actor,
  author,
  approvedBy,
  edit: event.edit,
  data: data as Record<string, unknown>,
});

/**
 * The revisions of a stream's record events up to a revision, read without texts. If a stream was cut off in its store and something of it is left, its
 * missing events count as record events: what was published must not be withheld.
 */
export const recordRevisions = async (log: Pick<EventLog<DomainEvent>, 'readStream'>, stream: string, to: number): Promise<Set<number>> => {
  const events = await log.readStream(stream, 0, { to, texts: false, whatIsLeft: true });
  const recorded = new Set(events.filter(({ type }) => recordEvents.has(type)).map(({ revision }) => revision));
  const begin = recorded.size === 0 ? 0 : (events[0]?.revision ?? 0);
  for (let revision = 0; revision < begin; revision += 1) recorded.add(revision);
  return recorded;
};

/**
 * The event for viewers who see record events only: record events, and of an erasure what it took from them; null for anything else. An incident has
 * record events only once it is published.
 */
export const recordPart = async (log: Pick<EventLog<DomainEvent>, 'readStream'>, event: DomainEvent): Promise<DomainEvent | null> => {
  if (recordEvents.has(event.type)) return event;
  if (event.type !== 'TextErased' || !isIncident(event.stream)) return null;
  return erasedOf(event, await recordRevisions(log, event.stream, event.revision));
};

const erasedOf = (event: DomainEvent<'TextErased'>, revisions: ReadonlySet<number>): DomainEvent | null => {
  const items = event.data.items.filter(({ revision }) => revisions.has(revision));
  return items.length === 0 ? null : { ...event, data: { ...event.data, items } };
};

/** The same of a source or party: what says what it is, and of an erasure what it took from that. */
export const registerPart = async (log: EventLog<DomainEvent>, event: DomainEvent): Promise<DomainEvent | null> => {
  if (registerEvents.has(event.type)) return event;
  if (event.type !== 'TextErased') return null;
  const events = await log.readStream(event.stream, 0, { to: event.revision, texts: false, whatIsLeft: true });
  return erasedOf(event, new Set(events.filter(({ type }) => registerEvents.has(type)).map(({ revision }) => revision)));
};
