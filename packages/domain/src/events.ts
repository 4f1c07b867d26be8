import { z } from 'zod';
import {
  type ChangeKind,
  partyFields,
  rationale,
  reasonText,
  recordData,
  ref,
  registeredParty,
  sourceBody,
  storedChange,
} from './shapes.ts';
import { sourceQuotes } from './share.ts';
import { markText, type TextPaths, textPaths } from './text.ts';

/**
 * The event catalogue. A stream is named by the id of its incident, source or party, or is one of the service's own (`operations_…`). The names and fields below are the storage format: they are never renamed, and a field never changes its meaning.
 * A new form of an event is a new schema number with an upcaster from the old one.
 */

const version = z.int().min(1);
const submitted = {
  baseRevision: z.int().min(0).nullable(),
  rationale,
  refs: markText(z.record(ref, z.string())),
  changes: z.array(storedChange).min(1).max(100),
  /** Null in an edit of before they were stored. */
  quotes: z.array(sourceQuotes).nullable(),
};
/** Every vote records what was needed when it was cast, and under which version of the policy. */
const vote = { version, reason: reasonText.nullable(), needed: z.int().min(1), policy: z.int().min(1) };
const sourceText = { text: sourceBody.shape.text };

/** Record event by change kind: the order of a change's life from proposal to record. */
export const recordEventOf = {
  report_incident: 'IncidentReported',
  add_claim: 'ClaimAdded',
  add_citation: 'CitationAdded',
  dispute_claim: 'ClaimDisputed',
  withdraw_dispute: 'DisputeWithdrawn',
  open_proceeding: 'ProceedingOpened',
  update_proceeding: 'ProceedingUpdated',
  record_ruling: 'CourtRulingRecorded',
  correct_incident: 'IncidentCorrected',
  correct_claim: 'ClaimCorrected',
  correct_entry: 'EntryCorrected',
  rank_claim: 'ClaimRanked',
  retract_claim: 'ClaimRetracted',
  reinstate_claim: 'ClaimReinstated',
  retract_entry: 'EntryRetracted',
  merge_incident: 'IncidentMerged',
  unmerge_incident: 'IncidentUnmerged',
  retract_incident: 'IncidentRetracted',
} as const satisfies Record<ChangeKind, string>;

/** The kind of change that a record event applies, by the event's type. */
export const kindOf = Object.fromEntries(Object.entries(recordEventOf).map(([kind, type]) => [type, kind])) as Readonly<
  Record<string, ChangeKind | undefined>
>;

const recordSchemas = {
  IncidentReported: recordData.report_incident,
  ClaimAdded: recordData.add_claim,
  CitationAdded: recordData.add_citation,
  ClaimDisputed: recordData.dispute_claim,
  DisputeWithdrawn: recordData.withdraw_dispute,
  ProceedingOpened: recordData.open_proceeding,
  ProceedingUpdated: recordData.update_proceeding,
  CourtRulingRecorded: recordData.record_ruling,
  IncidentCorrected: recordData.correct_incident,
  ClaimCorrected: recordData.correct_claim,
  EntryCorrected: recordData.correct_entry,
  ClaimRanked: recordData.rank_claim,
  ClaimRetracted: recordData.retract_claim,
  ClaimReinstated: recordData.reinstate_claim,
  EntryRetracted: recordData.retract_entry,
  IncidentMerged: recordData.merge_incident,
  IncidentUnmerged: recordData.unmerge_incident,
  IncidentRetracted: recordData.retract_incident,
};

const reviewSchemas = {
  EditSubmitted: z.strictObject(submitted),
  EditRevised: z.strictObject({ version, ...submitted }),
  EditApproved: z.strictObject(vote),
  EditChangesRequested: z.strictObject(vote),
  EditRejected: z.strictObject(vote),
  EditWithdrawn: z.strictObject({ version, reason: reasonText.nullable() }),
  EditApplied: z.strictObject({ version, quotes: submitted.quotes }),
  ReviewLeaseBroken: z.strictObject({ holder: z.string(), reason: reasonText }),
};

const erasureSchemas = {
  TextErased: z.strictObject({
    items: z
      .array(z.strictObject({ revision: z.int().min(0), pointer: z.string(), digest: z.string() }))
      .min(1)
      .max(1000),
    reasonCode: z.enum(['personal_data', 'court_order', 'copyright', 'safety', 'error']),
  }),
};

