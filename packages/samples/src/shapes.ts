/**
 * What the samples are made of. Bodies have the shapes of the HTTP contract, with one difference: a string `@name` stands for the id that
 * the service gives to a party, a note, or a thing of the same incident.
 */

export type Value =
  | { kind: 'boolean'; value: boolean }
  | { kind: 'term' | 'text' | 'party'; value: string }
  | { kind: 'time'; value: string; approximate: boolean }
  | { kind: 'quantity'; value: string; unit: string; comparator: string }
  | { kind: 'none' | 'unknown' };

export type Citation = { source: string; revision: number; quote: { exact: string } };

export type Claim = {
  ref: string;
  aspect: string;
  about: string | null;
  value: Value;
  statement: string;
  lang: 'en';
  speaker: string;
  capacity: string;
  stance: string;
  onBehalfOf: string | null;
  via: string[];
  rendering: string;
  validAt: string | null;
  relatesTo: { claim: string; as: 'supports' | 'answers' | 'about' }[];
  scope: { measure: string | null; population: string | null; place: string | null; period: string | null; base: string | null } | null;
  flags: string[];
  citations: Citation[];
};

/** One change of an edit; its fields are those of the contract, told apart by `kind`. */
export type Change = { kind: string; ref?: string; claim?: string | Claim; citations?: Citation[] } & Record<string, unknown>;

type ContributorName = 'contributor' | 'contributor2';
export type ReviewerName = 'reviewer' | 'reviewer2';
/** API keys by the name of who holds them, as `keys.json` gives them. */
export type Keys = Record<ContributorName | ReviewerName, string>;

export type Decision = { decision: 'approve' | 'reject' | 'request_changes'; by: ReviewerName; reason: string };
export type RevisedEdit = { rationale: string; changes: Change[] };
/** What happens to an edit after it is submitted: a reviewer decides, or its author sends it again, changed. */
export type ReviewStep = Decision | { revise: RevisedEdit };

export type SampleEdit = RevisedEdit & {
  /** Unique in the incident; part of the idempotency keys, so it never changes. */
  name: string;
  author: ContributorName;
  review: ReviewStep[];
  /** The state that the last step must leave. `submitted` stays in the queue for whoever tries the product. */
  ends: 'applied' | 'rejected' | 'submitted';
};

type Proposal = {
  title: string;
  occurred: { date: string | null; dateText: string | null; time: string | null; approximate: boolean; timeZone: string };
  place: { text: string; locality: string; region: string; country: 'US'; point: null; precision: string };
  agencies: string[];
  claims: Claim[];
  rationale: string;
};

export type Sample = { name: string; author: ContributorName; proposal: Proposal; approval: Decision[]; edits: SampleEdit[] };

export type Note = { ref: string; title: string; text: string };
export type Party = {
  ref: string;
  kind: 'agency' | 'court' | 'outlet' | 'described_role';
  name: string;
  private: boolean;
  publicRole: string | null;
  parent: string | null;
};
