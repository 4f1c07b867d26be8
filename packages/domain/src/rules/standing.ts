import type { ClaimEntry, Incident } from '../incident/state.ts';
import type { Proceeding } from '../incident/things/proceeding.ts';
import type { Ruling } from '../incident/things/ruling.ts';
import type { Parties } from '../party/shapes.ts';
import type { Case, TagCase } from '../values/case-number.ts';
import { latest } from '../values/latest.ts';
import { partyBehind, topmost } from './voices.ts';

/** What can be said of a claim's standing, in the order in which the first that applies becomes its standing (docs/rules.md, standing 3). */
export const marks = [
  'retracted',
  'contradicted',
  'not_established',
  'upheld',
  'moot',
  'superseded',
  'deprecated',
  'disputed',
  'corrected',
] as const;
export type Mark = (typeof marks)[number];
/** `standing` means "on record", never "true". */
export type Standing = Mark | 'standing';

export type ClaimStanding = {
  standing: Standing;
  /** All that apply, in the order of `marks`. */
  marks: Mark[];
  /** Final rulings of different cases found differently, which is why none of their effects is a mark. */
  casesDiffer: boolean;
  /** Disputes that name the claim (inferred ones also as its counter-claim), withdrawn ones included, in the order of the record. */
  disputes: string[];
  /** Rulings with an effect on the claim, in force or not. */
  rulings: string[];
  /** Corrections of the claim. */
  corrections: string[];
  /** Disputes and rulings that named the claim until a correction changed what it says. They count for nothing. */
  detached: string[];
  /** The ruling that a court's mark rests on. */
  decidedBy: { ruling: string; court: string | null; on: string | null } | null;
};
export type Standings = Map<string, ClaimStanding>;

/**
 * The rulings in force (docs/rules.md, standing 1). An effect on a ruling can only name an earlier one, so going backwards meets every ruling
 * after all that can decide it. Provisional rulings can be struck down, yet strike nothing down.
 */
export const rulingsInForce = (state: Incident): Set<string> => {
  const inForce = new Set<string>();
  const struckDown = new Set<string>();
  const stays = new Map<string, string[]>();
  const lifted = new Set<string>();
  for (const [id, { ruling, retracted }] of [...state.rulings].reverse()) {
    const stayed = (stays.get(id) ?? []).some((stay) => !lifted.has(stay));
    if (retracted || struckDown.has(id) || stayed) continue;
    inForce.add(id);
    if (ruling.finality === 'provisional') continue;
    for (const { ruling: named, effect } of ruling.effects) {
      if (named === null) continue;
      if (effect === 'reverses' || effect === 'vacates') struckDown.add(named);
      if (effect === 'stays') addTo(stays, named, id);
      if (effect === 'lifts_stay') lifted.add(named);
    }
  }
  return inForce;
};

const addTo = <K, V>(lists: Map<K, V[]>, key: K, value: V): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
};

/** The last status by date, then by order in the record, among a proceeding's opening, its updates and the effects of final rulings in force. */
export const statusesOfProceedings = (state: Incident): Map<string, Proceeding['status']> => {
  const inForce = rulingsInForce(state);
  const decided = new Map<string, { status: Proceeding['status']; on: string | null; revision: number }[]>();
  for (const [id, { ruling, revision }] of state.rulings) {
    if (!inForce.has(id) || ruling.finality === 'provisional') continue;
    for (const { proceeding, status } of ruling.effects) {
      if (proceeding === null || status === null) continue;
      addTo(decided, proceeding, { status, on: ruling.decidedOn, revision });
    }
  }
  const statusOf = ([id, entry]: [string, Incident['proceedings'] extends Map<string, infer E> ? E : never]) => {
    const opening = { status: entry.proceeding.status, on: entry.proceeding.openedOn, revision: entry.revision };
    // A stable sort: several effects of one ruling keep their order.
    const steps = [opening, ...entry.updates, ...(decided.get(id) ?? [])].sort((one, other) => one.revision - other.revision);
    return [id, (latest(steps) ?? opening).status] as const;
  };
  return new Map([...state.proceedings].map(statusOf));
};

