import { z } from 'zod';
import type { Keys } from '../../review/conflicts.ts';
import type { ReceivedClaim } from '../things/received.ts';
import { addCitation } from './add-citation.ts';
import { addClaim } from './add-claim.ts';
import { correctChange } from './correct-change.ts';
import { correctClaim } from './correct-claim.ts';
import { correctEntry } from './correct-entry.ts';
import { correctIncident } from './correct-incident.ts';
import { disputeClaim } from './dispute-claim.ts';
import { distinguishIncident } from './distinguish-incident.ts';
import type { Behaviour, ChangeOf } from './kind.ts';
import { mergeIncident } from './merge-incident.ts';
import { moveClaim } from './move-claim.ts';
import { openProceeding } from './open-proceeding.ts';
import { rankClaim } from './rank-claim.ts';
import { recordRuling } from './record-ruling.ts';
import { reinstateClaim } from './reinstate-claim.ts';
import { reinstateEntry } from './reinstate-entry.ts';
import { reinstateIncident } from './reinstate-incident.ts';
import { reportIncident } from './report-incident.ts';
import { retractClaim } from './retract-claim.ts';
import { retractEntry } from './retract-entry.ts';
import { retractIncident } from './retract-incident.ts';
import { retractUpdate } from './retract-update.ts';
import { undistinguishIncident } from './undistinguish-incident.ts';
import { unmergeIncident } from './unmerge-incident.ts';
import { updateProceeding } from './update-proceeding.ts';
import { withdrawDispute } from './withdraw-dispute.ts';

export { takeMergeBack } from './unmerge-incident.ts';

/** All kinds of change, in the order of a change's life from proposal to record. What is asked of a change is asked of its kind. */
export const changeKinds = [
  reportIncident,
  addClaim,
  addCitation,
  disputeClaim,
  withdrawDispute,
  openProceeding,
  updateProceeding,
  retractUpdate,
  recordRuling,
  correctIncident,
  correctClaim,
  correctEntry,
  correctChange,
  rankClaim,
  retractClaim,
  reinstateClaim,
  moveClaim,
  retractEntry,
  reinstateEntry,
  mergeIncident,
  unmergeIncident,
  distinguishIncident,
  undistinguishIncident,
  retractIncident,
  reinstateIncident,
] as const;

type AllKinds = (typeof changeKinds)[number];
type StoredBy<K> = K extends { kind: infer N extends string; stored: infer S extends z.ZodObject } ? ChangeOf<N, S> : never;
type ReadBy<K> = K extends { kind: infer N extends string; read: infer R extends z.ZodObject } ? ChangeOf<N, R> : never;
type SentBy<K> = K extends { kind: infer N extends string; sent: infer S extends z.ZodObject } ? ChangeOf<N, S> : never;

/** A change as an edit's version stores it, ids given and citations found: what approval copies into the record, word for word. */
export type Change = StoredBy<AllKinds>;
/** A change of an edit as sent. */
export type SentChange = SentBy<AllKinds>;
/** A change of an edit as it is read. */
export type ChangeDocument = ReadBy<AllKinds>;
export type ChangeKind = Change['kind'];
export type RecordEventType = AllKinds['event'];
/** The data of each record event. */
type RecordSchemas = { [K in AllKinds as K['event']]: K['stored'] };

/** What applying a change appends. */
export type NewRecordEvent = { [K in AllKinds as K['event']]: ReturnType<K['toEvent']> }[RecordEventType];

/** A kind as the loops over the kinds see it. */
type AnyKind = {
  kind: ChangeKind;
  event: RecordEventType;
  sent: z.ZodObject;
  read: z.ZodObject;
  stored: z.ZodObject;
  ofEvent(data: object): Change;
  toEvent(edit: number, change: Change): NewRecordEvent;
} & Behaviour<SentChange, Change>;
const kinds: readonly AnyKind[] = changeKinds;

const byName: ReadonlyMap<string, AnyKind> = new Map(kinds.map((kind) => [kind.kind, kind]));
const byEvent: ReadonlyMap<string, AnyKind> = new Map(kinds.map((kind) => [kind.event, kind]));

/** The kind of a change. */
export const kindOf = ({ kind }: { kind: ChangeKind }): AnyKind => {
  const found = byName.get(kind);
  if (!found) throw new TypeError(`there is no kind of change ${kind}`);
  return found;
};
/** In which fields the change that a record event applies speaks of itself. */
export const ownFieldsOf = (event: string): readonly string[] => byEvent.get(event)?.own ?? [];
/** The keys of the record that a change reads and writes. Every change reads `status`. */
export const keysOf = (change: Change): Keys => {
  const { reads, writes } = kindOf(change).keys(change);
  return { reads: ['status', ...reads], writes };
};
/** The change that a record event applies; null for an event that is none. A claim that came from another incident enters like one that an edit brings. */
export const changeOf = ({ type, data }: { type: string; data: object }): Change | null =>
  type === 'ClaimReceived' ? addClaim.ofEvent({ claim: (data as ReceivedClaim).claim }) : (byEvent.get(type)?.ofEvent(data) ?? null);

/** What a record event sets, where that is all that remains of it; null where it stays, and for any other event. */
export const onlySets = (event: { type: string; data: object }): string | null => {
  const change = changeOf(event);
  return change && kindOf(change).onlySets(change);
};

const withKind = (kind: string, schema: z.ZodObject) =>
  z.strictObject({ kind: z.literal(kind).describe('The kind of change'), ...schema.shape }).describe(schema.description ?? '');
type Schemas = [ReturnType<typeof withKind>, ...ReturnType<typeof withKind>[]];

/** A stored change, told apart by `kind`. */
export const storedChange = z.discriminatedUnion(
  'kind',
  kinds.map(({ kind, stored }) => withKind(kind, stored)) as Schemas,
) as unknown as z.ZodType<Change>;
/** The changes of an edit as sent, told apart by `kind`. */
export const sentChange = z.discriminatedUnion(
  'kind',
  kinds.map(({ kind, sent }) => withKind(kind, sent)) as Schemas,
) as unknown as z.ZodType<SentChange>;
/** The changes of an edit as they are read, told apart by `kind`. */
export const readChange = z.discriminatedUnion(
  'kind',
  kinds.map(({ kind, sent, read }) =>
    z.object({ kind: z.literal(kind).describe('The kind of change'), ...read.shape }).describe(sent.description ?? ''),
  ) as unknown as Schemas,
) as unknown as z.ZodType<ChangeDocument>;
/** By the type of the record event: the schema of its data. */
export const recordSchemas = Object.fromEntries(kinds.map(({ event, stored }) => [event, stored])) as RecordSchemas;
