import type { Dispute, Effect, Proceeding, Ruling } from '../shapes.ts';
import { claimEffects, rulingEffects } from '../vocabulary.ts';
import { checkCitations, checkNamed, checkParty, type Draft, type Report } from './draft.ts';

/** Which fields this change sets: only rules about one of them are asked. */
type Touches<T> = (...fields: (keyof T)[]) => boolean;
const all = () => true;

/** Checks a dispute as it would stand after the change. */
export const checkDispute = (draft: Draft, report: Report, dispute: Dispute, touches: Touches<Dispute> = all) => {
  if (touches('basis', 'by', 'capacity', 'counterClaim')) {
    if (dispute.basis === 'inferred') {
      if (dispute.by !== null) report('/by', 'must be null for an inferred dispute, which is the reading of the record and nobody else');
      if (dispute.capacity !== null) report('/capacity', 'must be null for an inferred dispute, in which nobody speaks');
      if (dispute.counterClaim === null) report('/counterClaim', 'must name the claim that the record reads as conflicting');
    } else if (dispute.by === null)
      report('/by', 'must name who contests the claim; for a reading of the record itself the basis is inferred');
  }
  if (touches('by')) checkParty(draft, report, dispute.by, '/by');
  if (touches('counterClaim')) {
    if (dispute.counterClaim === dispute.claim) report('/counterClaim', 'is the disputed claim itself');
    else checkNamed(draft, report, 'claims', dispute.counterClaim, '/counterClaim');
  }
  if (touches('citations')) checkCitations(draft, report, dispute.citations, '/citations');
};

const continuesItself = (draft: Draft, { id, continues }: Proceeding): boolean => {
  const seen = new Set([id]);
  for (let next = continues; next !== null; next = draft.proceedings.get(next)?.proceeding.continues ?? null) {
    if (seen.has(next)) return true;
    seen.add(next);
  }
  return false;
};

/** Checks a proceeding as it would stand after the change. */
export const checkProceeding = (draft: Draft, report: Report, proceeding: Proceeding, touches: Touches<Proceeding> = all) => {
  for (const field of ['by', 'against', 'forum'] as const) if (touches(field)) checkParty(draft, report, proceeding[field], `/${field}`);
  if (touches('continues')) {
    checkNamed(draft, report, 'proceedings', proceeding.continues, '/continues');
    if (continuesItself(draft, proceeding)) report('/continues', 'leads back to this proceeding');
  }
  if (touches('claims'))
    for (const [index, claim] of proceeding.claims.entries()) checkNamed(draft, report, 'claims', claim, `/claims/${index}`);
  if (touches('citations')) checkCitations(draft, report, proceeding.citations, '/citations');
};

const isAmong = (names: readonly string[], name: string | null): boolean => name !== null && names.includes(name);

const checkRulingEffect = (draft: Draft, report: Report, { ruling, effect, status }: Effect, order: number) => {
  const target = ruling === null ? undefined : draft.rulings.get(ruling);
  if (!target || target.revision >= order) {
    report('/ruling', 'must name a ruling of this incident that is earlier in the record, in an edit one of an earlier change');
  } else if (target.retracted) report('/ruling', 'names a ruling that was retracted and counts for nothing', 'RecordState');
  else if (effect === 'lifts_stay' && !target.ruling.effects.some((it) => it.effect === 'stays')) {
    report('/ruling', 'must name the ruling that stays, not the one that was stayed');
  }
  if (!isAmong(rulingEffects, effect)) report('/effect', `must be one of ${rulingEffects.join(', ')} on a ruling`);
  if (status !== null) report('/status', 'goes only with a proceeding');
};

const checkClaimEffect = (draft: Draft, report: Report, { claim, effect, status, citations }: Effect) => {
  checkNamed(draft, report, 'claims', claim, '/claim');
  if (!isAmong(claimEffects, effect)) report('/effect', `must be one of ${claimEffects.join(', ')} on a claim`);
  if (status !== null) report('/status', 'goes only with a proceeding');
  if (citations.length === 0) report('/citations', 'must quote the finding: without one a decision has no effect on a claim');
};

const checkProceedingEffect = (draft: Draft, report: Report, { proceeding, effect, status }: Effect) => {
  checkNamed(draft, report, 'proceedings', proceeding, '/proceeding');
  const held = proceeding === null ? undefined : draft.proceedings.get(proceeding);
  if (held?.retracted) report('/proceeding', 'names a proceeding that was retracted', 'RecordState');
  if (status === null) report('/status', 'must say what the proceeding has become');
  if (effect !== null) report('/effect', 'goes only with a claim or a ruling');
};

const checkEffects = (draft: Draft, report: Report, ruling: Ruling, order: number) => {
  const seen = new Set<string>();
  for (const [index, effect] of ruling.effects.entries()) {
    const at: Report = (pointer, message, code) => report(`/effects/${index}${pointer}`, message, code);
    const [target, ...others] = [effect.claim, effect.ruling, effect.proceeding].filter((id) => id !== null);
    if (target === undefined || others.length > 0) {
      at('', 'must name exactly one of a claim, a ruling and a proceeding');
      continue;
    }
    if (seen.has(target)) at('', 'names the same thing as an effect before it: one ruling has one effect on each');
    seen.add(target);
    if (effect.claim !== null) checkClaimEffect(draft, at, effect);
    else if (effect.ruling !== null) checkRulingEffect(draft, at, effect, order);
    else checkProceedingEffect(draft, at, effect);
    checkCitations(draft, at, effect.citations, '/citations');
  }
};

/** Checks a ruling as it would stand after the change; `order` is where it stands in the record. */
export const checkRuling = (draft: Draft, report: Report, ruling: Ruling, order: number, touches: Touches<Ruling> = all) => {
  const { parties } = draft.facts;
  for (const field of ['court', 'judge'] as const) if (touches(field)) checkParty(draft, report, ruling[field], `/${field}`);
  const court = ruling.court === null ? undefined : parties(ruling.court);
  if (touches('court') && court && court.kind !== 'court') report('/court', 'must be a party of kind court: only courts make rulings');
  const judge = ruling.judge === null ? undefined : parties(ruling.judge);
  if (touches('judge') && judge && judge.kind !== 'person' && judge.kind !== 'described_role') {
    report('/judge', 'must be a person or a described role; the court goes into court');
  }
  if (touches('effects')) checkEffects(draft, report, ruling, order);
  if (touches('citations')) checkCitations(draft, report, ruling.citations, '/citations');
};
