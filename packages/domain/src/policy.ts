import { stillNaming, substance } from './incident/naming.ts';
import type { Incident, Parties } from './incident/state.ts';
import type { Change, ChangeKind } from './shapes.ts';
import { type BeyondLimit, type EnteredQuote, quotesBeyondLimit, quotesByPlace, type SourceQuotes } from './share.ts';

/** What makes a thing need two approvals, however it is touched. */
type Cause = 'ruling' | 'inferredDispute' | 'privatePerson' | 'unreviewedPerson';

/** How many approvals an edit needs: a rule set with a version, which each vote records. */
export type Policy = {
  version: number;
  /** Each thing that takes two approvals, with the words that say so. Everything else takes one. */
  two: {
    kinds: Partial<Record<ChangeKind, string>>;
    /** What a change itself holds. */
    holds: Record<Cause, string>;
    /** What a change touches through what it names of the record. */
    touches: Record<Cause, string>;
    concealment: string;
    quotesBeyondLimit: string;
  };
};

/**
 * Version 2: an edit needs what the most protected thing needs that it touches, so that what two decided is not undone by one. Version 1 asked of the
 * changes alone. An erasure needs two as well; it is no change of an edit, so it is not in this table.
 */
export const policy: Policy = {
  version: 2,
  two: {
    kinds: {
      record_ruling: 'it records a ruling',
      retract_claim: 'it retracts a claim',
      reinstate_claim: 'it reinstates a claim',
      retract_entry: 'it retracts an entry',
      retract_incident: 'it retracts the incident',
      merge_incident: 'it merges the incident',
      unmerge_incident: 'it takes a merge back',
    },
    holds: {
      ruling: 'it corrects a ruling',
      inferredDispute: 'it records a dispute that the record infers',
      privatePerson: 'it uses a private person',
      unreviewedPerson: 'it uses a person whose privacy nobody has reviewed',
    },
    touches: {
      ruling: 'it touches a ruling',
      inferredDispute: 'it touches a dispute that the record infers',
      privatePerson: 'it touches what names a private person',
      unreviewedPerson: 'it touches what names a person whose privacy nobody has reviewed',
    },
    concealment: 'it conceals what it replaces',
    quotesBeyondLimit: 'it quotes more of a source than may be public',
  },
};

/** Changes that touch all that the incident holds. */
const ofTheWhole: ReadonlySet<ChangeKind> = new Set([
  'correct_incident',
  'merge_incident',
  'unmerge_incident',
  'retract_incident',
] as const);

type Citing = { readonly [field: string]: unknown };
const partyFields = ['speaker', 'about', 'onBehalfOf', 'by', 'against', 'forum', 'court', 'judge'] as const;
/** Where a change, or a thing of the record, names other things of the record. In the two lists whose items name several, what the items name counts. */
const nameFields = ['claim', 'counterClaim', 'dispute', 'proceeding', 'ruling', 'target', 'replaces', 'continues'] as const;
const nameLists = ['claims', 'carry', 'relatesTo', 'effects'] as const;

const isObject = (value: unknown): value is Citing => value !== null && typeof value === 'object';
const isText = (value: unknown): value is string => typeof value === 'string';
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const partiesOf = (thing: Citing): string[] => {
  const { value } = thing;
  return [
    ...partyFields.map((field) => thing[field]),
    ...listOf(thing.via),
    ...listOf(thing.agencies),
    isObject(value) && value.kind === 'party' ? value.value : null,
  ].filter(isText);
};

const thingsNamedBy = (thing: Citing): string[] => [
  ...nameFields.map((field) => thing[field]).filter(isText),
  ...nameLists
    .flatMap((field) => listOf(thing[field]))
    .flatMap((item) => (isObject(item) ? thingsNamedBy(item) : isText(item) ? item : [])),
];

const thingOf = (change: Change): Citing => {
  switch (change.kind) {
    case 'add_claim':
      return change.claim;
    case 'dispute_claim':
      return change.dispute;
    case 'open_proceeding':
      return change.proceeding;
    case 'record_ruling':
      return change.ruling;
    case 'correct_incident':
    case 'correct_claim':
    case 'correct_entry':
      return change.set;
    default:
      return change;
  }
};

/** The parties that a change uses, each once. */
export const partiesUsed = (change: Change): string[] => [...new Set(partiesOf(thingOf(change)))];

/** The record that changes go into, as far as they can touch it. */
type OnRecord = Pick<Incident, 'claims' | 'disputes' | 'proceedings' | 'rulings' | 'namedBy'>;
const noRecord: OnRecord = { claims: new Map(), disputes: new Map(), proceedings: new Map(), rulings: new Map(), namedBy: new Map() };

