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

export type ClaimEntry = {
  claim: Claim;
  rank: 'preferred' | 'normal' | 'deprecated';
  rankReason: string | null;
  retracted: boolean;
  addedAtRevision: number;
  /** Fields that a correction set and that count for the mark `corrected` (docs/rules.md, standing 2). */
  correctedFields: Set<string>;
  /** Disputes and rulings that named the claim and that a correction detached. */
  detached: Set<string>;
};
export type DisputeEntry = { dispute: Dispute; withdrawn: boolean; retracted: boolean; revision: number; reason: string | null };
export type ProceedingEntry = {
  proceeding: Proceeding;
  updates: { on: string | null; status: Proceeding['status']; note: string | null; citations: Citation[]; revision: number }[];
  retracted: boolean;
  revision: number;
};
export type RulingEntry = { ruling: Ruling; retracted: boolean; revision: number };
export type CorrectionEntry = {
  id: string;
  /** The incident's, a claim's or an entry's id. */
  target: string;
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
  fields: null,
  mergedInto: null,
  claims: new Map(),
  disputes: new Map(),
  proceedings: new Map(),
  rulings: new Map(),
  corrections: [],
  namedBy: new Map(),
  ...initialReview(),
});
