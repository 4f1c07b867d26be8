import { type DomainEvent, type ErasureEvent, type EventData, isErasureEvent, type NewEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import type { PersonOf } from '../people/people.ts';
import { accept, type Result, refuse } from '../values/errors.ts';
import { inParts } from '../values/parts.ts';
import { type Place, placesInEvent } from './shapes.ts';

/** A request to erase texts, or to keep them from sight, and what became of it. */

export type ErasureVote = EventData<'ErasureVoted'> & { by: string; at: string };
/** `looking`: it is looked for the words that it names; `open`: it can be decided; `approved`: it is being carried out. */
export type ErasureState = 'looking' | 'open' | 'approved' | 'refused' | 'done';

export type Erasure = StreamState & {
  state: ErasureState | 'none';
  /** Texts that were erased or not asked for are absent. */
  asked: EventData<'ErasureRequested'> | null;
  author: string | null;
  /** Where the texts stand that were found so far. `through`: up to which position of the log it was looked for them. */
  places: Place[];
  through: bigint;
  votes: ErasureVote[];
  requestedAt: string | null;
  decidedAt: string | null;
  doneAt: string | null;
  /** How many texts in how many streams, once it is done. */
  done: EventData<'ErasureDone'> | null;
  position: bigint;
};

/** The state of a stream without events. */
export const initialErasure = (): Erasure => ({
  ...initialStream(),
  state: 'none',
  asked: null,
  author: null,
  places: [],
  through: 0n,
  votes: [],
  requestedAt: null,
  decidedAt: null,
  doneAt: null,
  done: null,
  position: 0n,
});

const fold = (state: Erasure, event: ErasureEvent): void => {
  switch (event.type) {
    case 'ErasureRequested':
      state.state = 'looking';
      state.asked = event.data;
      state.author = event.actor;
      state.requestedAt = event.recordedAt;
      return;
    case 'ErasureListed':
      state.places.push(...event.data.places);
      state.through = BigInt(event.data.through);
      if (event.data.whole && state.state === 'looking') state.state = 'open';
      return;
    case 'ErasureVoted':
      state.votes.push({ ...event.data, by: event.actor, at: event.recordedAt });
      return;
    case 'ErasureApproved':
    case 'ErasureRefused':
      state.state = event.type === 'ErasureApproved' ? 'approved' : 'refused';
      state.decidedAt = event.recordedAt;
      return;
    case 'ErasureDone':
      state.state = 'done';
      state.done = event.data;
      state.doneAt = event.recordedAt;
      return;
    default:
      event satisfies never;
  }
};

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolveErasure = (state: Erasure, event: DomainEvent): Erasure => {
  if (isErasureEvent(event)) fold(state, event);
  state.position = event.position;
  followStream(state, event);
  return state;
};

/** The events that list places, as found up to a position; at least one. `whole`: nothing else is looked for before this can be decided. */
export const listed = (places: readonly Place[], through: bigint, whole = true): NewEvent<'ErasureListed'>[] => {
  const parts = places.length === 0 ? [[]] : inParts(places, placesInEvent);
  return parts.map((part, index) => ({
    type: 'ErasureListed',
    edit: null,
    data: { places: part, through: String(through), whole: whole && index === parts.length - 1 },
  }));
};

type Voting = { actor: string; personOf: PersonOf; role: ErasureVote['role']; decision: ErasureVote['decision']; reason: string | null };

/**
 * Decides a vote: two approve who are not its author, a reviewer and an admin, and one rejects. Refusals: `NotFound`, `SelfApproval`, `ErasureState`,
 * `VoteRepeated`.
 */
export const decideErasure = (state: Erasure, { actor, personOf, role, decision, reason }: Voting): Result<NewEvent[]> => {
  if (state.state === 'none') return refuse('NotFound', 'There is no such request.');
  const isActor = (subject: string | null) => subject !== null && personOf(subject) === personOf(actor);
  if (isActor(state.author)) return refuse('SelfApproval', 'Nobody decides what they asked for themselves.');
  if (state.state === 'looking')
    return refuse('ErasureState', 'It is being looked where the words stand. Read the request again, and decide once its state is open.');
  if (state.state !== 'open') return refuse('ErasureState', `This request is decided: its state is ${state.state}.`);
  // Whoever is known by now to be its author has decided nothing.
  const { author } = state;
  const approvals = state.votes.filter(
    (vote) => vote.decision === 'approve' && (author === null || personOf(vote.by) !== personOf(author)),
  );
  if (decision === 'approve' && approvals.some((vote) => isActor(vote.by) || vote.role === role))
    return refuse(
      'VoteRepeated',
      `A ${role} has approved this already. The other approval is that of ${role === 'admin' ? 'a reviewer' : 'an admin'}.`,
    );
  const voted: NewEvent = { type: 'ErasureVoted', edit: null, data: { role, decision, reason } };
  if (decision === 'reject') return accept([voted, { type: 'ErasureRefused', edit: null, data: {} }]);
  return accept(approvals.length > 0 ? [voted, { type: 'ErasureApproved', edit: null, data: {} }] : [voted]);
};
