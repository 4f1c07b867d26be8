import { type EditOf, type EditVersionOf, initialReview, type Review } from '../review/edit.ts';
import type { Citation } from '../source/citation.ts';
import type { Change } from './changes/index.ts';
import type { Claim } from './things/claim.ts';
import type { Dispute } from './things/dispute.ts';
import type { IncidentFields } from './things/incident.ts';
import type { Proceeding } from './things/proceeding.ts';
import type { Ruling } from './things/ruling.ts';

/** What an incident's stream says of the incident: what approved edits have made of it. Built by `evolve` alone. */
export type IncidentRecord = {
  /** `none` until proposed; `proposed` until the first edit is applied. */
  status: 'none' | 'proposed' | 'published' | 'merged' | 'retracted';
  /** Revision of the last record event, null while unpublished. */
  recordRevision: number | null;
  recordedAt: string | null;
  /** When its first record event was recorded. */
  firstRecordedAt: string | null;
  /** While it is retracted: what the retraction says. */
  retraction: Retraction | null;
  fields: IncidentFields | null;
  mergedInto: string | null;
  /** In the order of the record, as all maps here. */
  claims: Map<string, ClaimEntry>;
  disputes: Map<string, DisputeEntry>;
  proceedings: Map<string, ProceedingEntry>;
  rulings: Map<string, RulingEntry>;
  corrections: CorrectionEntry[];
  /** By claim: disputes and rulings that named it at some time. */
  namedBy: Map<string, Set<string>>;
  /** By the revision of its event: what a change says of itself, as long as that is shown of the record. */
  own: Map<number, OwnWords>;
};

/**
 * The number of the state's form. A fold that is stored under another one is made anew, so what changes the form, or what `evolve` makes of the same events,
 * raises it.
 */
export const incidentForm = 2;

/** The state of one incident's stream: the record, and its review. */
export type Incident = IncidentRecord & Review<Change>;
export type Edit = EditOf<Change>;
export type EditVersion = EditVersionOf<Change>;

/**
 * What a change of the record says of itself, beside what it does: its reason, what it cites, what replaces what it takes back. The fields belong to what
 * shows them; a correction sets them anew. `target`: the thing that the change is about. `corrected`: a correction of them is on record.
 */
export type OwnWords = { target: string; fields: object; corrected: boolean };
/** What a reasoned change says of itself. */
export type Reasoned = { reason: string | null; citations: Citation[]; revision: number; recordedAt: string };
export type Retraction = Reasoned & { replacedBy: string | null };

export type ClaimEntry = {
  claim: Claim;
  rank: 'preferred' | 'normal' | 'deprecated';
  /** What its last ranking says. */
  ranking: { reason: string | null; revision: number } | null;
  retracted: boolean;
  retraction: Retraction | null;
  addedAtRevision: number;
  /** Fields that a correction set and that count for the mark `corrected` (docs/rules.md, standing 2). */
  correctedFields: Set<string>;
  /** Disputes and rulings that named the claim and that a correction detached. */
  detached: Set<string>;
};
export type DisputeEntry = {
  dispute: Dispute;
  withdrawn: boolean;
  withdrawal: Reasoned | null;
  retracted: boolean;
  retraction: Retraction | null;
  revision: number;
};
export type ProceedingEntry = {
  proceeding: Proceeding;
  updates: { on: string | null; status: Proceeding['status']; note: string | null; citations: Citation[]; revision: number }[];
  retracted: boolean;
  retraction: Retraction | null;
  revision: number;
};
export type RulingEntry = { ruling: Ruling; retracted: boolean; retraction: Retraction | null; revision: number };
export type CorrectionEntry = {
  id: string;
  /** The incident's, a claim's, an entry's or a correction's id. */
  target: string;
  /** Where it corrects what a change says of itself: the revision of that change's event. */
  ofRevision: number | null;
  /** Whether it quotes a source, or mends a typing error of our own. */
  basis: 'source' | 'editorial';
  changes: { field: string; from: unknown; to: unknown }[];
  reason: string | null;
  citations: Citation[];
  revision: number;
  recordedAt: string;
};

/** The state of a stream without events. A function, since every fold owns its state and `evolve` changes it in place. */
export const initialIncident = (): Incident => ({
  status: 'none',
  recordRevision: null,
  recordedAt: null,
  firstRecordedAt: null,
  retraction: null,
  fields: null,
  mergedInto: null,
  claims: new Map(),
  disputes: new Map(),
  proceedings: new Map(),
  rulings: new Map(),
  corrections: [],
  namedBy: new Map(),
  own: new Map(),
  ...initialReview(),
});
