import { type Change, kindOf } from '../incident/changes/index.ts';
import type { TouchedRecord } from '../incident/changes/kind.ts';
import { type Naming, partiesOf, thingsNamedBy } from '../incident/naming.ts';
import type { Parties } from '../party/shapes.ts';
import { standardVocabulary, type Vocabulary } from '../values/vocabulary.ts';
import { type BeyondLimit, type EnteredQuote, quotesBeyondLimit, quotesByPlace, type SourceQuotes } from './share.ts';

/** What makes a thing need two approvals, however it is touched. */
type Cause = 'inferredDispute' | 'privatePerson' | 'unreviewedPerson' | 'personalAspect';

/** How many approvals an edit needs: a rule set with a version, which each vote records. */
export type Policy = {
  version: number;
  /** What takes two approvals, beside changes that by themselves do, with the words that say so. Everything else takes one. */
  two: {
    /** What a change itself holds. */
    holds: Record<Cause, string>;
    /** What a change touches through what it names of the record. */
    touches: Record<Cause | 'ruling', string>;
    quotesBeyondLimit: string;
  };
  /** Aspects that describe a person. */
  personal: ReadonlySet<string>;
};

/**
 * Version 4: edits of sources and parties have rules of their own (`register/`). Since version 3 a claim that describes a person, as reported, needs two.
 * Since version 2 an edit needs what the most protected thing needs that it touches, so that what two decided is not undone by one. Version 1 asked of the
 * changes alone. An erasure needs two as well; it is no change of an edit, so it is not in this table.
 */
export const policyOf = ({ aspects }: Vocabulary): Policy => ({
  version: 4,
  personal: new Set([...aspects.values()].filter(({ personal }) => personal).map(({ name }) => name)),
  two: {
    holds: {
      inferredDispute: 'it records a dispute that the record infers',
      privatePerson: 'it uses a private person',
      unreviewedPerson: 'it uses a person whose privacy nobody has reviewed',
      personalAspect: 'it describes a person',
    },
    touches: {
      ruling: 'it touches a ruling',
      inferredDispute: 'it touches a dispute that the record infers',
      privatePerson: 'it touches what names a private person',
      unreviewedPerson: 'it touches what names a person whose privacy nobody has reviewed',
      personalAspect: 'it touches what describes a person',
    },
    quotesBeyondLimit: 'it quotes more of a source than may be public',
  },
});

/** The policy with the vocabulary without additions. */
export const policy: Policy = policyOf(standardVocabulary);

const bringsOf = (change: Change): Naming => kindOf(change).brings(change);

/** The parties that a change uses, each once. */
export const partiesUsed = (change: Change): string[] => [...new Set(partiesOf(bringsOf(change)))];

const noRecord: TouchedRecord = { claims: new Map(), disputes: new Map(), proceedings: new Map(), rulings: new Map(), namedBy: new Map() };

const thingOnRecord = (record: TouchedRecord, id: string): Naming | undefined =>
  record.claims.get(id)?.claim ??
  record.disputes.get(id)?.dispute ??
  record.proceedings.get(id)?.proceeding ??
  record.rulings.get(id)?.ruling;

/** What a change touches of the record itself. */
const touchedIn = (change: Change, record: TouchedRecord): string[] => [
  ...thingsNamedBy(change),
  ...thingsNamedBy(bringsOf(change)),
  ...kindOf(change).touches(change, record),
];

/** All things of the record that the changes touch, by what they name and what that names in turn: a thing needs what recording it anew would need. */
const touchedBy = (changes: readonly Change[], record: TouchedRecord): Map<string, Naming> => {
  const touched = new Map<string, Naming>();
  const named = new Set(changes.flatMap((change) => touchedIn(change, record)));
  for (const id of named) {
    const thing = thingOnRecord(record, id);
    if (thing === undefined) continue;
    touched.set(id, thing);
    for (const next of thingsNamedBy(thing)) named.add(next);
  }
  return touched;
};

/** The parties that the policy asks about for these changes on this record, each once. */
export const partiesTouched = (changes: readonly Change[], record: TouchedRecord): string[] => [
  ...new Set([...changes.flatMap(partiesUsed), ...[...touchedBy(changes, record).values()].flatMap(partiesOf)]),
];

/** What the policy looks at beside the changes: the record that they go into (none: what the changes hold themselves), and parties. */
export type Ground = {
  record?: TouchedRecord;
  parties: Parties;
  /** Whether an edit that used the party was applied with two approvals since it was last said whether it is private. */
  privacyReviewed: (party: string) => boolean;
  /** The quotes from a source that are on record, in the order in which they entered; without it none are. What may lag says too few: what is served never does. */
  quoted?: (source: string) => readonly EnteredQuote[];
};

const causesOf = (thing: Naming, { personal }: Policy, { parties, privacyReviewed }: Ground): Cause[] => [
  ...(typeof thing.aspect === 'string' && personal.has(thing.aspect) ? (['personalAspect'] as const) : []),
  ...(thing.basis === 'inferred' ? (['inferredDispute'] as const) : []),
  ...partiesOf(thing).flatMap((id): Cause[] => {
    const party = parties(id);
    if (party?.kind !== 'person') return [];
    if (party.private) return ['privatePerson'];
    return privacyReviewed(id) ? [] : ['unreviewedPerson'];
  }),
];

/** What an edit brings, as the policy looks at it. */
type Brought = { changes: readonly Change[]; quotes?: readonly SourceQuotes[] | null };

/** The sources of which an edit would bring quotes that the public does not get whole. */
export const beyondLimit = ({ changes, quotes }: Brought, { quoted = () => [] }: Pick<Ground, 'quoted'>): BeyondLimit[] =>
  quotesBeyondLimit(quotes ?? quotesByPlace(changes), quoted);

/** How many approvals an edit needs, and why, in words. A pure function of the changes, what they touch, the kind and privacy of the parties, and of the quotes on record. */
export const needed = (policy: Policy, edit: Brought, ground: Ground): { needed: 1 | 2; why: string } => {
  const { changes } = edit;
  const { two } = policy;
  const held = changes.flatMap((change) => [
    ...kindOf(change).twoApprovals(change),
    ...causesOf(bringsOf(change), policy, ground).map((cause) => two.holds[cause]),
  ]);
  const corrected = new Set(changes.map((change) => kindOf(change).sets(change, '')).map((set) => set?.correction && set.target));
  const touched = [...touchedBy(changes, ground.record ?? noRecord)].flatMap(([id, thing]) => [
    ...(id.startsWith('ruling_') && !corrected.has(id) ? [two.touches.ruling] : []),
    ...causesOf(thing, policy, ground).map((cause) => two.touches[cause]),
  ]);
  const beyond = beyondLimit(edit, ground).length > 0 ? [two.quotesBeyondLimit] : [];
  const reasons = new Set([...held, ...touched, ...beyond]);
  return countOf([...reasons]);
};

/** How many approvals, by what makes it take two, in words. */
export const countOf = (reasons: readonly string[]): { needed: 1 | 2; why: string } =>
  reasons.length === 0
    ? { needed: 1, why: 'One approval: nothing in it needs a second reviewer.' }
    : { needed: 2, why: `Two approvals: ${reasons.join(', ')}.` };
