import type { DomainEvent, MergeEvent } from '../log/events.ts';
import { content, entry, standing } from './changes/kind.ts';
import { type Naming, thingsNamedBy, withoutNames } from './naming.ts';
import type { Incident, IncidentRecord, Origin } from './state.ts';

/**
 * A survivor takes the record of the incident that it absorbs into its own, as that stands where it was merged, and lets it go again. In between both are one
 * record for every rule.
 */

/** A thing of the record with the fields in which it names others. */
type Thing = Origin & { id: string; thing: Naming };

/** The things of the record in the order of their places. */
export const thingsOf = (record: IncidentRecord): Thing[] =>
  [
    ...[...record.claims].map(([id, { incident, place, claim }]) => ({ id, incident, place, thing: claim })),
    ...[...record.disputes].map(([id, { incident, place, dispute }]) => ({ id, incident, place, thing: dispute })),
    ...[...record.proceedings].map(([id, { incident, place, proceeding }]) => ({ id, incident, place, thing: proceeding })),
    ...[...record.rulings].map(([id, { incident, place, ruling }]) => ({ id, incident, place, thing: ruling })),
  ].sort((one, other) => one.place - other.place);

/** Gives the places of an absorbed record new numbers: in their order, before the revision at which it comes and after all that is there. */
const placesBefore = (at: number, places: readonly number[]): ((place: number) => number) => {
  const order = new Map([...new Set(places)].sort((one, other) => one - other).map((place, index) => [place, index + 1]));
  return (place) => at - 1 + (order.get(place) ?? 0) / (order.size + 1);
};

/** Adds the entries that are not there. Answers their ids. */
const addMissing = <E extends Origin>(to: Map<string, E>, from: ReadonlyMap<string, E>, place: (place: number) => number): string[] => {
  const missing = [...from].filter(([id]) => !to.has(id));
  for (const [id, entry] of missing) to.set(id, { ...entry, place: place(entry.place) });
  return missing.map(([id]) => id);
};

/** Whether something is one of these things, a correction of one, or a correction of such a correction, which comes after it. */
const withCorrections = ({ corrections }: IncidentRecord, isOne: (id: string) => boolean): ((id: string) => boolean) => {
  const found = new Set<string>();
  for (const { id, target } of corrections) if (isOne(target) || found.has(target)) found.add(id);
  return (id) => isOne(id) || found.has(id);
};

/** The other record joins this one. Both own their parts: the other one is not used any further. */
const join = (
  record: Incident,
  other: IncidentRecord,
  { data: { from, revision, via }, revision: at }: MergeEvent<'IncidentAbsorbed'>,
): void => {
  const nested = [...other.absorbed].map(([id, { revision, via }]) => [id, { revision, at, via: via ?? from }] as const);
  for (const [id, absorbed] of [[from, { revision, at, via }] as const, ...nested]) {
    if (id !== record.id && !record.absorbed.has(id)) record.absorbed.set(id, absorbed);
  }
  const updates = [...other.proceedings.values()].flatMap((proceeding) => proceeding.updates);
  const place = placesBefore(
    at,
    [...thingsOf(other), ...updates].map((one) => one.place),
  );
  for (const update of updates) update.place = place(update.place);
  const came = new Set([
    ...addMissing(record.claims, other.claims, place),
    ...addMissing(record.disputes, other.disputes, place),
    ...addMissing(record.proceedings, other.proceedings, place),
    ...addMissing(record.rulings, other.rulings, place),
  ]);
  record.erasedTexts.push(...other.erasedTexts.filter(({ ids }) => ids.length > 0));
  const known = new Set(record.corrections.map(({ id }) => id));
  // What an incident said of itself before it was corrected stays with it.
  const stays = withCorrections(other, (target) => target.startsWith('incident_'));
  const comes = other.corrections.filter(({ id }) => !known.has(id) && !stays(id));
  record.corrections.push(...comes);
  for (const { id } of comes) came.add(id);
  for (const [key, own] of other.own) if (came.has(own.target)) record.own.set(key, own);
  for (const [claim, ids] of other.namedBy) record.namedBy.set(claim, new Set([...(record.namedBy.get(claim) ?? []), ...ids]));
};

