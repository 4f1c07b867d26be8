import { bringsVersion, type DomainEvent, documentEvents, isTypeId, recordEvents } from '@averment/domain';

/** Whether an event is part of the record: it sets the incident's revision. */
export const isRecorded = ({ type }: DomainEvent): boolean => recordEvents.has(type);

/** An unpublished incident shows what its proposal, edit 1, says, to whose own that is. */
const isProposal = (event: DomainEvent): boolean => event.edit === 1 && (bringsVersion(event) || event.type === 'EditHandedOver');

/** A proposal that is over is compared with nothing any more. */
const isOver = ({ type, edit }: DomainEvent): boolean => edit === 1 && (type === 'EditRejected' || type === 'EditWithdrawn');

/** Whether an event changes what is shown of its incident; most events of a review do not. An erasure changes what is shown of the past too. */
export const changesDocument = (event: DomainEvent): boolean => documentEvents.has(event.type) || isProposal(event) || isOver(event);

const collect = (data: unknown, found: Set<string>): void => {
  if (typeof data === 'string') {
    if (isTypeId('party', data) || isTypeId('source', data)) found.add(data);
  } else if (Array.isArray(data)) {
    for (const value of data) collect(value, found);
  } else if (data !== null && typeof data === 'object') {
    // Without a list of the values: this looks at everything that is ever shown.
    for (const name in data) collect((data as Record<string, unknown>)[name], found);
  }
};

/** The ids of parties and sources that stand anywhere in the events' data. */
export const idsIn = (events: Iterable<DomainEvent>): Set<string> => {
  const found = new Set<string>();
  for (const { data } of events) collect(data, found);
  return found;
};

/** Those in events that change what is shown: what documents may name, less ancestors. */
export const namedBy = (events: Iterable<DomainEvent>): Set<string> => idsIn([...events].filter(changesDocument));
