import {
  type DomainEvent,
  isMergeEvent,
  isReviewEvent,
  type OperationsEvent,
  type PartyEvent,
  type ReservationEvent,
  type SourceEvent,
} from '../log/events.ts';
import { followStream } from '../log/stream.ts';
import type { ReviewEvent } from '../review/events.ts';
import { evolveReview, noteErased } from '../review/evolve.ts';
import { type Change, changeOf, keysOf, kindOf, type RecordEventType } from './changes/index.ts';
import { evolveMerge } from './merging.ts';
import { type Incident, initialIncident } from './state.ts';

/** Notes an event of the record with the keys that it wrote. */
const noteRecorded = (state: Incident, { revision, recordedAt, type }: DomainEvent, keys: string[]): void => {
  state.recordRevision = revision;
  state.recordedAt = recordedAt;
  state.firstRecordedAt ??= recordedAt;
  state.written.push({ revision, type, keys });
};

/**
 * Folds one event of an incident's stream into the state, in place, and returns it. Total: an event that no decision makes leaves the rest as it is, and a
 * text that was erased or not asked for is absent, never read. Event data is shared with the state and never changed.
 */
export const evolveIncident = (state: Incident, event: DomainEvent): Incident => {
  const change = changeOf(event);
  if (change) {
    kindOf(change).evolve(state, change, event);
    noteRecorded(state, event, keysOf(change).writes);
  } else if (isMergeEvent(event)) {
    noteRecorded(
      state,
      event,
      evolveMerge(state, event, (events) => events.reduce(evolveIncident, initialIncident())),
    );
  } else if (isReviewEvent(event)) {
    // The changes in an incident's stream are of its own kinds.
    evolveReview(state, event as ReviewEvent<Change>);
    if (state.status === 'none' && state.edits.size > 0) state.status = 'proposed';
  } else if (event.type === 'TextErased') {
    const revisions = event.data.items.map(({ revision }) => revision);
    noteErased(state, revisions, event);
  } else event satisfies DomainEvent<RecordEventType> | SourceEvent | PartyEvent | ReservationEvent | OperationsEvent;
  followStream(state, event);
  return state;
};
