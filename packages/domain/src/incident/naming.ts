import type { ClaimEntry, DisputeEntry, IncidentRecord, RulingEntry } from './state.ts';
import type { Claim } from './things/claim.ts';
import { claimsOfDispute } from './things/dispute.ts';
import { claimsOfRuling } from './things/ruling.ts';

/** Which things of the record name which. */

/** What a claim says and who says it: a correction of one of these asks anew whether a dispute or a ruling's effect still meets the claim (docs/rules.md, standing 5). */
const substance: ReadonlySet<string> = new Set<keyof Claim>(['aspect', 'about', 'value', 'stance', 'speaker']);
export const changesSubstance = (fields: readonly string[]): boolean => fields.some((field) => substance.has(field));

export const isOpen = (dispute: DisputeEntry): boolean => !dispute.withdrawn && !dispute.retracted;

type Looked = {
  claims: { get(id: string): Pick<ClaimEntry, 'detached'> | undefined };
  disputes: { get(id: string): DisputeEntry | undefined };
  rulings: { get(id: string): RulingEntry | undefined };
  namedBy: { get(id: string): ReadonlySet<string> | undefined };
};

/** Whether a dispute is open, or a ruling not retracted. */
export const isStillThere = ({ disputes, rulings }: Pick<Looked, 'disputes' | 'rulings'>, id: string): boolean => {
  const dispute = disputes.get(id);
  return dispute ? isOpen(dispute) : rulings.get(id)?.retracted === false;
};

/** The disputes and rulings that name the claim now: open or not retracted, and not detached by a correction. */
export const stillNaming = ({ claims, disputes, rulings, namedBy }: Looked, claim: string): string[] =>
  [...(namedBy.get(claim) ?? [])].filter((id) => {
    if (claims.get(claim)?.detached.has(id)) return false;
    const dispute = disputes.get(id);
    if (dispute) return isOpen(dispute) && claimsOfDispute(dispute.dispute).includes(claim);
    const ruling = rulings.get(id);
    return ruling !== undefined && !ruling.retracted && claimsOfRuling(ruling.ruling).includes(claim);
  });

/** Notes that a dispute or ruling names these claims. */
export const nameClaims = (record: IncidentRecord, id: string, claims: readonly string[]) => {
  for (const claim of claims) {
    const by = record.namedBy.get(claim);
    if (by) by.add(id);
    else record.namedBy.set(claim, new Set([id]));
    // An effect or a counter-claim that a correction names anew applies again.
    record.claims.get(claim)?.detached.delete(id);
  }
};

/** A thing, or a change, of whose fields only the names matter here. */
export type Naming = { readonly [field: string]: unknown };
const partyFields = ['speaker', 'about', 'onBehalfOf', 'by', 'against', 'forum', 'court', 'judge'];
const partyLists = ['via', 'agencies'];
const allPartyFields: ReadonlySet<string> = new Set([...partyFields, ...partyLists]);
/** Whether a field of this name holds the id of a party, or a list of them. A claim's value can be a party too. */
export const namesParties = (field: string): boolean => allPartyFields.has(field);
/** Where a change, or a thing of the record, names other things of the record. In the two lists whose items name several, what the items name counts. */
const nameFields = ['claim', 'counterClaim', 'dispute', 'proceeding', 'ruling', 'target', 'replaces', 'replacedBy', 'continues'] as const;
const nameLists = ['claims', 'carry', 'relatesTo', 'effects'] as const;

const isObject = (value: unknown): value is Naming => value !== null && typeof value === 'object';
const isText = (value: unknown): value is string => typeof value === 'string';
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The parties that a thing names. */
export const partiesOf = (thing: Naming): string[] => {
  const { value } = thing;
  return [
    ...partyFields.map((field) => thing[field]),
    ...partyLists.flatMap((field) => listOf(thing[field])),
    isObject(value) && value.kind === 'party' ? value.value : null,
  ].filter(isText);
};

/** The thing, or change, without the names of other things that are not to be kept. */
export const withoutNames = <T extends object>(thing: T, keeps: (id: string) => boolean): T => {
  const left = { ...thing } as Record<string, unknown>;
  for (const field of ['counterClaim', 'replaces', 'replacedBy', 'continues']) {
    const named = left[field];
    if (isText(named) && !keeps(named)) left[field] = null;
  }
  for (const field of nameLists) {
    const items = left[field];
    if (Array.isArray(items)) left[field] = items.filter((item) => thingsNamedBy(isObject(item) ? item : { claim: item }).every(keeps));
  }
  return left as T;
};

/** The other things of the record that a thing names. */
export const thingsNamedBy = (thing: Naming): string[] => [
  ...nameFields.map((field) => thing[field]).filter(isText),
  ...nameLists
    .flatMap((field) => listOf(thing[field]))
    .flatMap((item) => (isObject(item) ? thingsNamedBy(item) : isText(item) ? item : [])),
];
