import type { Restrictions } from '../erasure/restricted.ts';
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
  /** The event that merged it, while it is merged. */
  mergedAt: { revision: number; position: bigint } | null;
  /** Incidents whose things this record holds, also by way of others, in the order in which they came. */
  absorbed: Map<string, Absorbed>;
  /** In the order of the record, as all maps here. */
  claims: Map<string, ClaimEntry>;
  disputes: Map<string, DisputeEntry>;
  proceedings: Map<string, ProceedingEntry>;
  rulings: Map<string, RulingEntry>;
  corrections: CorrectionEntry[];
  /** Incidents that this one was said not to be, with why. */
  distinctFrom: Map<string, Distinction>;
  /** By claim: disputes and rulings that named it at some time. */
  namedBy: Map<string, Set<string>>;
  /** By stream and revision of its event (`ownKey`): what a change says of itself, as long as that is shown of the record. */
  own: Map<string, OwnWords>;
  /** The texts of the record that were erased, in the order in which they were. */
  erasedTexts: ErasedText[];
  /** The texts that a decision keeps from the public. */
  restricted: Restrictions;
};

/**
 * The number of the state's form. A fold that is stored under another one is made anew, so what changes the form, or what `evolve` makes of the same events,
 * raises it.
 */
export const incidentForm = 17;

/** `ids`: the things of the record that the text was of, none where it was the incident’s own; `path`: where in them. */
export type ErasedText = { ids: string[]; path: string[]; on: string; decision: string | null };

/** `revision`: up to where the other incident's stream is in it. `at`: revision of this stream at which it came, `via` the incident with which. */
export type Absorbed = { revision: number; at: number; via: string | null };

/**
 * Where a thing of the record was made, and its place in the order of the record. Of an incident's own things that is their revision; those that it absorbed
 * have places before the revision at which they came.
 */
export type Origin = { incident: string; place: number };

/** The state of one incident's stream: the record, and its review. */
export type Incident = IncidentRecord & Review<Change>;
export type Edit = EditOf<Change>;
export type EditVersion = EditVersionOf<Change>;

/**
 * What a change of the record says of itself, beside what it does: its reason, what it cites, what replaces what it takes back. The fields belong to what
 * shows them; a correction sets them anew. `target`: the thing that the change is about. `corrected`: a correction of them is on record.
 */
export type OwnWords = { target: string; fields: SaidIn; corrected: boolean };
/** The event of a change: in whose stream it stands, and where. */
export type SaidIn = { incident: string; revision: number };
/** What a reasoned change says of itself. */
export type Reasoned = SaidIn & { reason: string | null; citations: Citation[]; recordedAt: string };
export type Retraction = Reasoned & { replacedBy: string | null };
export type Distinction = Omit<Reasoned, 'citations'>;

/** A claim as another incident has it. */
export type MovedClaim = { incident: string; claim: string };

export type ClaimEntry = Origin & {
  claim: Claim;
  rank: 'preferred' | 'normal' | 'deprecated';
  /** What its last ranking says. */
  ranking: (SaidIn & { reason: string | null }) | null;
  retracted: boolean;
  retraction: Retraction | null;
  addedAtRevision: number;
  /** Where it went, if it was moved: it is retracted here then. */
  movedTo: MovedClaim | null;
  /** Where it came from, if it was moved here. */
  movedFrom: MovedClaim | null;
  /** Fields that a correction set and that count for the mark `corrected` (docs/rules.md, standing 2). */
  correctedFields: Set<string>;
  /** Disputes and rulings that named the claim and that a correction detached. */
  detached: Set<string>;
};
export type DisputeEntry = Origin & {
  dispute: Dispute;
  withdrawn: boolean;
  withdrawal: Reasoned | null;
  retracted: boolean;
  retraction: Retraction | null;
  revision: number;
};
export type ProceedingEntry = Origin & {
  proceeding: Proceeding;
  updates: (SaidIn & {
    place: number;
    on: string | null;
    status: Proceeding['status'];
    note: string | null;
    citations: Citation[];
    /** What took it back. */
    retraction: Reasoned | null;
  })[];
  retracted: boolean;
  retraction: Retraction | null;
  revision: number;
};
export type RulingEntry = Origin & {
  ruling: Ruling;
  retracted: boolean;
  retraction: Retraction | null;
  revision: number;
  /** When it entered the record; null in a draft. */
  recordedAt: string | null;
};
export type CorrectionEntry = {
  id: string;
  /** Whose stream it stands in. */
  incident: string;
  /** The incident's, a claim's, an entry's or a correction's id. */
  target: string;
  /** Where it corrects what a change says of itself: the revision of that change's event. */
  ofRevision: number | null;
  /** Whether it quotes a source, mends a typing error of our own, follows from a source's revision, or brings back what was on record. */
  basis: 'source' | 'editorial' | 'revision' | 'reversal';
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
  mergedAt: null,
  absorbed: new Map(),
  claims: new Map(),
  disputes: new Map(),
  proceedings: new Map(),
  rulings: new Map(),
  corrections: [],
  distinctFrom: new Map(),
  namedBy: new Map(),
  own: new Map(),
  erasedTexts: [],
  restricted: new Map(),
  ...initialReview(),
});
