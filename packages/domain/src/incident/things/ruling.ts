import { z } from 'zod';
import { citationDocuments } from '../../source/citation.ts';
import { caseNumber, storedCase } from '../../values/case-number.ts';
import { line, text, typeId } from '../../values/shapes.ts';
import { aDateTime, dateTime } from '../../values/time.ts';
import { claimEffects, rulingEffects } from '../../values/vocabulary.ts';
import { effectMembers, rulingMembers } from '../../views/documents/members.ts';
import type { EffectDocument } from '../../views/documents.ts';
import { checkCitations, checkDateTime, checkNamed, checkParty, type Draft, type Report } from '../draft.ts';
import type { Resolving } from '../resolving.ts';
import { asSent, asStored, type Form } from './form.ts';
import { checkStatus, proceedingStatus } from './proceeding.ts';

/** A ruling: what a court decided, with its effects on claims, on other rulings and on proceedings. */

/** Names exactly one of a claim, a ruling and a proceeding; the first two with `effect`, the last with `status`. The check says which. */
const effectIn = <C extends z.ZodType>({ idOf, citation }: Form<C>) =>
  z.strictObject({
    claim: idOf('claim').nullable().default(null).describe(effectMembers.claim),
    ruling: idOf('ruling').nullable().default(null).describe(effectMembers.ruling),
    proceeding: idOf('proceeding').nullable().default(null).describe(effectMembers.proceeding),
    effect: z
      .enum([...claimEffects, ...rulingEffects])
      .nullable()
      .default(null)
      .describe(effectMembers.effect),
    status: proceedingStatus.nullable().default(null).describe(effectMembers.status),
    citations: z.array(citation).max(50).default([]).describe(effectMembers.citations),
  });
const fieldsIn = <C extends z.ZodType>(form: Form<C>) => ({
  court: form.idOf('party').nullable().describe(rulingMembers.court),
  judge: form.idOf('party').nullable().describe(rulingMembers.judge),
  decidedOn: dateTime.nullable().describe(`${rulingMembers.decidedOn}. ${aDateTime}`),
  finality: z.enum(['final', 'appealable', 'provisional']).describe(rulingMembers.finality),
  onMotionOf: line(200).nullable().describe(rulingMembers.onMotionOf),
  standard: line(200).nullable().describe(rulingMembers.standard),
  basis: z.enum(['court_document', 'report']).describe(rulingMembers.basis),
  caseNumber: caseNumber.nullable().describe(rulingMembers.caseNumber),
  summary: text(2000).describe(rulingMembers.summary),
  citations: form.citations.describe(rulingMembers.citations),
  effects: z.array(effectIn(form)).min(1).max(100).describe(rulingMembers.effects),
});
/** What a correction can change. */
export const rulingFields = { sent: fieldsIn(asSent), stored: fieldsIn(asStored) };

const whole = <C extends z.ZodType>(fields: ReturnType<typeof fieldsIn<C>>) =>
  z.strictObject({
    ...fields,
    court: fields.court.default(null),
    judge: fields.judge.default(null),
    decidedOn: fields.decidedOn.default(null),
    onMotionOf: fields.onMotionOf.default(null),
    standard: fields.standard.default(null),
    caseNumber: fields.caseNumber.default(null),
  });
export const sentRuling = whole(rulingFields.sent);
export const storedRuling = whole(rulingFields.stored).extend({ id: typeId('ruling'), case: storedCase });
export type Ruling = z.output<typeof storedRuling>;
export type Effect = Ruling['effects'][number];
type SentEffect = z.output<typeof sentRuling>['effects'][number];

/** The claims that a ruling's effects name. */
export const claimsOfRuling = ({ effects }: Pick<Ruling, 'effects'>): string[] =>
  effects.flatMap(({ claim }) => (claim === null ? [] : [claim]));

export const resolveEffects = (at: Resolving, effects: readonly SentEffect[], pointer: string): Effect[] =>
  effects.map((effect, index) => ({
    ...effect,
    claim: at.namedOrNull(effect.claim, `${pointer}/${index}/claim`, 'claim'),
    ruling: at.namedOrNull(effect.ruling, `${pointer}/${index}/ruling`, 'ruling'),
    proceeding: at.namedOrNull(effect.proceeding, `${pointer}/${index}/proceeding`, 'proceeding'),
    citations: at.citations(effect.citations, `${pointer}/${index}/citations`),
  }));

const isAmong = (names: readonly string[], name: string | null): boolean => name !== null && names.includes(name);

const checkRulingEffect = (draft: Draft, report: Report, { ruling, effect, status }: Effect, order: number) => {
  const target = ruling === null ? undefined : draft.rulings.get(ruling);
  if (!target || target.place >= order) {
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
  else checkStatus(draft, report, status);
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

/**
 * Checks a ruling as it would stand after the change; `order` is where it stands in the record. `touches`: which fields the change sets; only rules about
 * one of them are asked.
 */
export const checkRuling = (
  draft: Draft,
  report: Report,
  ruling: Ruling,
  order: number,
  touches: (...fields: (keyof Ruling)[]) => boolean = () => true,
) => {
  const { parties } = draft.facts;
  for (const field of ['court', 'judge'] as const) if (touches(field)) checkParty(draft, report, ruling[field], `/${field}`);
  const court = ruling.court === null ? undefined : parties(ruling.court);
  if (touches('court') && court && court.kind !== 'court') report('/court', 'must be a party of kind court: only courts make rulings');
  const judge = ruling.judge === null ? undefined : parties(ruling.judge);
  if (touches('judge') && judge && judge.kind !== 'person' && judge.kind !== 'described_role') {
    report('/judge', 'must be a person or a described role; the court goes into court');
  }
  if (touches('effects')) checkEffects(draft, report, ruling, order);
  if (touches('decidedOn')) checkDateTime(draft, report, ruling.decidedOn, '/decidedOn');
  if (touches('citations')) checkCitations(draft, report, ruling.citations, '/citations');
};

export const effectDocument = (effect: Effect): EffectDocument => ({ ...effect, citations: citationDocuments(effect.citations) });

export const rulingContent = (ruling: Ruling) => ({
  id: ruling.id,
  court: ruling.court,
  judge: ruling.judge,
  decidedOn: ruling.decidedOn,
  finality: ruling.finality,
  onMotionOf: ruling.onMotionOf ?? null,
  standard: ruling.standard ?? null,
  basis: ruling.basis,
  caseNumber: ruling.caseNumber ?? null,
  summary: ruling.summary ?? null,
  citations: citationDocuments(ruling.citations),
  effects: ruling.effects.map(effectDocument),
});
