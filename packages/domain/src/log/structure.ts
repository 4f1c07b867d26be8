import { without } from './erasure.ts';
import { catalogue, type DomainEvent } from './events.ts';

/** The event as it is decoded where no texts are asked for: without any of its own. It shares all else with the event. */
export const structureOf = (event: DomainEvent): DomainEvent => {
  if (event.type === 'IncidentAbsorbed') return event.absorbed ? { ...event, absorbed: event.absorbed.map(structureOf) } : event;
  const texts = catalogue[event.type]?.texts(event.data) ?? [];
  return texts.length === 0 ? event : ({ ...event, data: texts.reduce<unknown>(without, event.data) } as DomainEvent);
};
