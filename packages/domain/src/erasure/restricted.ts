import { placeOfKey, type TextPlace, textKey } from '../log/erasure.ts';
import type { DomainEvent, EventData } from '../log/events.ts';

/** Why a text is kept from all but reviewers and auditors, since when, and by which request. */
export type Restriction = { ground: EventData<'TextRestricted'>['reasonCode']; on: string; decision: string };
/** By place (`textKey`): the texts of a stream that decisions keep so. */
export type Restrictions = Map<string, Restriction>;

type Restricting = DomainEvent<'TextRestricted'> | DomainEvent<'TextReleased'>;
export const restricts = (event: DomainEvent): event is Restricting => event.type === 'TextRestricted' || event.type === 'TextReleased';

/** Notes what an event keeps from sight, or shows again, in place. */
export const noteRestricted = (restricted: Restrictions, event: Restricting): void => {
  for (const item of event.data.items) {
    if (event.type === 'TextReleased') restricted.delete(textKey(item));
    else restricted.set(textKey(item), { ground: event.data.reasonCode, on: event.recordedAt, decision: event.data.decision });
  }
};

/** The texts that a stream keeps so after all its events. */
export const restrictedOf = (events: readonly DomainEvent[]): Restrictions => {
  const restricted: Restrictions = new Map();
  for (const event of events.filter(restricts)) noteRestricted(restricted, event);
  return restricted;
};

/** The same as places, each with why. */
export const restrictedIn = (events: readonly DomainEvent[]): (TextPlace & Restriction)[] =>
  [...restrictedOf(events)].map(([key, restriction]) => ({ ...placeOfKey(key), ...restriction }));