/** The first of the chain of proceedings that continue one another, for each; retracted ones count for nothing. A chain is followed once, whoever asks. */
const casesOfProceedings = (state: Incident): ((id: string) => string) => {
  const known = new Map<string, string>();
  const before = (id: string): string | null => {
    const continued = state.proceedings.get(id)?.proceeding.continues ?? null;
    return continued === null || (state.proceedings.get(continued)?.retracted ?? true) ? null : continued;
  };
  return (id) => {
    const chain = new Set<string>();
    let [last, next]: [string, string | null] = [id, id];
    while (next !== null && !chain.has(next) && !known.has(next)) {
      chain.add(next);
      [last, next] = [next, before(next)];
    }
    // A correction could let two continue each other.
    const circle = next !== null && chain.has(next) ? [...chain].slice([...chain].indexOf(next)).sort()[0] : undefined;
    const first = circle ?? (next === null ? last : known.get(next)) ?? last;
    for (const one of chain) known.set(one, first);
    return first;
  };
};

/**
 * A case as its number and its court tell it: two courts may give one number to two cases. Where no court is named, it is the only one that has this number in
 * the record.
 */
const numberedCases = ({ rulings, proceedings }: Incident, tagCase: TagCase): ((of: Case, court: string | null) => string) => {
  const tagOf = (of: Case): string => (typeof of === 'string' ? of : tagCase(of.number));
  const courts = new Map<string, Set<string>>();
  const note = (of: Case | null, court: string | null) => {
    if (of === null || court === null) return;
    const tag = tagOf(of);
    courts.set(tag, (courts.get(tag) ?? new Set()).add(court));
  };
  for (const { ruling, retracted } of rulings.values()) if (!retracted) note(ruling.case, ruling.court);
  for (const { proceeding, retracted } of proceedings.values()) if (!retracted) note(proceeding.case, proceeding.forum);
  return (of, court) => {
    const tag = tagOf(of);
    const [only, ...others] = courts.get(tag) ?? [];
    return `${tag} ${court ?? (others.length === 0 ? only : undefined) ?? ''}`;
  };
};

/** Which case each ruling belongs to: its number's, else that of the first proceeding that its effects name, else one of its own. */
const casesOfRulings = (state: Incident, tagCase: TagCase): ((ruling: Ruling) => string) => {
  const numbered = numberedCases(state, tagCase);
  const firstOf = casesOfProceedings(state);
  return (ruling) => {
    if (ruling.case !== null) return numbered(ruling.case, ruling.court);
    const named = ruling.effects.find(({ proceeding }) => proceeding !== null && state.proceedings.get(proceeding)?.retracted === false);
    if (!named?.proceeding) return ruling.id;
    const first = firstOf(named.proceeding);
    const proceeding = state.proceedings.get(first)?.proceeding;
    return proceeding?.case ? numbered(proceeding.case, proceeding.forum) : first;
  };
};

type Finding = { mark: 'upheld' | 'contradicted' | 'not_established' | 'moot'; on: string | null; ruling: Ruling };
const markOfEffect = { upholds: 'upheld', contradicts: 'contradicted', not_established: 'not_established', moots: 'moot' } as const;
const isClaimEffect = (effect: string | null): effect is keyof typeof markOfEffect =>
  effect !== null && Object.hasOwn(markOfEffect, effect);

/** The findings of final rulings in force on each claim, by case, in the order of the record. */
const findingsByClaim = (state: Incident, tagCase: TagCase): Map<string, Map<string, Finding[]>> => {
  const inForce = rulingsInForce(state);
  const caseOf = casesOfRulings(state, tagCase);
  const found = new Map<string, Map<string, Finding[]>>();
  for (const [id, { ruling }] of state.rulings) {
    if (!inForce.has(id) || ruling.finality === 'provisional') continue;
    const ownCase = caseOf(ruling);
    for (const { claim, effect } of ruling.effects) {
      if (claim === null || !isClaimEffect(effect) || state.claims.get(claim)?.detached.has(id)) continue;
      const cases = found.get(claim) ?? new Map<string, Finding[]>();
      addTo(cases, ownCase, { mark: markOfEffect[effect], on: ruling.decidedOn, ruling });
      found.set(claim, cases);
    }
  }
  return found;
};

type CourtMark = { mark: Finding['mark'] | null; casesDiffer: boolean; decidedBy: ClaimStanding['decidedBy'] };
const undecided: CourtMark = { mark: null, casesDiffer: false, decidedBy: null };

