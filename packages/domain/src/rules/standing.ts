import type { ClaimEntry, Incident, ProceedingEntry, RulingEntry } from '../incident/state.ts';
import type { Proceeding } from '../incident/things/proceeding.ts';
import type { Effect, Ruling } from '../incident/things/ruling.ts';
import type { Parties } from '../party/shapes.ts';
import type { Case, TagCase } from '../values/case-number.ts';
import { latest } from '../values/latest.ts';
import { partyBehind, survivorOf, topmost } from './voices.ts';

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
  /** Rulings in force of different cases found differently, which is why none of their effects is a mark. */
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
  decidedBy: { ruling: string; court: string | null; on: string | null; subjectToAppeal: boolean } | null;
};
export type Standings = Map<string, ClaimStanding>;

/** Why a ruling, or one of its effects, counts for nothing, and which ruling is the cause, if one is (docs/rules.md, standing 1). */
export type NotApplied = {
  why:
    | 'retracted'
    | 'struck_down'
    | 'stayed'
    | 'provisional'
    | 'target_retracted'
    | 'detached'
    | 'stay_lifted'
    | 'overtaken'
    | 'cases_differ';
  by: string | null;
};

/** What has become of the rulings themselves. */
export type Judged = {
  /** Those not in force. */
  notInForce: Map<string, NotApplied>;
  /** Rulings that stay others, and which one lifted that. */
  lifted: Map<string, string>;
  /** Those that a final ruling in force affirms. */
  affirmed: Set<string>;
};

/**
 * Which rulings are in force (docs/rules.md, standing 1). An effect on a ruling can only name an earlier one, so going backwards meets every ruling
 * after all that can decide it. Provisional rulings can be struck down, yet strike nothing down.
 */
export const judgedRulings = (state: Incident): Judged => {
  const notInForce = new Map<string, NotApplied>();
  const struckDown = new Map<string, string>();
  const stays = new Map<string, string[]>();
  const lifted = new Map<string, string>();
  const affirmed = new Set<string>();
  const whyNot = (id: string, { ruling, retracted }: RulingEntry): NotApplied | null => {
    if (retracted) return { why: 'retracted', by: null };
    const by = struckDown.get(id);
    if (by !== undefined) return { why: 'struck_down', by };
    const stay = (stays.get(id) ?? []).find((it) => !lifted.has(it));
    if (stay !== undefined) return { why: 'stayed', by: stay };
    return ruling.finality === 'provisional' ? { why: 'provisional', by: null } : null;
  };
  for (const [id, entry] of [...state.rulings].reverse()) {
    const why = whyNot(id, entry);
    if (why !== null) {
      notInForce.set(id, why);
      continue;
    }
    for (const { ruling: named, effect } of entry.ruling.effects) {
      if (named === null) continue;
      if (effect === 'reverses' || effect === 'vacates') struckDown.set(named, id);
      if (effect === 'stays') addTo(stays, named, id);
      if (effect === 'lifts_stay') lifted.set(named, id);
      if (effect === 'affirms' && entry.ruling.finality === 'final') affirmed.add(named);
    }
  }
  return { notInForce, lifted, affirmed };
};

/** Whether a ruling in force can still be appealed, or has been: it says so, and no final ruling in force affirms it. */
export const isSubjectToAppeal = ({ notInForce, affirmed }: Judged, { id, finality }: Ruling): boolean =>
  finality === 'appealable' && !notInForce.has(id) && !affirmed.has(id);

const addTo = <K, V>(lists: Map<K, V[]>, key: K, value: V): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
};

/** `by`: the ruling that brought the status, null for the opening and updates. */
type Step = { status: Proceeding['status']; on: string | null; place: number; by: string | null };

