import type { DomainEvent, NewEvent } from '../log/events.ts';
import { derivedId, type Prefix } from '../values/ids.ts';
import { type Change, changeOf, kindOf } from './changes/index.ts';
import { evolveIncident } from './evolve.ts';
import { leaving, thingsOf, withNested } from './merging.ts';
import { type Naming, thingsNamedBy, withoutNames } from './naming.ts';
import { type Incident, initialIncident } from './state.ts';

/** What a survivor's stream says of the things of an incident that leaves it, for that incident's own stream. */

type Data = Record<string, unknown>;
type ChangeCorrection = Extract<Change, { kind: 'correct_change' }>;
const isObject = (value: unknown): value is Data => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The thing that a change makes or acts on. */
export const targetOf = (change: Change): string | undefined => {
  const { claim, dispute, proceeding, target } = change as Naming;
  const made = kindOf(change).makes === null ? undefined : kindOf(change).sets(change, '')?.target;
  return made ?? [claim, dispute, proceeding, target].find((id) => typeof id === 'string');
};

/** The change without the names of what stays. */
const withNames = (change: Change, keeps: (id: string) => boolean): Change => {
  const entries = Object.entries(withoutNames(change, keeps)).map(([name, value]) => [
    name,
    isObject(value) ? withoutNames(value, keeps) : value,
  ]);
  return Object.fromEntries(entries);
};

/** The change as a correction of what it says of itself leaves it. A text of the correction that was erased is erased here too. */
const withOwn = (change: Change, { fields, set }: ChangeCorrection): Change => {
  const left = Object.entries(change).filter(([name]) => !(fields as readonly string[]).includes(name));
  return Object.fromEntries([...left, ...Object.entries(set)]) as Change;
};

/** The value with other strings in the place of some. */
const renamed = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renamed(item, names)])) : value;
};

/**
 * The things that the incident has to have: what leaves with it, what else was made since it came and names one of these, and what was made since and is named
 * by one. A dispute goes where what it is about is.
 */
const belonging = (record: Incident, from: string): Set<string> => {
  const { at } = record.absorbed.get(from) ?? { at: Number.POSITIVE_INFINITY };
  const things = new Map(thingsOf(record).map((one) => [one.id, one]));
  const isMade = (id: string): boolean => things.get(id)?.incident === record.id && (things.get(id)?.place ?? -1) >= at;
  const found = leaving(record, from);
  for (const { id, thing } of things.values()) {
    if (isMade(id) && !id.startsWith('dispute_') && thingsNamedBy(thing).some((named) => found.has(named))) found.add(id);
  }
  for (const id of found) for (const named of thingsNamedBy(things.get(id)?.thing ?? {})) if (isMade(named)) found.add(named);
  const side = withNested(record, from);
  const isWhole = (id: string): boolean => {
    const { basis, counterClaim, claim } = things.get(id)?.thing ?? {};
    return basis !== 'inferred' || ([claim, counterClaim] as string[]).every((named) => found.has(named));
  };
  return new Set([...found].filter((id) => side.has(things.get(id)?.incident ?? '') || isWhole(id)));
};

/**
 * `after`: up to which revision of the survivor events were returned before, `made` which new ids they were given, and `at` the revisions of the incident's
 * stream at which they stand, by those of the survivor's.
 */
export type Returned = { after: number; made: readonly { id: string; was: string }[]; at: ReadonlyMap<number, number> };
type Returning = { from: string; command: string; edit: number | null; before?: Returned; most?: number };

/** In UTF-16 units as JSON: what goes into one append at most, but for one event. The rest is returned in later ones. */
const mostReturned = 100_000;

/**
 * `survivor`: all events of its stream, with their texts. Answers the events for the stream of `from`, the first of which says where the others come from;
 * none where the survivor does not hold it, or was looked through to its end.
 */
export const returning = (
  survivor: readonly DomainEvent[],
  { from, command, edit, before = { after: -1, made: [], at: new Map() }, most = mostReturned }: Returning,
): NewEvent[] => {
  const record = survivor.reduce(evolveIncident, initialIncident());
  const absorbed = record.absorbed.get(from);
  if (absorbed === undefined || record.id === null || before.after >= record.streamRevision) return [];
  const found = belonging(record, from);
  const names = new Map(before.made.map(({ id, was }) => [was, id]));
  const side = withNested(record, from);
  const things = new Map(thingsOf(record).map((one) => [one.id, one]));
  const keeps = (id: string): boolean => side.has(things.get(id)?.incident ?? '') || names.has(id);
  const made: { id: string; was: string }[] = [];
  const rename = (was: string): void => {
    const id = derivedId(was.slice(0, was.indexOf('_')) as Prefix, command, `returned:${was}`);
    names.set(was, id);
    made.push({ id, was });
  };
  /** What comes back, by its revision of the survivor, in order. */
  const taken = new Map<number, Change>();
  /** A correction of what an earlier change says of itself goes with that change, or after it where that was returned before. */
  const correctsOwn = (change: ChangeCorrection): boolean => {
    const corrected = taken.get(change.revision);
    if (corrected) taken.set(change.revision, withOwn(corrected, change));
    return before.at.has(change.revision);
  };
  let [size, through] = [0, before.after];
  for (const event of survivor) {
    const change = changeOf(event);
    const target = change && targetOf(change);
    const comes = (): boolean => (change?.kind === 'correct_change' ? correctsOwn(change) : found.has(target ?? ''));
    if (change !== null && typeof target === 'string' && event.revision > Math.max(absorbed.at, before.after) && comes()) {
      size += JSON.stringify(event.data).length;
      if (size > most && taken.size > 0) break;
      const { makes, sets } = kindOf(change);
      if (makes !== null) rename(target);
      const correction = sets(change, '')?.correction;
      if (correction && keeps(target)) rename(correction);
      if (keeps(target))
        taken.set(event.revision, change.kind === 'correct_change' ? { ...change, revision: before.at.get(change.revision) ?? 0 } : change);
    }
    through = event.revision;
  }
  return [
    { type: 'ChangesReturned', edit, data: { from: record.id, through, revisions: [...taken.keys()], made } },
    ...[...taken.values()].map((change) => {
      const returned = renamed(withNames(change, keeps), names) as Change;
      return { ...kindOf(change).toEvent(edit ?? 0, returned), edit } as NewEvent;
    }),
  ];
};