const thingOnRecord = (record: OnRecord, id: string): Citing | undefined =>
  record.claims.get(id)?.claim ??
  record.disputes.get(id)?.dispute ??
  record.proceedings.get(id)?.proceeding ??
  record.rulings.get(id)?.ruling;

/** What a change names of the record itself. A correction of what a claim says touches also what names the claim, since it decides whether that still applies. */
const namedIn = (change: Change, record: OnRecord): string[] => {
  if (ofTheWhole.has(change.kind))
    return [record.claims, record.disputes, record.proceedings, record.rulings].flatMap((entries) => [...entries.keys()]);
  const named = [...thingsNamedBy(change), ...thingsNamedBy(thingOf(change))];
  if (change.kind !== 'correct_claim' || !change.fields.some((field) => substance.has(field))) return named;
  return [...named, ...stillNaming(record, change.claim, record.namedBy.get(change.claim) ?? [])];
};

/** All things of the record that the changes touch, by what they name and what that names in turn: a thing needs what recording it anew would need. */
const touchedBy = (changes: readonly Change[], record: OnRecord): Map<string, Citing> => {
  const touched = new Map<string, Citing>();
  const named = new Set(changes.flatMap((change) => namedIn(change, record)));
  for (const id of named) {
    const thing = thingOnRecord(record, id);
    if (thing === undefined) continue;
    touched.set(id, thing);
    for (const next of thingsNamedBy(thing)) named.add(next);
  }
  return touched;
};

/** The parties that the policy asks about for these changes on this record, each once. */
export const partiesTouched = (changes: readonly Change[], record: OnRecord): string[] => [
  ...new Set([...changes.flatMap(partiesUsed), ...[...touchedBy(changes, record).values()].flatMap(partiesOf)]),
];

/** What the policy looks at beside the changes: the record that they go into (none: what the changes hold themselves), and parties. */
export type Ground = {
  record?: OnRecord;
  parties: Parties;
  /** Whether an edit that used the party was applied with two approvals since it was last said whether it is private. */
  privacyReviewed: (party: string) => boolean;
  /** The quotes from a source that are on record, in the order in which they entered; without it none are. What may lag says too few: what is served never does. */
  quoted?: (source: string) => readonly EnteredQuote[];
};

const causesOf = (thing: Citing, { parties, privacyReviewed }: Ground): Cause[] => [
  ...(thing.basis === 'inferred' ? (['inferredDispute'] as const) : []),
  ...partiesOf(thing).flatMap((id): Cause[] => {
    const party = parties(id);
    if (party?.kind !== 'person') return [];
    if (party.private) return ['privatePerson'];
    return privacyReviewed(id) ? [] : ['unreviewedPerson'];
  }),
];

const correctedRuling = (change: Change): string | null =>
  change.kind === 'correct_entry' && change.target.startsWith('ruling_') ? change.target : null;

/** What an edit brings, as the policy looks at it. */
type Brought = { changes: readonly Change[]; quotes?: readonly SourceQuotes[] | null };

/** The sources of which an edit would bring quotes that the public does not get whole. */
export const beyondLimit = ({ changes, quotes }: Brought, { quoted = () => [] }: Pick<Ground, 'quoted'>): BeyondLimit[] =>
  quotesBeyondLimit(quotes ?? quotesByPlace(changes), quoted);

/** How many approvals an edit needs, and why, in words. A pure function of the changes, what they touch, the kind and privacy of the parties, and of the quotes on record. */
export const needed = ({ two }: Policy, edit: Brought, ground: Ground): { needed: 1 | 2; why: string } => {
  const { changes } = edit;
  const corrected = changes.map(correctedRuling);
  const held = changes.flatMap((change): (string | undefined)[] => [
    two.kinds[change.kind],
    correctedRuling(change) === null ? undefined : two.holds.ruling,
    'conceal' in change && change.conceal ? two.concealment : undefined,
    ...causesOf(thingOf(change), ground).map((cause) => two.holds[cause]),
  ]);
  const touched = [...touchedBy(changes, ground.record ?? noRecord)].flatMap(([id, thing]) => [
    ...(id.startsWith('ruling_') && !corrected.includes(id) ? [two.touches.ruling] : []),
    ...causesOf(thing, ground).map((cause) => two.touches[cause]),
  ]);
  const beyond = beyondLimit(edit, ground).length > 0 ? [two.quotesBeyondLimit] : [];
  const reasons = new Set([...held, ...touched, ...beyond].filter((reason) => reason !== undefined));
  if (reasons.size === 0) return { needed: 1, why: 'One approval: nothing in it needs a second reviewer.' };
  return { needed: 2, why: `Two approvals: ${[...reasons].join(', ')}.` };
};
