import { z } from 'zod';
import { erasureEvents, ground } from '../erasure/shapes.ts';
import { type Change, changeKinds, type RecordEventType, recordSchemas, storedChange } from '../incident/changes/index.ts';
import { receivedClaim } from '../incident/things/received.ts';
import { keyEvents } from '../key/shapes.ts';
import { type PartyChange, partyChanges } from '../party/changes/index.ts';
import { registeredParty } from '../party/shapes.ts';
import { peopleEvents } from '../people/shapes.ts';
import { policyEvents } from '../policy/shapes.ts';
import { recusalEvents } from '../recusal/shapes.ts';
import { reservationSchemas } from '../reservation/reservation.ts';
import { reviewSchemas as reviewSchemasOf } from '../review/events.ts';
import { type SourceChange, sourceChanges } from '../source/changes/index.ts';
import { placedCitations } from '../source/citation.ts';
import { keptOriginal, registeredSource } from '../source/imported.ts';
import { tipEvents } from '../tip/shapes.ts';
import { reasonText, typeId } from '../values/shapes.ts';
import { type TextPaths, textPaths } from '../values/text.ts';
import type { Envelope } from './envelope.ts';

/**
 * The event catalogue. A stream is named by the id of its incident, source or party, or is one of the service's own (`key_…`, `operations_…`, `reservation_…`). The names and
 * fields of events are the storage format: they are never renamed, and a field never changes its meaning. A new form of an event is a new schema number with an
 * upcaster from the old one.
 */

/** A change of an edit as it is stored: of an incident, a source or a party, whichever the stream is of. */
const anyChange = z.discriminatedUnion('kind', [
  storedChange,
  sourceChanges.storedChange,
  partyChanges.storedChange,
] as never) as unknown as z.ZodType<Change | SourceChange | PartyChange>;
const reviewSchemas = reviewSchemasOf(anyChange);

const streamItems = z
  .array(z.strictObject({ revision: z.int().min(0), pointer: z.string(), digest: z.string() }))
  .min(1)
  .max(1000);

const restrictedItems = z
  .array(z.strictObject({ revision: z.int().min(0), pointer: z.string() }))
  .min(1)
  .max(500);

/** What follows on the streams of others when an incident is merged and when that is taken back: `revision` is that of the event of `from` that decided it. */
const follows = { from: typeId('incident'), revision: z.int().min(0) };
const mergeSchemas = {
  /** `via`: the incident by way of which `from` is merged into this one, null where it is so itself. */
  IncidentAbsorbed: z.strictObject({ ...follows, via: typeId('incident').nullable() }),
  IncidentReleased: z.strictObject(follows),
  /**
   * In the append that takes a merge back: what stands on the survivor `from` about the incident's things follows here again, as it stood there at `revisions`,
   * in their order. `through`: up to which revision of the survivor that was looked for. `made`: the new ids of what these events make.
   */
  ChangesReturned: z.strictObject({
    from: typeId('incident'),
    through: z.int().min(0),
    revisions: z.array(z.int().min(0)),
    made: z.array(z.strictObject({ id: z.string(), was: z.string() })),
  }),
};

/** What follows on the stream of the incident to which a claim was moved. */
const moveSchemas = { ClaimReceived: receivedClaim };

/** `decision`: the request that it follows from, null where there was none. */
const textSchemas = {
  TextErased: z.strictObject({ items: streamItems, reasonCode: ground, decision: typeId('erasure').nullable() }),
  /** Texts that are for reviewers and auditors alone from now on, until they are released. */
  TextRestricted: z.strictObject({ items: restrictedItems, reasonCode: ground, decision: typeId('erasure') }),
  TextReleased: z.strictObject({ items: restrictedItems, decision: typeId('erasure') }),
};

const sourceSchemas = { SourceRegistered: registeredSource, SourceOriginalKept: keptOriginal, ...sourceChanges.schemas };

/** What follows on the stream of the survivor: `revision` is that of the event of `from` that decided it. */
const absorbed = z.strictObject({ from: typeId('party'), revision: z.int().min(0) });
const partySchemas = { PartyRegistered: registeredParty, ...partyChanges.schemas, PartyAbsorbed: absorbed, PartyReleased: absorbed };

/** Where the feed met an event that cannot be decoded: `position` as the feed serves it, `stream` and `revision` of the event itself. */
const passed = { position: z.string().regex(/^[1-9]\d{0,18}$/), stream: z.string().min(1), revision: z.int().min(0) };
const operationsSchemas = {
  FeedEventSkipped: z.strictObject({
    ...passed,
    why: z.enum(['unknown_type', 'unknown_schema', 'text_missing', 'corrupt']),
    reason: reasonText,
  }),
  FeedEventMended: z.strictObject(passed),
};

