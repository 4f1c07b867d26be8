import { restrictedIn, restricts } from '../erasure/restricted.ts';
import { pointerOf, type TextPlace, textKey } from '../log/erasure.ts';
import { catalogue, changesSubmitted, type DomainEvent } from '../log/events.ts';
import { bringsVersion } from '../review/events.ts';
import { isCitation } from '../source/citation.ts';
import type { Path } from '../values/text.ts';
import { type Change, changeOf, kindOf } from './changes/index.ts';
import { changeKey, type FieldsSet } from './changes/kind.ts';
import { thingsNamedBy } from './naming.ts';

/** A text that a correction or a decision concealed: it is for reviewers and auditors alone. */
export type ConcealedText = TextPlace & { stream: string };

type Concealing = Extract<Change, { conceal: boolean }>;
const concealingChange = (event: DomainEvent): Concealing | null => {
  const change = changeOf(event);
  return change !== null && 'conceal' in change && change.conceal ? change : null;
};
/** Whether an event conceals texts, or shows again what was concealed. */
export const conceals = (event: DomainEvent): boolean => restricts(event) || concealingChange(event) !== null;

/** Which thing's fields a change sets, where they lie in it, and which of what lies there they are: null for all. */
type PlacedFields = FieldsSet & { within: Path; only: readonly string[] | null };

/**
 * What a change says of itself is known by its edit, so that it is found in all versions of the edit: by the change's kind, and what it is about.
 */
const ownOf = (change: Change, { stream, edit }: DomainEvent): string =>
  `${stream} ${edit} ${change.kind} ${thingsNamedBy(change)[0] ?? ''}`;

const fieldsSetBy = (change: Change, event: DomainEvent, at: Path): PlacedFields[] => {
  const kind = kindOf(change);
  const set = kind.sets(change, event.stream);
  const whole = kind.makes === null ? [] : [kind.makes];
  const own: PlacedFields = { target: ownOf(change, event), correction: null, within: at, only: kind.own };
  return [...(set === null ? [] : [{ ...set, within: [...at, ...(set.correction === null ? whole : ['set'])], only: null }]), own];
};

/** The fields that an event sets: its own, or those of the changes that it proposes. */
const fieldsSetIn = (event: DomainEvent): PlacedFields[] => {
  if (bringsVersion(event)) {
    return changesSubmitted(event).flatMap((change, index) => fieldsSetBy(change, event, ['changes', index]));
  }
  const change = changeOf(event);
  return change === null ? [] : fieldsSetBy(change, event, []);
};

type Place = ConcealedText & { correction: string | null };

/** The events with those that they absorb, in the order in which the record took them. */
export const withAbsorbed = (events: readonly DomainEvent[]): DomainEvent[] =>
  events.flatMap((event) => (event.type === 'IncidentAbsorbed' ? [...withAbsorbed(event.absorbed ?? []), event] : [event]));

/** The texts that an event sets, each with the thing and the field that it belongs to. */
const placesOf = (event: DomainEvent): (Place & { target: string; field: string })[] => {
  const sets = fieldsSetIn(event);
  if (sets.length === 0) return [];
  const texts = catalogue[event.type]?.texts(event.data) ?? [];
  return sets.flatMap(({ target, within, only, correction }) =>
    texts
      .filter((path) => path.length > within.length && within.every((key, at) => path[at] === key))
      .map((path) => ({
        target,
        field: String(path[within.length]),
        stream: event.stream,
        revision: event.revision,
        pointer: pointerOf(path),
        correction,
      }))
      .filter(({ field }) => only === null || only.includes(field)),
  );
};

/** Whether a revision of a source's text is kept from all but reviewers and auditors: so is what is quoted from it. */
export type IsRestricted = (source: string, revision: number) => boolean;

/** What an event quotes from such texts. */
const quotedIn = (event: DomainEvent, isRestricted: IsRestricted): ConcealedText[] =>
  (catalogue[event.type]?.texts(event.data) ?? [])
    .filter((path) => {
      const held = path
        .slice(0, -1)
        .reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], event.data) as object;
      return isCitation(held) && isRestricted(held.source, held.revision);
    })
    .map((path) => ({ stream: event.stream, revision: event.revision, pointer: pointerOf(path) }));

/**
 * The texts of a stream that decisions keep from the public, what it quotes from sources whose texts they keep so, and the texts that its corrections conceal: for
 * each field that one sets, all that earlier events set that field to, proposals included, whether they were applied or not; but for the proposal of the correction
 * itself. Texts of streams that this one absorbed are among them. Takes all events of the stream, in order. Without `isRestricted` no source is restricted.
 */
export const concealedTexts = (own: readonly DomainEvent[], isRestricted: IsRestricted | null = null): ConcealedText[] => {
  const events = withAbsorbed(own);
  const last = events.findLastIndex(conceals);
  const places = new Map<string, Place[]>();
  const found = new Map<string, ConcealedText>();
  const ownAt = new Map<string, string>();
  /** A correction names a change of its own stream by its revision. */
  const keyOf = (stream: string, target: string, field: string) => `${ownAt.get(`${stream} ${target}`) ?? target} ${field}`;
  /** What a change says of itself is known by its edit: of one that left another edit, what it said there is the same. */
  const followSplit = (event: DomainEvent): void => {
    if (event.type !== 'EditSplit' || event.data.splitFrom === null) return;
    const from = { ...event, edit: event.data.splitFrom };
    for (const change of changesSubmitted(event))
      for (const field of kindOf(change).own) {
        const before = places.get(`${ownOf(change, from)} ${field}`);
        if (before !== undefined) places.set(`${ownOf(change, event)} ${field}`, [...before]);
      }
  };
  for (const event of events.slice(0, last + 1)) {
    followSplit(event);
    const change = changeOf(event);
    const { stream } = event;
    if (change) ownAt.set(`${stream} ${changeKey(event.revision)}`, ownOf(change, event));
    const concealing = concealingChange(event);
    for (const field of concealing?.fields ?? []) {
      const target = (concealing && kindOf(concealing).sets(concealing, stream)?.target) ?? '';
      for (const { correction, ...place } of places.get(keyOf(stream, target, field)) ?? []) {
        if (correction !== concealing?.id) found.set(`${place.stream} ${textKey(place)}`, place);
      }
    }
    for (const { target, field, ...place } of placesOf(event)) {
      const key = keyOf(stream, target, field);
      const known = places.get(key);
      if (known === undefined) places.set(key, [place]);
      else known.push(place);
    }
  }
  const restricted = [...Map.groupBy(events, ({ stream }) => stream)].flatMap(([stream, each]) =>
    restrictedIn(each).map(({ revision, pointer }) => ({ stream, revision, pointer })),
  );
  const quoted = isRestricted === null ? [] : events.flatMap((event) => quotedIn(event, isRestricted));
  for (const place of [...restricted, ...quoted]) found.set(`${place.stream} ${textKey(place)}`, place);
  return [...found.values()];
};
