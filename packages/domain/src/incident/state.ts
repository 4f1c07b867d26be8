import type { CommandTrace } from '../commands.ts';
import type { DomainEvent, EventType } from '../events.ts';
import type { Change, Citation, Claim, Dispute, Effect, IncidentFields, Proceeding, Ruling } from '../shapes.ts';
import type { SourceQuotes } from '../share.ts';

/** The state of one incident's stream: the record, its review, and what repeats of commands need. Built by `evolve` alone. */
export type Incident = {
  id: string | null;
  /** Revision of the last event folded, -1 for none: what the next append expects. */
  streamRevision: number;
  /** `none` until proposed; `proposed` until the first edit is applied. */
  status: 'none' | 'proposed' | 'published' | 'merged' | 'retracted';
  /** Revision of the last record event, null while unpublished. */
  revision: number | null;
  recordedAt: string | null;
  fields: IncidentFields | null;
  mergedInto: string | null;
  /** In the order of the record, as all maps here. */
  claims: Map<string, ClaimEntry>;
  disputes: Map<string, DisputeEntry>;
  proceedings: Map<string, ProceedingEntry>;
  rulings: Map<string, RulingEntry>;
  corrections: CorrectionEntry[];
  edits: Map<number, Edit>;
  /** By command id: where its events lie, so that a repeat finds itself. */
  commands: Map<string, CommandTrace>;
  /** Each record event with the keys that it wrote (rules.md, conflicts), oldest first. */
  written: Written[];
  /** `<revision>#<JSON pointer in data>` of every text erased from this stream. */
  erased: Set<string>;
  /** By claim: disputes and rulings that named it at some time. */
  namedBy: Map<string, Set<string>>;
  /** The events folded, from which an erasure makes the state anew without the texts; null in a fold of structure only, which holds none. */
  history: DomainEvent[] | null;
};

export type ClaimEntry = {
  claim: Claim;
  rank: 'preferred' | 'normal' | 'deprecated';
  rankReason: string | null;
  retracted: boolean;
  addedAtRevision: number;
  /** Fields that a correction set and that count for the mark `corrected` (rules.md, standing, 2). */
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

export type EditState = 'submitted' | 'changes_requested' | 'applied' | 'rejected' | 'withdrawn';
export type EditVersion = {
  version: number;
  /** Of its `EditSubmitted` or `EditRevised`, whose data approval copies. */
  revision: number;
  baseRevision: number | null;
  by: string;
  submittedAt: string;
  rationale: string | null;
  changes: Change[];
  quotes: SourceQuotes[] | null;
};
export type Vote = {
  decision: 'approve' | 'reject' | 'request_changes';
  by: string;
  at: string;
  version: number;
  reason: string | null;
  needed: number;
  policy: number;
  revision: number;
};
export type Edit = {
  edit: number;
  /** Command that submitted it: refs take their ids from it in every version. */
  command: string;
  author: string;
  state: EditState;
  versions: EditVersion[];
  /** Refs of all versions with their ids, without those erased or not asked for. */
  refs: Record<string, string>;
  votes: Vote[];
  /** Of the last event that changed its versions, votes or state, what no other event has in its place: the edit's ETag follows from it. */
  changedAt: string;
  appliedRevision: number | null;
  withdrawnReason: string | null;
};
export type Written = { revision: number; type: EventType; keys: string[] };
export type RulingEffect = Effect;

/** What the rules need to know of a party. */
export type PartyFacts = {
  id: string;
  kind: 'agency' | 'court' | 'outlet' | 'organisation' | 'person' | 'described_role';
  private: boolean;
  publicRole: string | null;
  parent: string | null;
  name: string | null;
  /** The name is there, and not for whom this is told. */
  withheld?: true;
};
/** Looks up parties with all their ancestors; undefined where there is none of that id. */
export type Parties = (id: string) => PartyFacts | undefined;

/**
 * The state of a stream without events. A function, since every fold owns its state and `evolve` changes it in place.
 * A fold of events read without texts passes `texts: false` and keeps less.
 */
export const initialIncident = ({ texts = true }: { texts?: boolean } = {}): Incident => ({
  id: null,
  streamRevision: -1,
  status: 'none',
  revision: null,
  recordedAt: null,
  fields: null,
  mergedInto: null,
  claims: new Map(),
  disputes: new Map(),
  proceedings: new Map(),
  rulings: new Map(),
  corrections: [],
  edits: new Map(),
  commands: new Map(),
  written: [],
  erased: new Set(),
  namedBy: new Map(),
  history: texts ? [] : null,
});