const courtMark = (cases: Map<string, Finding[]> | undefined): CourtMark => {
  const last = [...(cases?.values() ?? [])].map(latest).filter((finding) => finding !== undefined);
  const deciding = latest(last);
  if (deciding === undefined) return undecided;
  if (last.some(({ mark }) => mark !== deciding.mark)) return { ...undecided, casesDiffer: true };
  const { id, court, decidedOn } = deciding.ruling;
  return { mark: deciding.mark, casesDiffer: false, decidedBy: { ruling: id, court, on: decidedOn } };
};

/** Lists of what names each claim, each in the order of the record. */
const namings = () => {
  const lists = new Map<string, string[]>();
  const add = (claim: string, id: string) => {
    const list = lists.get(claim);
    if (list === undefined) lists.set(claim, [id]);
    else if (list[list.length - 1] !== id) list.push(id);
  };
  return { add, of: (claim: string) => lists.get(claim) ?? [] };
};

/** Who disputes which claims: all disputes that name a claim, and the claims that one of them marks. */
const disputesByClaim = (state: Incident, parties: Parties) => {
  const named = namings();
  const disputed = new Set<string>();
  for (const [id, { dispute, withdrawn, retracted }] of state.disputes) {
    if (retracted) continue;
    const inferred = dispute.basis === 'inferred';
    for (const claim of inferred && dispute.counterClaim !== null ? [dispute.claim, dispute.counterClaim] : [dispute.claim]) {
      named.add(claim, id);
      const entry = state.claims.get(claim);
      if (withdrawn || entry === undefined || entry.detached.has(id)) continue;
      // A dispute by nobody named cannot be shown to be the claim's own voice.
      const byAnother = dispute.by === null || topmost(dispute.by, parties) !== partyBehind(entry.claim, parties);
      if (inferred || byAnother) disputed.add(claim);
    }
  }
  return { named, disputed };
};

/** The claims that a claim which is not retracted replaces or takes back. */
const supersededClaims = (state: Incident): Set<string> => {
  const superseded = new Set<string>();
  for (const [id, { claim, retracted }] of state.claims) {
    if (!retracted && claim.replaces !== null && claim.replaces !== id) superseded.add(claim.replaces);
  }
  return superseded;
};

/**
 * The standing of every claim of an incident, in the order of the record (docs/rules.md, standing 2 and 3). A function of the structure of the events
 * alone: no text is read, so nothing of it changes when a text is erased. `tagCase` tells which numbers of forms of before are of the same case as a tag.
 */
export const standings = (state: Incident, parties: Parties, tagCase: TagCase): Standings => {
  const findings = findingsByClaim(state, tagCase);
  const disputes = disputesByClaim(state, parties);
  const superseded = supersededClaims(state);
  const rulings = namings();
  for (const [id, { ruling, retracted }] of state.rulings) {
    if (!retracted) for (const { claim } of ruling.effects) if (claim !== null) rulings.add(claim, id);
  }
  const corrections = namings();
  for (const { id, target } of state.corrections) corrections.add(target, id);

  const standingOf = ([id, entry]: [string, ClaimEntry]): [string, ClaimStanding] => {
    const court = courtMark(findings.get(id));
    const holds: Record<Mark, boolean> = {
      retracted: entry.retracted || state.status === 'retracted',
      contradicted: court.mark === 'contradicted',
      not_established: court.mark === 'not_established',
      upheld: court.mark === 'upheld',
      moot: court.mark === 'moot',
      superseded: superseded.has(id),
      deprecated: entry.rank === 'deprecated',
      disputed: court.casesDiffer || disputes.disputed.has(id),
      corrected: entry.correctedFields.size > 0,
    };
    const own = marks.filter((mark) => holds[mark]);
    const applies = (other: string) => !entry.detached.has(other);
    return [
      id,
      {
        standing: own[0] ?? 'standing',
        marks: own,
        casesDiffer: court.casesDiffer,
        disputes: disputes.named.of(id).filter(applies),
        rulings: rulings.of(id).filter(applies),
        corrections: corrections.of(id),
        detached: [...entry.detached],
        decidedBy: court.decidedBy,
      },
    ];
  };
  return new Map([...state.claims].map(standingOf));
};
