import type { DomainEvent } from '@averment/domain';
import { isUndecodable, type Logged } from '@averment/event-log';
import { StreamUnreadable } from './types.ts';

/** The events, or `StreamUnreadable` for the first that could not be decoded. */
export const decoded = (events: readonly Logged<DomainEvent>[]): DomainEvent[] =>
  events.map((event) => {
    if (isUndecodable(event)) throw new StreamUnreadable(event.stream, event.position, event.error);
    return event;
  });
