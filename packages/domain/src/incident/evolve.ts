import { noteRestricted, restrictedOf, restricts } from '../erasure/restricted.ts';
import { namesIn } from '../log/erasure.ts';
import {
  type DomainEvent,
  type ErasureEvent,
  isMergeEvent,
  isReviewEvent,
  type KeyEvent,
  type OperationsEvent,
  type PartyEvent,
  type PeopleEvent,
  type PolicyEvent,
  type RecusalEvent,
  type ReservationEvent,
  type SourceEvent,
  type TipEvent,
} from '../log/events.ts';
import { followStream } from '../log/stream.ts';
import type { ReviewEvent } from '../review/events.ts';
import { evolveReview, noteErased } from '../review/evolve.ts';
import { type Change, changeOf, keysOf, kindOf, type RecordEventType } from './changes/index.ts';
import { evolveMerge } from './merging.ts';
import { type ErasedText, type Incident, initialIncident } from './state.ts';
import type { ReceivedClaim } from './things/received.ts';

/** Notes an event of the record with the keys that it wrote. */
const noteRecorded = (state: Incident, { revision, recordedAt, type }: DomainEvent, keys: string[]): void => {
  state.recordRevision = revision;
  state.recordedAt = recordedAt;
  state.firstRecordedAt ??= recordedAt;
  state.written.push({ revision, type, keys });
};

/** What a claim that was moved here is beside what it says. */
const noteReceived = ({ claims }: Incident, { from, was, claim, rank, corrected }: ReceivedClaim): void => {
  const held = claims.get(claim.id);
  if (held) Object.assign(held, { rank, movedFrom: { incident: from, claim: was }, correctedFields: new Set(corrected) });
};

const parts: ReadonlySet<string> = new Set(['claim', 'dispute', 'proceeding', 'ruling', 'set']);

/** What an erasure takes of the record: of proposals and votes nothing is shown there. */
const erasedTexts = ({ written, corrections }: Incident, { data, recordedAt: on }: DomainEvent<'TextErased'>): ErasedText[] => {
  const byRevision = new Map(written.map(({ revision, keys }) => [revision, keys]));
  return data.items.flatMap(({ revision, pointer }) => {
    const keys = byRevision.get(revision);
    if (keys === undefined) return [];
    const [first = '', ...rest] = namesIn(pointer);
    const touched = keys.flatMap((key) => key.split(':').filter((part) => part.includes('_')));
    const own = corrections.filter((correction) => correction.revision === revision).map(({ id }) => id);
    const ids = [...new Set([...touched, ...own])];
    return [{ ids, path: parts.has(first) ? rest : [first, ...rest], on, decision: data.decision }];
  });
};

/**
 * The state of a moment under the takedowns of now: what was erased of it since is noted as erased, and restricted is what is so by now. Takes the takedowns of
 * the stream, from its first to its last.
 */
export const underTakedowns = (state: Incident, takedowns: readonly DomainEvent[]): Incident => {
  const later = takedowns.filter(({ revision }) => revision > state.streamRevision);
  if (later.length === 0) return state;
  const erased = later.flatMap((event) => (event.type === 'TextErased' ? erasedTexts(state, event) : []));
  return { ...state, erasedTexts: [...state.erasedTexts, ...erased], restricted: restrictedOf(takedowns) };
};

/**
 * Folds one event of an incident's stream into the state, in place, and returns it. Total: an event that no decision makes leaves the rest as it is, and a
 * text that was erased or not asked for is absent, never read. Event data is shared with the state and never changed.
 */
export const evolveIncident = (state: Incident, event: DomainEvent): Incident => {
  const change = changeOf(event);
  if (change) {
    kindOf(change).evolve(state, change, event);
    if (event.type === 'ClaimReceived') noteReceived(state, event.data);
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
    state.erasedTexts.push(...erasedTexts(state, event));
  } else if (restricts(event)) {
    noteRestricted(state.restricted, event);
  } else
    event satisfies
      | DomainEvent<RecordEventType | 'ClaimReceived'>
      | SourceEvent
      | PartyEvent
      | ErasureEvent
      | ReservationEvent
      | KeyEvent
      | PeopleEvent
      | RecusalEvent
      | PolicyEvent
      | TipEvent
      | OperationsEvent;
  followStream(state, event);
  return state;
};
