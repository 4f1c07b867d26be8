import { type Change, kindOf } from '../incident/changes/index.ts';
import type { TouchedRecord } from '../incident/changes/kind.ts';
import { type Naming, partiesOf, thingsNamedBy } from '../incident/naming.ts';
import type { Parties } from '../party/shapes.ts';
import { initialPolicy, type PolicyState, type PolicyVersion, policyAt, policyNow } from '../policy/policy.ts';
import { type Approvals, type Cause, causeIn, countOf, kindIn, machineIn, type PolicyRules, type Reason } from '../policy/rules.ts';
import type { Tally } from '../policy/tally.ts';
import { standardVocabulary, type Vocabulary } from '../values/vocabulary.ts';
import { type BeyondLimit, type EnteredQuote, quotesBeyondLimit, quotesByPlace, type SourceQuotes } from './share.ts';

/** A version of the rules, with what the vocabulary says of aspects. */
export type Policy = {
  version: number;
  rules: PolicyRules;
  /** Aspects that describe a person, and those by which somebody is accused. */
  personal: ReadonlySet<string>;
  accusatory: ReadonlySet<string>;
};

/** The rules that hold: now, and as they were where something stands in the log. */
export type PolicyInForce = { now: Policy; at(position: bigint): Policy };

/** The rules that hold, of all versions. */
export const policyIn = (state: Pick<PolicyState, 'versions'>, { aspects }: Vocabulary): PolicyInForce => {
  const named = (is: 'personal' | 'accusatory') => new Set([...aspects.values()].filter((one) => one[is]).map(({ name }) => name));
  const [personal, accusatory] = [named('personal'), named('accusatory')];
  const withAspects = ({ version, rules }: PolicyVersion): Policy => ({ version, rules, personal, accusatory });
  const byVersion = new Map(state.versions.map((one) => [one.version, withAspects(one)]));
  const now = policyNow(state);
  return {
    now: byVersion.get(now.version) ?? withAspects(now),
    at: (position) => {
      const then = policyAt(state, position);
      return byVersion.get(then.version) ?? withAspects(then);
    },
  };
};

/** The rules that would hold, were these adopted now. */
export const policyWith = ({ now, at }: PolicyInForce, rules: PolicyRules): PolicyInForce => ({
  now: { ...now, version: now.version + 1, rules },
  at,
});

/** The rules that hold where nobody has decided on any, with the vocabulary without additions. */
export const policy: PolicyInForce = policyIn(initialPolicy(), standardVocabulary);

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

type ThingCause = 'personalAspect' | 'accusatoryAspect' | 'inferredDispute' | 'privatePerson' | 'unreviewedPerson';

const causesOf = (thing: Naming, { personal, accusatory }: Policy, { parties, privacyReviewed }: Ground): ThingCause[] => [
  ...(typeof thing.aspect === 'string' && personal.has(thing.aspect) ? (['personalAspect'] as const) : []),
  ...(typeof thing.aspect === 'string' && accusatory.has(thing.aspect) ? (['accusatoryAspect'] as const) : []),
  ...(thing.basis === 'inferred' ? (['inferredDispute'] as const) : []),
  ...partiesOf(thing).flatMap((id): ThingCause[] => {
    const party = parties(id);
    if (party?.kind !== 'person') return [];
    if (party.private) return ['privatePerson'];
    return privacyReviewed(id) ? [] : ['unreviewedPerson'];
  }),
];

/** What an edit brings, as the policy looks at it. `position`: of the event that submitted it; what is not submitted has none. */
export type Brought = {
  changes: readonly Change[];
  quotes?: readonly SourceQuotes[] | null;
  position?: bigint;
  machine?: boolean;
  tally?: Tally | null;
};

/** The sources of which an edit would bring quotes that the public does not get whole. */
export const beyondLimit = ({ changes, quotes }: Brought, { quoted = () => [] }: Pick<Ground, 'quoted'>): BeyondLimit[] =>
  quotesBeyondLimit(quotes ?? quotesByPlace(changes), quoted);

/**
 * What is counted by the rules of now, or by those under which it was submitted, whichever come to more: stricter rules bind what is open, laxer ones only
 * what is submitted under them.
 */
export const counted = (
  { now, at }: PolicyInForce,
  { position, tally = null }: Pick<Brought, 'position' | 'tally'>,
  reasonsUnder: (policy: Policy) => readonly Reason[],
): Approvals => {
  const needed = countOf(now.rules, reasonsUnder(now), tally);
  const then = position === undefined ? now : at(position);
  if (then.version === now.version) return needed;
  const before = countOf(then.rules, reasonsUnder(then), tally);
  if (before.needed <= needed.needed) return needed;
  return { ...before, why: `${before.why.slice(0, -1)}, under version ${then.version} of the policy, with which it was submitted.` };
};

/** How many approvals an edit needs, and why, in words. A pure function of the rules, the changes, what they touch, the kind and privacy of the parties, and of the quotes on record. */
export const needed = (policy: PolicyInForce, edit: Brought, ground: Ground): Approvals => {
  const { changes } = edit;
  const corrected = new Set(changes.map((change) => kindOf(change).sets(change, '')).map((set) => set?.correction && set.target));
  const touched = [...touchedBy(changes, ground.record ?? noRecord)];
  const isBeyond = beyondLimit(edit, ground).length > 0;
  return counted(policy, edit, (each) => {
    const because = (cause: Cause) => causeIn(each.rules, cause);
    return [
      ...changes.flatMap((change) => [
        kindIn(each.rules, kindOf(change)),
        ...kindOf(change).causes(change).map(because),
        ...causesOf(bringsOf(change), each, ground).map((cause) => because(`holds.${cause}`)),
      ]),
      ...touched.flatMap(([id, thing]) => [
        ...(id.startsWith('ruling_') && !corrected.has(id) ? [because('touches.ruling')] : []),
        ...causesOf(thing, each, ground).map((cause) => because(`touches.${cause}`)),
      ]),
      ...(edit.machine ? [machineIn(each.rules)] : []),
      ...(isBeyond ? [because('holds.quotesBeyondLimit')] : []),
    ];
  });
};