/** The last status by date, then by order in the record, among a proceeding's opening, its updates and the effects of rulings in force. */
export const statusesOfProceedings = (
  state: Incident,
  { notInForce }: Judged = judgedRulings(state),
): Map<string, { status: Proceeding['status']; by: string | null }> => {
  const decided = new Map<string, Step[]>();
  for (const [id, { ruling, place }] of state.rulings) {
    if (notInForce.has(id)) continue;
    for (const { proceeding, status } of ruling.effects) {
      if (proceeding === null || status === null) continue;
      addTo(decided, proceeding, { status, on: ruling.decidedOn, place, by: id });
    }
  }
  const statusOf = ([id, entry]: [string, ProceedingEntry]) => {
    const opening: Step = { status: entry.proceeding.status, on: entry.proceeding.openedOn, place: entry.place, by: null };
    const updates = entry.updates
      .filter(({ retraction }) => retraction === null)
      .map(({ status, on, place }): Step => ({ status, on, place, by: null }));
    // A stable sort: several effects of one ruling keep their order.
    const steps = [opening, ...updates, ...(decided.get(id) ?? [])].sort((one, other) => one.place - other.place);
    const { status, by } = latest(steps) ?? opening;
    return [id, { status, by }] as const;
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
const numberedCases = (
  { rulings, proceedings }: Incident,
  parties: Parties,
  tagCase: TagCase,
): ((of: Case, court: string | null) => string) => {
  const tagOf = (of: Case): string => (typeof of === 'string' ? of : tagCase(of.number));
  const courts = new Map<string, Set<string>>();
  const note = (of: Case | null, court: string | null) => {
    if (of === null || court === null) return;
    const tag = tagOf(of);
    courts.set(tag, (courts.get(tag) ?? new Set()).add(survivorOf(court, parties)));
  };
  for (const { ruling, retracted } of rulings.values()) if (!retracted) note(ruling.case, ruling.court);
  for (const { proceeding, retracted } of proceedings.values()) if (!retracted) note(proceeding.case, proceeding.forum);
  return (of, court) => {
    const tag = tagOf(of);
    const [only, ...others] = courts.get(tag) ?? [];
    return `${tag} ${(court === null ? null : survivorOf(court, parties)) ?? (others.length === 0 ? only : undefined) ?? ''}`;
  };
};

/** Which case each ruling belongs to: its number's, else that of the first proceeding that its effects name, else one of its own. */
const casesOfRulings = (state: Incident, parties: Parties, tagCase: TagCase): ((ruling: Ruling) => string) => {
  const numbered = numberedCases(state, parties, tagCase);
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

/** The findings of rulings in force on each claim, by case, in the order of the record. */
const findingsByClaim = (
  state: Incident,
  parties: Parties,
  { notInForce }: Judged,
  tagCase: TagCase,
): Map<string, Map<string, Finding[]>> => {
  const caseOf = casesOfRulings(state, parties, tagCase);
  const found = new Map<string, Map<string, Finding[]>>();
  for (const [id, { ruling }] of state.rulings) {
    if (notInForce.has(id)) continue;
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

const courtMark = (cases: Map<string, Finding[]> | undefined, judged: Judged): CourtMark => {
  const last = [...(cases?.values() ?? [])].map(latest).filter((finding) => finding !== undefined);
  const deciding = latest(last);
  if (deciding === undefined) return undecided;
  if (last.some(({ mark }) => mark !== deciding.mark)) return { ...undecided, casesDiffer: true };
  const { id, court, decidedOn } = deciding.ruling;
  const decidedBy = { ruling: id, court, on: decidedOn, subjectToAppeal: isSubjectToAppeal(judged, deciding.ruling) };
  return { mark: deciding.mark, casesDiffer: false, decidedBy };
};

/** Of rulings in force: what keeps the effect of each on a claim from being the claim's mark. */
const notMarking = (cases: ReadonlyMap<string, Finding[]>): ((ruling: string) => NotApplied | null) => {
  const lastInCaseOf = new Map<string, Finding>();
  const last: Finding[] = [];
  for (const findings of cases.values()) {
    const own = latest(findings);
    if (own === undefined) continue;
    last.push(own);
    for (const { ruling } of findings) lastInCaseOf.set(ruling.id, own);
  }
  const [first] = last;
  const differing = last.find(({ mark }) => mark !== first?.mark);
  return (ruling) => {
    const own = lastInCaseOf.get(ruling);
    if (own === undefined) return { why: 'detached', by: null };
    if (own.ruling.id !== ruling) return { why: 'overtaken', by: own.ruling.id };
    const other = first?.mark === own.mark ? differing : first;
    return other === undefined ? null : { why: 'cases_differ', by: other.ruling.id };
  };
};

/** By ruling, for each of its effects in their order: null where it applies, else why it does not (docs/rules.md, standing 1 and 2). */
export const appliedEffects = (
  state: Incident,
  parties: Parties,
  tagCase: TagCase,
  judged: Judged = judgedRulings(state),
): Map<string, (NotApplied | null)[]> => {
  const marking = new Map([...findingsByClaim(state, parties, judged, tagCase)].map(([claim, cases]) => [claim, notMarking(cases)]));
  const statuses = statusesOfProceedings(state, judged);
  const retractedTarget: NotApplied = { why: 'target_retracted', by: null };
  const inForce = (id: string, { claim, ruling, proceeding, effect }: Effect): NotApplied | null => {
    // A claim that no finding meets was detached from all of them.
    if (claim !== null) return (marking.get(claim) ?? notMarking(new Map()))(id);
    if (ruling !== null) {
      if (state.rulings.get(ruling)?.retracted) return retractedTarget;
      const lift = effect === 'stays' ? judged.lifted.get(id) : undefined;
      return lift === undefined ? null : { why: 'stay_lifted', by: lift };
    }
    if (proceeding === null) return null;
    if (state.proceedings.get(proceeding)?.retracted) return retractedTarget;
    const by = statuses.get(proceeding)?.by ?? null;
    return by === id ? null : { why: 'overtaken', by };
  };
  return new Map(
    [...state.rulings].map(([id, { ruling }]) => [id, ruling.effects.map((effect) => judged.notInForce.get(id) ?? inForce(id, effect))]),
  );
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
  const judged = judgedRulings(state);
  const findings = findingsByClaim(state, parties, judged, tagCase);
  const disputes = disputesByClaim(state, parties);
  const superseded = supersededClaims(state);
  const rulings = namings();
  for (const [id, { ruling, retracted }] of state.rulings) {
    if (!retracted) for (const { claim } of ruling.effects) if (claim !== null) rulings.add(claim, id);
  }
  const corrections = namings();
  for (const { id, target } of state.corrections) corrections.add(target, id);

  const standingOf = ([id, entry]: [string, ClaimEntry]): [string, ClaimStanding] => {
    const court = courtMark(findings.get(id), judged);
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
