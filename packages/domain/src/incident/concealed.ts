import { pointerOf, type TextPlace, textKey } from '../log/erasure.ts';
import { catalogue, type DomainEvent } from '../log/events.ts';
import type { Path } from '../values/text.ts';
import { type Change, changeOf, kindOf } from './changes/index.ts';
import type { FieldsSet } from './changes/kind.ts';

/** A text that a correction concealed: it is for reviewers and auditors alone. */
export type ConcealedText = TextPlace;

type Concealing = Extract<Change, { conceal: boolean }>;
const concealingChange = (event: DomainEvent): Concealing | null => {
  const change = changeOf(event);
  return change !== null && 'conceal' in change && change.conceal ? change : null;
};
/** Whether an event conceals what it replaces. */
export const conceals = (event: DomainEvent): boolean => concealingChange(event) !== null;

/** Which thing's fields a change sets, and where they lie in it. */
type PlacedFields = FieldsSet & { within: Path };

const fieldsSetBy = (change: Change, incident: string): PlacedFields | null => {
  const kind = kindOf(change);
  const set = kind.sets(change, incident);
  if (set === null) return null;
  const whole = kind.makes === null ? [] : [kind.makes];
  return { ...set, within: set.correction === null ? whole : ['set'] };
};

/** The fields that an event sets: its own, or those of the changes that it proposes. */
const fieldsSetIn = (event: DomainEvent): PlacedFields[] => {
  if (event.type === 'EditSubmitted' || event.type === 'EditRevised') {
    return event.data.changes.flatMap((change, index) => {
      const set = fieldsSetBy(change, event.stream);
      return set === null ? [] : [{ ...set, within: ['changes', index, ...set.within] }];
    });
  }
  const change = changeOf(event);
  const set = change && fieldsSetBy(change, event.stream);
  return set === null ? [] : [set];
};

type Place = ConcealedText & { correction: string | null };

/** The texts that an event sets, each with the field that it belongs to, as `<thing> <field>`. */
const placesOf = (event: DomainEvent): (Place & { field: string })[] => {
  const sets = fieldsSetIn(event);
  if (sets.length === 0) return [];
  const texts = catalogue[event.type]?.texts(event.data) ?? [];
  return sets.flatMap(({ target, within, correction }) =>
    texts
      .filter((path) => path.length > within.length && within.every((key, at) => path[at] === key))
      .map((path) => ({
        field: `${target} ${path[within.length]}`,
        revision: event.revision,
        pointer: pointerOf(path),
        correction,
      })),
  );
};

/**
 * The texts of a stream that its corrections conceal: for each field that one sets, all that earlier events set that field to, proposals included, whether
 * they were applied or not; but for the proposal of the correction itself. Takes all events of the stream, in order.
 */
export const concealedTexts = (events: readonly DomainEvent[]): ConcealedText[] => {
  const last = events.findLastIndex(conceals);
  const places = new Map<string, Place[]>();
  const found = new Map<string, ConcealedText>();
  for (const event of events.slice(0, last + 1)) {
    const change = concealingChange(event);
    for (const field of change?.fields ?? []) {
      const target = change && kindOf(change).sets(change, event.stream)?.target;
      for (const { revision, pointer, correction } of places.get(`${target} ${field}`) ?? []) {
        if (correction !== change?.id) found.set(textKey({ revision, pointer }), { revision, pointer });
      }
    }
    for (const { field, ...place } of placesOf(event)) {
      const known = places.get(field);
      if (known === undefined) places.set(field, [place]);
      else known.push(place);
    }
  }
  return [...found.values()];
};
