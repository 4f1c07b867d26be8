import type { Claim } from '../incident/things/claim.ts';
import type { Dispute } from '../incident/things/dispute.ts';
import type { IncidentFields } from '../incident/things/incident.ts';
import type { Proceeding } from '../incident/things/proceeding.ts';
import type { Effect, Ruling } from '../incident/things/ruling.ts';
import type { ClaimValue } from '../incident/things/value.ts';
import type { PartyFacts } from '../party/shapes.ts';
import type { EditState, Vote, Written } from '../review/edit.ts';
import type { BeyondLimit } from '../rules/share.ts';
import type { ClaimStanding, Mark, Standing } from '../rules/standing.ts';
import type { AspectState } from '../rules/states.ts';
import type { Citation } from '../source/citation.ts';

/**
 * The documents that the API serves (api.md, "Shapes"): plain JSON, `null` for what is absent and for a text that was erased, arrays in the
 * order of the record unless a field says otherwise, keys always in the same order. The same state gives the same bytes.
 */

/** Where a text of an object is for reviewers and auditors alone, others get null for it, and the object says so. */
type Concealable = { concealed?: true };

export type QuoteDocument = { exact: string; prefix: string | null; suffix: string | null };
export type CitationDocument = Concealable & Omit<Citation, 'quote'> & { quote: QuoteDocument | null };
export type ValueDocument =
  | Exclude<ClaimValue, { kind: 'text' }>
  | (Concealable & { kind: 'text'; value: string | null; alternatives: string[] | null });
export type OccurredDocument = Concealable & IncidentFields['occurred'];
export type PlaceDocument = Concealable & Omit<IncidentFields['place'], 'text'> & { text: string | null };

type ClaimContent = Concealable &
  Omit<Claim, 'value' | 'statement' | 'citations'> & {
    value: ValueDocument;
    statement: string | null;
    citations: CitationDocument[];
  };
export type ClaimDocument = ClaimContent & {
  /** The incident whose record holds the claim: another one where that was merged into this one. */
  incidentId: string;
  rank: 'preferred' | 'normal' | 'deprecated';
  rankReason: string | null;
  standing: Standing;
  marks: Mark[];
  /** The voice that the claim has in the row of its aspect; null where it is none. */
  voice: string | null;
  /** "<speaker> (<capacity>) <stance>: <statement>"; null once the statement is erased. */
  attributed: string | null;
  /** "contradicted by <court>, <date>", where a ruling decides the claim. */
  decision: string | null;
  decidedBy: ClaimStanding['decidedBy'];
  disputes: string[];
  rulings: string[];
  corrections: string[];
  /** Disputes and rulings that named the claim until a correction changed what it says; they no longer apply. */
  detached: string[];
  addedAtRevision: number;
};

export type DisputeDocument = Concealable &
  Omit<Dispute, 'grounds' | 'citations'> & {
    grounds: string | null;
    citations: CitationDocument[];
    withdrawn: boolean;
    retracted: boolean;
    /** Why it was withdrawn or retracted. */
    reason: string | null;
    addedAtRevision: number;
  };
export type ProceedingDocument = Concealable &
  Omit<Proceeding, 'title' | 'citations'> & {
    title: string | null;
    citations: CitationDocument[];
    /** `status` is the last one; this is that of the opening. */
    openedAs: Proceeding['status'];
    updates: { on: string | null; status: Proceeding['status']; note: string | null; citations: CitationDocument[]; revision: number }[];
    retracted: boolean;
    addedAtRevision: number;
  };
export type EffectDocument = Omit<Effect, 'citations'> & { citations: CitationDocument[] };
export type RulingDocument = Concealable &
  Omit<Ruling, 'summary' | 'citations' | 'effects'> & {
    summary: string | null;
    citations: CitationDocument[];
    effects: EffectDocument[];
    inForce: boolean;
    retracted: boolean;
    addedAtRevision: number;
  };
export type CorrectionDocument = {
  id: string;
  /** The incident's, a claim's or an entry's id. */
  target: string;
  changes: (Concealable & { field: string; from: unknown; to: unknown })[];
  reason: string | null;
  citations: CitationDocument[];
  revision: number;
  recordedAt: string;
};

export type AspectDocument = { aspect: string; about: string | null; state: AspectState; voices: number; claims: string[] };
export type PartyDocument = { id: string; name: string | null; kind: PartyFacts['kind'] | null; parent: string | null; private: boolean };
export type AgencyDocument = Pick<PartyDocument, 'id' | 'name' | 'kind'>;
/** A source as a document names it; its text is never among it. */
export type SourceDocument = { id: string; title: string | null; publisher: string | null; url: string | null; revision: number };

export type IncidentDocument = Concealable & {
  id: string;
  /** Stream revision of the last record event; null while it is proposed. */
  revision: number | null;
  status: 'proposed' | 'published' | 'merged' | 'retracted';
  mergedInto: string | null;
  mergedFrom: string[];
  /** Its merge closes a circle of merges, which is cut here: neither shows the other's claims. */
  mergeCut: boolean;
  title: string | null;
  occurred: OccurredDocument | null;
  place: PlaceDocument | null;
  agencies: AgencyDocument[];
  aspects: AspectDocument[];
  claims: ClaimDocument[];
  disputes: DisputeDocument[];
  proceedings: ProceedingDocument[];
  rulings: RulingDocument[];
  corrections: CorrectionDocument[];
  /** All parties that the document names, and the parents of those. */
  parties: PartyDocument[];
  sources: SourceDocument[];
  recordedAt: string | null;
};

export type ComparisonDocument = {
  incidentId: string;
  revision: number | null;
  /** A cell holds the claims of one voice; those that are no voice (relays, unnamed officials beside others) share the cell of voice null. */
  aspects: { aspect: string; about: string | null; state: AspectState; cells: { voice: string | null; claims: string[] }[] }[];
  voices: { id: string; name: string | null }[];
};

export type ListItem = Concealable &
  Pick<IncidentDocument, 'id' | 'revision' | 'status' | 'title' | 'occurred' | 'place' | 'agencies' | 'recordedAt'> & {
    counts: { claims: number; disputes: number; rulings: number; corrections: number };
  };

/** A change of an edit in the shape in which it was sent, with the ids and citations that it got. */
export type ChangeDocument = Record<string, unknown>;
export type VoteDocument = Pick<Vote, 'decision' | 'by' | 'at' | 'version' | 'reason'> & {
  /** It no longer counts: the edit was revised since, or the same reviewer voted again. */
  lapsed: boolean;
};
export type EditDocument = {
  incidentId: string;
  edit: number;
  etag: string;
  state: EditState;
  version: number;
  baseRevision: number | null;
  author: string;
  refs: Record<string, string>;
  approvals: { needed: number; given: number; why: string; policy: number };
  /** The sources of which it would bring quotes that the public does not get whole; empty once it is closed. */
  quotesBeyondLimit: BeyondLimit[];
  versions: { version: number; submittedAt: string; by: string; rationale: string | null; changes: ChangeDocument[] }[];
  votes: VoteDocument[];
  conflicts: Written[];
  appliedRevision: number | null;
  withdrawnReason: string | null;
};

export type Difference = Concealable & { pointer: string; from: unknown; to: unknown };
export type Preview = {
  before: IncidentDocument;
  after: IncidentDocument;
  changes: Difference[];
  /** Claims whose standing the edit changes; null on the side where there is no such claim. */
  standing: { claim: string; from: Standing | null; to: Standing | null }[];
  aspects: { aspect: string; about: string | null; from: AspectState | null; to: AspectState | null }[];
  conflicts: Written[];
};