/** The incident with those that came with it. */
export const withNested = ({ absorbed }: IncidentRecord, from: string): Set<string> => {
  const found = new Set([from]);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const [id, { via }] of absorbed) if (via !== null && found.has(via)) found.add(id);
  }
  return found;
};

const isDispute = ({ id }: Thing): boolean => id.startsWith('dispute_');
/** What a dispute is about; it counts where that is. */
const disputed = ({ thing }: Thing): string[] => {
  const both = thing.basis === 'inferred' ? [thing.claim, thing.counterClaim] : [thing.claim];
  return both.filter((id) => typeof id === 'string');
};

/** The things that leave with an incident: its own, and what was made since it came and names only such; of `record` as it is before. */
export const leaving = (record: IncidentRecord, from: string): Set<string> => {
  const side = withNested(record, from);
  const at = record.absorbed.get(from)?.at ?? Number.POSITIVE_INFINITY;
  const gone = new Set<string>();
  for (const one of thingsOf(record)) {
    const made = one.place >= at && !record.absorbed.has(one.incident);
    const names = isDispute(one) ? disputed(one) : thingsNamedBy(one.thing);
    const leaves = isDispute(one) ? names.some((id) => gone.has(id)) : names.length > 0 && names.every((id) => gone.has(id));
    if (side.has(one.incident) || (made && leaves)) gone.add(one.id);
  }
  return gone;
};

const keysOfThing = (id: string): string[] => (id.startsWith('claim_') ? [content(id), standing(id), `claim:${id}:rank`] : [entry(id)]);

/** The incident's things leave the record, and what stays does not name them any more. Answers the keys of all that changed. */
const release = (record: Incident, from: string): string[] => {
  const gone = leaving(record, from);
  const stays = (id: string): boolean => !gone.has(id);
  const changed = new Set(gone);
  for (const { id, thing } of thingsOf(record)) if (stays(id) && thingsNamedBy(thing).some((named) => gone.has(named))) changed.add(id);
  for (const id of gone) {
    for (const things of [record.claims, record.disputes, record.proceedings, record.rulings, record.namedBy]) things.delete(id);
  }
  for (const held of record.claims.values()) {
    held.claim = withoutNames(held.claim, stays);
    for (const id of held.detached) if (gone.has(id)) held.detached.delete(id);
  }
  for (const held of record.disputes.values()) held.dispute = withoutNames(held.dispute, stays);
  for (const held of record.proceedings.values()) held.proceeding = withoutNames(held.proceeding, stays);
  for (const held of record.rulings.values()) held.ruling = withoutNames(held.ruling, stays);
  for (const ids of record.namedBy.values()) for (const id of gone) ids.delete(id);
  const goes = withCorrections(record, (id) => gone.has(id));
  record.corrections = record.corrections.filter(({ id }) => !goes(id));
  for (const [key, { target }] of record.own) if (goes(target)) record.own.delete(key);
  for (const [id, { retraction }] of [...record.claims, ...record.disputes, ...record.proceedings, ...record.rulings]) {
    if (retraction === null || !gone.has(retraction.replacedBy ?? '')) continue;
    // What shows it and what is known of the change are one.
    retraction.replacedBy = null;
    changed.add(id);
  }
  for (const id of withNested(record, from)) record.absorbed.delete(id);
  return [...changed].flatMap(keysOfThing);
};

/** Folds what a merge or its end brings, in place. Answers the keys of the record that it wrote: what joins a record changes nothing that an edit rests on. */
export const evolveMerge = (state: Incident, event: MergeEvent, foldOf: (events: readonly DomainEvent[]) => Incident): string[] => {
  switch (event.type) {
    case 'IncidentAbsorbed':
      join(state, foldOf(event.absorbed ?? []), event);
      return [];
    case 'IncidentReleased':
      return state.absorbed.has(event.data.from) ? release(state, event.data.from) : [];
    case 'ChangesReturned':
      return [];
    default:
      return event satisfies never;
  }
};