const sourceSchemas = {
  SourceRegistered: sourceBody,
  SourceTextRevised: z.strictObject({ revision: z.int().min(2), ...sourceText, reason: reasonText }),
  SourceWithdrawn: z.strictObject({ reason: reasonText }),
};

const partySchemas = {
  PartyRegistered: registeredParty,
  PartyCorrected: z.strictObject({
    /** Which fields `set` names, as in the corrections of the record. */
    fields: z.array(z.enum(Object.keys(partyFields) as [keyof typeof partyFields, ...(keyof typeof partyFields)[]])).min(1),
    set: z.strictObject(partyFields).partial(),
    reason: reasonText,
  }),
};

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
  ...reviewSchemas,
  ...erasureSchemas,
  ...sourceSchemas,
  ...partySchemas,
  ...operationsSchemas,
};
export type EventType = keyof typeof eventSchemas;
export type EventData<T extends EventType> = z.output<(typeof eventSchemas)[T]>;

/** What a decision yields: the event's type, its data, and the number of the edit that it belongs to, if any. */
export type NewEvent<T extends EventType = EventType> = { [K in T]: { type: K; edit: number | null; data: EventData<K> } }[T];

/**
 * An event as the fold takes it, decoded and upcast. Texts that were erased or not asked for are absent from `data`, so a text field of the
 * type may be `undefined` at run time: nothing that folds or decides reads one; what renders treats absent as `null`.
 * `at` is the command's clock; `recordedAt` and `position` are the store's.
 */
export type DomainEvent<T extends EventType = EventType> = {
  [K in T]: {
    id: string;
    type: K;
    schema: number;
    stream: string;
    revision: number;
    /** Revision of the last event of the same append. */
    last: number;
    at: string;
    actor: string;
    edit: number | null;
    command: string;
    /** HMAC of the request's body, on a command's first event only. */
    request: string | null;
    correlation: string | null;
    data: EventData<K>;
    position: bigint;
    recordedAt: string;
  };
}[T];

const names = <S extends object>(schemas: S) => new Set(Object.keys(schemas)) as ReadonlySet<string>;
/** Events that set an incident's revision. */
export const recordEvents = names(recordSchemas);
/** Events of the review, shown to reviewers and auditors. */
export const reviewEvents = names(reviewSchemas);

/** What the codec needs of an event type: its current schema number, where its texts are, and how older forms become this one. */
export type CatalogueEntry = {
  schema: number;
  texts: TextPaths;
  upcast: Record<number, (data: Record<string, unknown>) => Record<string, unknown>>;
};

type Upcasts = CatalogueEntry['upcast'];
type Data = Record<string, unknown>;

/** Before `conceal` there were corrections that concealed nothing. */
const concealsNothing = (data: Data): Data => ({ ...data, conceal: false });
const corrections: ReadonlySet<unknown> = new Set(['correct_incident', 'correct_claim', 'correct_entry']);
const changesConcealNothing = ({ changes, ...data }: Data): Data => ({
  ...data,
  changes: (changes as Data[]).map((change) => (corrections.has(change.kind) ? concealsNothing(change) : change)),
});

const noQuotes = (data: Data): Data => ({ ...data, quotes: null });

/** How older forms of an event become the present one, by the number of the older form. Types that are not here have one form. */
const upcasts: { [T in EventType]?: Upcasts } = {
  IncidentCorrected: { 1: concealsNothing },
  ClaimCorrected: { 1: concealsNothing },
  EntryCorrected: { 1: concealsNothing },
  EditSubmitted: { 1: changesConcealNothing, 2: noQuotes },
  EditRevised: { 1: changesConcealNothing, 2: noQuotes },
  EditApplied: { 1: noQuotes },
  PartyRegistered: { 1: (data) => ({ ...data, distinctFrom: [] }) },
};

/** Every event type, for the codec of `packages/event-log`. */
export const catalogue: Record<string, CatalogueEntry> = Object.fromEntries(
  Object.entries(eventSchemas).map(([type, schema]) => {
    const upcast = upcasts[type as EventType] ?? {};
    return [type, { schema: 1 + Object.keys(upcast).length, texts: textPaths(schema), upcast }];
  }),
);