export const eventSchemas = {
  ...recordSchemas,
  ...mergeSchemas,
  ...moveSchemas,
  ...reviewSchemas,
  ...textSchemas,
  ...erasureEvents,
  ...sourceSchemas,
  ...partySchemas,
  ...reservationSchemas,
  ...keyEvents,
  ...peopleEvents,
  ...recusalEvents,
  ...policyEvents,
  ...tipEvents,
  ...operationsSchemas,
};
export type EventType = keyof typeof eventSchemas;
export type EventData<T extends EventType> = z.output<(typeof eventSchemas)[T]>;

/** What a decision yields: the event's type, its data, and the number of the edit that it belongs to, if any. */
export type NewEvent<T extends EventType = EventType> = { [K in T]: { type: K; edit: number | null; data: EventData<K> } }[T];

/**
 * An event as the fold takes it, decoded and upcast. Texts that were erased or not asked for are absent from `data`, so a text field of the
 * type may be `undefined` at run time: nothing that folds or decides reads one; what renders treats absent as `null`.
 */
export type DomainEvent<T extends EventType = EventType> = { [K in T]: Envelope & { type: K; data: EventData<K> } & BesideOf<K> }[T];
/** The events of the absorbed incident up to the revision that `IncidentAbsorbed` names, which whoever reads the log puts beside it (`withAbsorbed` of event-log). */
type BesideOf<K> = K extends 'IncidentAbsorbed' ? { absorbed?: readonly DomainEvent[] } : unknown;

const names = <S extends object>(schemas: S) => new Set(Object.keys(schemas)) as ReadonlySet<string>;
/** Events that set an incident's revision. */
export const recordEvents = names({ ...recordSchemas, ...mergeSchemas, ...moveSchemas });
/** Events that say what a source or party is. */
export const registerEvents = names({ ...sourceSchemas, ...partySchemas });
/** Events that hold the texts of a source. */
export const textEvents: ReadonlySet<string> = new Set([
  'SourceRegistered',
  'SourceTextRevised',
  'TextRestricted',
  'TextReleased',
] satisfies EventType[]);
/** What takes texts out of events, or keeps them from the public. */
export const takedownEvents = names(textSchemas);
/** Events that change what is shown of a published incident. */
export const documentEvents: ReadonlySet<string> = new Set([...recordEvents, ...takedownEvents]);
/** Events of the review, shown to reviewers and auditors. */
export const reviewEvents = names(reviewSchemas);

/** Each aggregate folds the events of its own, and what it does not fold does not compile. */
const isAmong =
  <S extends Partial<Record<EventType, z.ZodType>>>(schemas: S) =>
  (event: DomainEvent): event is DomainEvent<keyof S & EventType> =>
    Object.hasOwn(schemas, event.type);
export const isMergeEvent = isAmong(mergeSchemas);
export const isReviewEvent = isAmong(reviewSchemas);
export const isErasureEvent = isAmong(erasureEvents);
export const isSourceEvent = isAmong(sourceSchemas);
export const isPartyEvent = isAmong(partySchemas);
export const isKeyEvent = isAmong(keyEvents);
export const isPeopleEvent = isAmong(peopleEvents);
export const isRecusalEvent = isAmong(recusalEvents);
export const isPolicyEvent = isAmong(policyEvents);
export const isTipEvent = isAmong(tipEvents);
export const isOperationsEvent = isAmong(operationsSchemas);
export type MergeEvent<T extends keyof typeof mergeSchemas = keyof typeof mergeSchemas> = DomainEvent<T>;
export type ErasureEvent = DomainEvent<keyof typeof erasureEvents>;
export type SourceEvent = DomainEvent<keyof typeof sourceSchemas>;
export type PartyEvent = DomainEvent<keyof typeof partySchemas>;
export type ReservationEvent = DomainEvent<keyof typeof reservationSchemas>;
export type KeyEvent = DomainEvent<keyof typeof keyEvents>;
export type PeopleEvent = DomainEvent<keyof typeof peopleEvents>;
export type RecusalEvent = DomainEvent<keyof typeof recusalEvents>;
export type PolicyEvent = DomainEvent<keyof typeof policyEvents>;
export type TipEvent = DomainEvent<keyof typeof tipEvents>;
export type OperationsEvent = DomainEvent<keyof typeof operationsSchemas>;

