import type { Problem } from '../values/errors.ts';
import { type Change, kindOf, ownFieldsOf } from './changes/index.ts';
import { ownKey } from './changes/own.ts';
import { type ChangeAt, type Draft, draftOf, type Facts, reporter } from './draft.ts';
import { placesIn } from './proposal.ts';
import type { Incident } from './state.ts';

/** Lays each change over the record in turn, and notes what it breaks. */

/** The ids of what these changes make, corrections too. */
export const idsMade = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => {
    const { makesElsewhere, sets } = kindOf(change);
    return madeBy(change) ?? makesElsewhere?.id(change) ?? sets(change, '')?.correction ?? [];
  });

const madeBy = (change: Change): string | undefined => {
  const kind = kindOf(change);
  return kind.makes === null ? undefined : kind.sets(change, '')?.target;
};

/**
 * The order in which the changes are applied, as indexes: their own, but for a change that acts on what a later one makes (refs may stand in any
 * order), which follows it at once.
 */
export const applicationOrder = (changes: readonly Change[]): number[] => {
  const makers = new Map(changes.map((change, index) => [madeBy(change), index]));
  const waiting = new Map<number, number[]>();
  const order: number[] = [];
  const apply = (index: number) => {
    order.push(index);
    for (const next of waiting.get(index) ?? []) apply(next);
    waiting.delete(index);
  };
  for (const [index, change] of changes.entries()) {
    const target = kindOf(change).actsOn(change);
    const maker = (target === null ? undefined : makers.get(target)) ?? -1;
    if (maker > index) waiting.set(maker, [...(waiting.get(maker) ?? []), index]);
    else apply(index);
  }
  return order;
};

/** The first change of a proposal is the incident, and no other change is. */
const checkPlaces = (draft: Draft, changes: readonly Change[], at: (index: number) => string) => {
  const proposed = draft.status === 'none' || draft.status === 'proposed';
  for (const [index, change] of changes.entries()) {
    const { place } = kindOf(change);
    const fits = proposed ? place === (index === 0 ? 'opens' : 'anywhere') : place !== 'opens';
    if (!fits)
      reporter(draft, at(index))('', proposed ? 'a proposal holds the incident and its claims' : 'the incident was reported before');
  }
};

/** Whether an incident of this status takes the change. */
export const takes = (status: Incident['status'], change: Change): boolean =>
  (status !== 'merged' && status !== 'retracted') || kindOf(change).takenWhen(status, change);

const changeAt =
  ({ id, written, own }: Incident) =>
  (revision: number): ChangeAt | undefined => {
    const event = written.find((it) => it.revision === revision);
    if (event === undefined) return undefined;
    const said = own.get(ownKey({ incident: id ?? '', revision }));
    // Where the record no longer shows it, the keys that it wrote tell what it was about.
    const names = (target: string) => (target === id ? ['status', 'distinct'] : [target]);
    const wrote = (target: string) => event.keys.some((key) => key.split(':').some((part) => names(target).includes(part)));
    return {
      own: ownFieldsOf(event.type),
      held: said?.fields ?? {},
      isAbout: (target) => (said === undefined ? wrote(target) : said.target === target),
    };
  };

/**
 * What is wrong with the changes on the record as it is now, with pointers into the body of the request that submits them. Reads no text.
 * `asChanges`: a proposal has the body of an edit. `InvalidChange` and `SourceTextUnknown` are mistakes of the edit, the others clashes with what the record holds.
 */
export const checkChanges = (state: Incident, changes: readonly Change[], facts: Facts, asChanges = false): Problem[] => {
  const draft = draftOf(state, new Set(changes.flatMap((change) => madeBy(change) ?? [])), facts, changeAt(state));
  const at = placesIn(changes, (change) => kindOf(change).within, asChanges);
  checkPlaces(draft, changes, at);
  for (const index of applicationOrder(changes)) {
    const change = changes[index];
    if (!change) continue;
    const report = reporter(draft, at(index));
    if (!takes(draft.status, change))
      report('', `comes after the change that leaves the incident ${draft.status}: put it into an edit of its own`);
    kindOf(change).check(draft, report, change);
    draft.next += 1;
  }
  return draft.problems;
};
