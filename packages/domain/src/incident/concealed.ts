import { type ErasedText, erasedKey, pointerOf } from '../erasure.ts';
import { catalogue, type DomainEvent, kindOf } from '../events.ts';
import type { Change } from '../shapes.ts';
import type { Path } from '../text.ts';

/** A text that a correction concealed, named as an erased one is: it is for reviewers and auditors alone. */
export type ConcealedText = ErasedText;

type Correction = DomainEvent<'IncidentCorrected' | 'ClaimCorrected' | 'EntryCorrected'>;
const corrections: ReadonlySet<string> = new Set<Correction['type']>(['IncidentCorrected', 'ClaimCorrected', 'EntryCorrected']);
/** Whether an event conceals what it replaces. */
export const conceals = (event: DomainEvent): event is Correction => corrections.has(event.type) && (event as Correction).data.conceal;

/** Which thing's fields a change sets, of things that can be corrected, where they lie in it, and the correction that it is. */
type Setting = { target: string; within: Path; correction: string | null };

const settingOf = (change: Change, incident: string): Setting | null => {
  switch (change.kind) {
    case 'report_incident':
      return { target: incident, within: [], correction: null };
    case 'add_claim':
      return { target: change.claim.id, within: ['claim'], correction: null };
    case 'add_citation':
      return { target: change.claim, within: [], correction: null };
    case 'dispute_claim':
      return { target: change.dispute.id, within: ['dispute'], correction: null };
    case 'open_proceeding':
      return { target: change.proceeding.id, within: ['proceeding'], correction: null };
    case 'record_ruling':
      return { target: change.ruling.id, within: ['ruling'], correction: null };
    case 'correct_incident':
      return { target: incident, within: ['set'], correction: change.id };
    case 'correct_claim':
      return { target: change.claim, within: ['set'], correction: change.id };
    case 'correct_entry':
      return { target: change.target, within: ['set'], correction: change.id };
    default:
      return null;
  }
};

/** The settings of an event: its own, or those of the changes that it proposes. */
const settingsOf = (event: DomainEvent): Setting[] => {
  if (event.type === 'EditSubmitted' || event.type === 'EditRevised') {
    return event.data.changes.flatMap((change, index) => {
      const setting = settingOf(change, event.stream);
      return setting === null ? [] : [{ ...setting, within: ['changes', index, ...setting.within] }];
    });
  }
  const kind = kindOf[event.type];
  const setting = kind === undefined ? null : settingOf({ kind, ...event.data } as Change, event.stream);
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

const targetOf = (event: Correction): string => {
  if (event.type === 'IncidentCorrected') return event.stream;
  return event.type === 'ClaimCorrected' ? event.data.claim : event.data.target;
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
    if (conceals(event)) {
      for (const { revision, pointer } of event.data.fields
        .flatMap((field) => places.get(`${targetOf(event)} ${field}`) ?? [])
        .filter(({ correction }) => correction !== event.data.id)) {
        found.set(erasedKey({ revision, pointer }), { revision, pointer });
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