/** The changes that a version of an edit brings. Those in an incident's stream are of its own kinds. */
export const changesSubmitted = ({ data }: { data: Pick<EventData<'EditSubmitted'>, 'changes'> }): Change[] => data.changes as Change[];

type Data = Record<string, unknown>;
/** By the number of the older form: the way to the next. */
type Upcasts = Record<number, (data: Data) => Data>;
/** What the codec needs of an event type: its current schema number, where its texts are, and how older forms become this one. */
export type CatalogueEntry = { schema: number; texts: TextPaths; upcast: Upcasts };

const ofRecord: { [T in RecordEventType]?: Upcasts } = Object.fromEntries(
  changeKinds.map(({ event, older }) => [event, Object.fromEntries(older.map(({ schema, upcast }) => [schema, upcast]))]),
);

const olderOf = (kind: unknown, inEdits: number) =>
  changeKinds.find((it) => it.kind === kind)?.older.find((older) => older.inEdits === inEdits);
/** The changes of an edit that was stored with this schema number become those of the next. */
const changesOn = (schema: number, { changes, ...data }: Data): Data => ({
  ...data,
  changes: (changes as Data[]).map((change) => olderOf(change.kind, schema)?.upcast(change) ?? change),
});
const ofEdits = (own: Upcasts): Upcasts => {
  const numbers = new Set([...changeKinds.flatMap(({ older }) => older.map(({ inEdits }) => inEdits)), ...Object.keys(own).map(Number)]);
  return Object.fromEntries(
    [...numbers].map((number) => [number, (data: Data) => changesOn(number, own[number] ? own[number](data) : data)]),
  );
};

const noExternalId = (data: Data): Data => ({ ...data, externalId: null });
/** Whose hands a key is in was not written down: nobody asked for it. */
const byNoMachine = (data: Data): Data => ({ ...data, machine: false });
const noTally = (data: Data): Data => ({ ...data, tally: null });
const noAuthors = (data: Data): Data => ({
  ...data,
  rules: { ...(data.rules as Data), authors: { applied: null, rejectedPercent: null, decided: 10 } },
});
const noMachines = (data: Data): Data => ({ ...data, rules: { ...(data.rules as Data), machines: { kinds: null, approvals: 1 } } });
const noQuotes = (data: Data): Data => ({ ...data, quotes: null });

/** Types that are not here have one form. */
const upcasts: { [T in EventType]?: Upcasts } = {
  ...ofRecord,
  EditSubmitted: ofEdits({ 2: noQuotes, 5: placedCitations, 6: (data) => ({ ...data, reverts: null }), 7: byNoMachine, 8: noTally }),
  EditRevised: ofEdits({ 2: noQuotes, 5: placedCitations, 6: byNoMachine, 7: noTally }),
  // Numbered as that one, so that a new form of a change is one step for both.
  EditReopened: ofEdits({ 2: noQuotes, 5: placedCitations, 6: byNoMachine, 7: noTally }),
  EditSplit: ofEdits({ 2: noQuotes, 5: placedCitations, 6: byNoMachine, 7: noTally }),
  EditApproved: { 1: (data) => ({ ...data, despiteComments: null }) },
  EditApplied: { 1: noQuotes },
  SourceRegistered: {
    1: (data) => ({ ...data, originalUrl: null }),
    2: noExternalId,
    3: (data) => ({ ...data, translationOf: null, archiveUrl: null, accessedAt: null }),
    4: (data) => ({ ...data, extraction: null }),
  },
  SourceCorrected: { 1: placedCitations },
  SourceTextRevised: { 1: (data) => ({ ...data, why: null, citations: [] }), 2: placedCitations },
  PartyRegistered: {
    1: (data) => ({ ...data, distinctFrom: [] }),
    2: noExternalId,
    3: (data) => ({ ...data, identifiers: [] }),
    4: (data) => ({ ...data, minor: false }),
  },
  PartyCorrected: { 1: (data) => ({ ...data, citations: [] }), 2: placedCitations },
  PolicyNoted: { 1: noMachines, 2: noAuthors },
  PolicyProposed: { 1: noMachines, 2: noAuthors },
  TextErased: { 1: (data) => ({ ...data, decision: null }) },
};

/** Every event type, for the codec of `packages/event-log`. */
export const catalogue: Record<string, CatalogueEntry> = Object.fromEntries(
  Object.entries(eventSchemas).map(([type, schema]) => {
    const upcast = upcasts[type as EventType] ?? {};
    return [type, { schema: 1 + Object.keys(upcast).length, texts: textPaths(schema), upcast }];
  }),
);
