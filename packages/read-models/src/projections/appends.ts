import { type Change, changeOf, type DomainEvent } from '@averment/domain';

/** One whole append: events of one stream that were decided together. What it changed counts from the position of its last event. */
export type Append = { stream: string; position: bigint; events: DomainEvent[] };

/** Groups the events of one stream into its appends. */
export const appendsOf = (events: readonly DomainEvent[]): Append[] => {
  const appends: Append[] = [];
  let last = -1;
  for (const event of events) {
    const open = appends.at(-1);
    if (open !== undefined && event.last === last) {
      open.events.push(event);
      open.position = event.position;
    } else appends.push({ stream: event.stream, position: event.position, events: [event] });
    last = event.last;
  }
  return appends;
};

/** The events by stream, each in order. */
export const byStream = (events: readonly DomainEvent[]): Map<string, DomainEvent[]> => {
  const streams = new Map<string, DomainEvent[]>();
  for (const event of events) {
    const stream = streams.get(event.stream);
    if (stream === undefined) streams.set(event.stream, [event]);
    else stream.push(event);
  }
  return streams;
};

/** The changes that the record events among these apply. */
export const changesOf = (events: readonly DomainEvent[]): Change[] => events.flatMap((event) => changeOf(event) ?? []);
