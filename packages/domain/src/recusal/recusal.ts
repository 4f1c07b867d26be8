import { type DomainEvent, isRecusalEvent, type NewEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import type { Parties } from '../party/shapes.ts';
import type { PersonOf } from '../people/people.ts';
import { accept, type Result, refuse } from '../values/errors.ts';
import { derivedId } from '../values/ids.ts';

/** Who does not decide on what: recusals from parties and incidents, all in one stream. */
export const recusalStream = 'operations_000000000000000000000apart';

/** From a party or from an incident: of the two one is null. `reason` is absent once it was erased, or where texts were not asked for. */
export type Recusal = {
  id: string;
  subject: string;
  party: string | null;
  incident: string | null;
  reason: string | undefined;
  by: string;
  at: string;
  ended: { by: string; at: string; reason: string | undefined } | null;
};
/** By id, oldest first. */
export type Recusals = StreamState & { all: Map<string, Recusal> };
export const initialRecusals = (): Recusals => ({ ...initialStream(), all: new Map() });

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolveRecusals = (state: Recusals, event: DomainEvent): Recusals => {
  if (isRecusalEvent(event)) {
    const act = { by: event.actor, at: event.recordedAt };
    if (event.type === 'RecusalDeclared') {
      const { recusal: id, subject, party, incident, reason } = event.data;
      state.all.set(id, { id, subject, party, incident, reason, ...act, ended: null });
    } else {
      const found = state.all.get(event.data.recusal);
      if (found) found.ended = { ...act, reason: event.data.reason };
    }
  }
  followStream(state, event);
  return state;
};

/** What somebody is recused from. */
export type From = { party: string | null; incident: string | null };

/** Decides that a subject is recused. Refusal: `RecordState` where it is so already. */
export const decideRecusal = (
  { all }: Recusals,
  { command, subject, party, incident, reason }: From & { command: string; subject: string; reason: string },
): Result<NewEvent[]> => {
  const same = [...all.values()].find(
    (one) => one.ended === null && one.subject === subject && one.party === party && one.incident === incident,
  );
  if (same) return refuse('RecordState', `${subject} is recused from that already: ${same.id}.`);
  const recusal = derivedId('recusal', command, 'recusal');
  return accept([{ type: 'RecusalDeclared', edit: null, data: { recusal, subject, party, incident, reason } }]);
};

/** Decides that a recusal ends. Whoever could end the own one could decide in the next minute. Refusals: `NotFound`, `Recused`, `RecordState`. */
export const decideRecusalEnd = (
  { all }: Recusals,
  { id, actor, reason, personOf }: { id: string; actor: string; reason: string; personOf: PersonOf },
): Result<NewEvent[]> => {
  const found = all.get(id);
  if (!found) return refuse('NotFound', 'There is no such recusal.');
  if (personOf(found.subject) === personOf(actor)) return refuse('Recused', 'Nobody ends the own recusal, so another admin has to end it.');
  if (found.ended) return refuse('RecordState', 'This recusal has ended already.');
  return accept([{ type: 'RecusalEnded', edit: null, data: { recusal: id, reason } }]);
};

/** The recusals of these persons that have not ended. */
export const recusalsOf = ({ all }: Recusals, personOf: PersonOf, subjects: Iterable<string>): Recusal[] => {
  const persons = new Set([...subjects].map(personOf));
  return [...all.values()].filter(({ subject, ended }) => ended === null && persons.has(personOf(subject)));
};

/** Whether a subject is recused from what is decided. */
export type Recused = (subject: string) => boolean;
/** Where nobody is. */
export const nobodyRecused: Recused = () => false;

/** What something is about: the parties that it uses, and incidents. */
export type Concerned = { parties: Iterable<string>; incidents: Iterable<string> };
/** The incident that an incident is merged into, if any. */
export type MergedInto = (incident: string) => string | null;

/** These, and what follows from each by `next`. */
const closure = (ids: Iterable<string>, next: (id: string) => readonly (string | null | undefined)[]): Set<string> => {
  const found = new Set(ids);
  for (const id of found) for (const one of next(id)) if (typeof one === 'string') found.add(one);
  return found;
};

/**
 * Whether somebody with these recusals is recused from what concerns these parties and incidents. A recusal from a party is one from all below it, and from
 * whom it is merged into; one from an incident is one from what it is merged into, and from what is merged into that.
 */
export const meets = (recusals: readonly From[], { parties, incidents }: Concerned, partyOf: Parties, mergedInto: MergedInto): boolean => {
  const survivors = (id: string) => [partyOf(id)?.mergedInto];
  const used = closure(parties, (id) => [partyOf(id)?.parent, ...survivors(id)]);
  const about = closure(incidents, (id) => [mergedInto(id)]);
  return recusals.some(
    ({ party, incident }) =>
      (party !== null && [...closure([party], survivors)].some((id) => used.has(id))) ||
      (incident !== null && [...closure([incident], (id) => [mergedInto(id)])].some((id) => about.has(id))),
  );
};
