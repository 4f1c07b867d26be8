import { pointerOf, type TextPlace, textKey } from '../log/erasure.ts';
import { catalogue, type DomainEvent } from '../log/events.ts';
import type { Path } from '../values/text.ts';
import { type Change, changeOf, kindOf } from './changes/index.ts';

/** A text that a correction concealed: it is for reviewers and auditors alone. */
export type ConcealedText = TextPlace;

type Concealing = Extract<Change, { conceal: boolean }>;
const concealingChange = (event: DomainEvent): Concealing | null => {
  const change = changeOf(event);
  return change !== null && 'conceal' in change && change.conceal ? change : null;
};
/** Whether an event conceals what it replaces. */
export const conceals = (event: DomainEvent): boolean => concealingChange(event) !== null;

/** Which thing's fields a change sets, of things that can be corrected, where they lie in it, and the correction that it is. */
type Setting = { target: string; within: Path; correction: string | null };

const settingOf = (change: Change, incident: string): Setting | null => {
  const kind = kindOf(change);
  const setting = kind.sets(change, incident);
  if (setting === null) return null;
  const whole = kind.makes === null ? [] : [kind.makes];
  return { ...setting, within: setting.correction === null ? whole : ['set'] };
};

/** The settings of an event: its own, or those of the changes that it proposes. */
const settingsOf = (event: DomainEvent): Setting[] => {
  if (event.type === 'EditSubmitted' || event.type === 'EditRevised') {
    return event.data.changes.flatMap((change, index) => {
      const setting = settingOf(change, event.stream);
      return setting === null ? [] : [{ ...setting, within: ['changes', index, ...setting.within] }];
    });
  }
  const change = changeOf(event);
  const setting = change && settingOf(change, event.stream);
  return setting === null ? [] : [setting];
};

type Place = ConcealedText & { correction: string | null };

/** The texts that an event sets, each with the field that it belongs to, as `<thing> <field>`. */
const placesOf = (event: DomainEvent): (Place & { field: string })[] => {
  const settings = settingsOf(event);
  if (settings.length === 0) return [];
  const texts = catalogue[event.type]?.texts(event.data) ?? [];
  return settings.flatMap(({ target, within, correction }) =>
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
