import { z } from 'zod';
import { storedCase, withNumberAsCase } from '../../values/case-number.ts';
import { entrySet } from '../../views/documents/entries.ts';
import { checkThere, draftNames, type Report } from '../draft.ts';
import { nameClaims } from '../naming.ts';
import { checkDispute, claimsOfDispute, type Dispute, disputeFields } from '../things/dispute.ts';
import { entryId, fieldNames, settable } from '../things/form.ts';
import { checkProceeding, type Proceeding, proceedingFields } from '../things/proceeding.ts';
import { checkRuling, claimsOfRuling, type Ruling, resolveEffects, rulingFields } from '../things/ruling.ts';
import {
  checkBasis,
  checkConceal,
  correct,
  correctedBack,
  correction,
  correctionDocument,
  inSet,
  olderLacking,
  readCorrection,
  resolveCorrection,
  sentCorrection,
  storedCorrection,
  touching,
} from './correction.ts';
import { changeKind, content, effectKeys, entry, type OlderForm, some } from './kind.ts';

/** The fields of all three kinds of entry; those that the target's kind does not have are refused. */
const basis = z
  .enum(['stated', 'inferred', 'court_document', 'report'])
  .describe('Of a dispute `stated` or `inferred`, of a ruling `court_document` or `report`');
const by = disputeFields.sent.by.describe('Of a dispute who contests the claim, of a proceeding who brought it');
const sentFields = { ...disputeFields.sent, ...proceedingFields.sent, ...rulingFields.sent, basis, by };
const storedFields = { ...disputeFields.stored, ...proceedingFields.stored, ...rulingFields.stored, basis };

const stored = z.strictObject({
  ...storedCorrection,
  target: entryId,
  fields: fieldNames(storedFields),
  set: settable({ ...storedFields, case: storedCase }),
});
type Stored = z.output<typeof stored>;

/** Before a case number was a text there was no tag of it. */
const numberInTheOpen: OlderForm['upcast'] = (data) => ({ ...data, set: withNumberAsCase(data.set) });

/** The entry as the correction would leave it, if its kind has the fields that are set. */
const corrected = <T extends object>(report: Report, held: T, { fields, set }: Stored, kind: string, its: object): T => {
  const has: readonly string[] = Object.keys(its);
  for (const field of fields) if (!has.includes(field)) report(`/set/${field}`, `is no field of a ${kind}; it has ${has.join(', ')}`);
  return { ...held, ...set };
};

const checkBasisOf = (report: Report, { fields, set }: Stored, allowed: readonly string[]) => {
  if (fields.includes('basis') && !allowed.includes(set.basis ?? '')) report('/set/basis', `must be ${allowed.join(' or ')}`);
};

/** What the record says of a dispute, proceeding or ruling is corrected. */
export const correctEntry = changeKind({
  ...correction,
  older: olderLacking(numberInTheOpen),
  kind: 'correct_entry',
  event: 'EntryCorrected',
  sent: z
    .strictObject({ target: entryId, set: settable(sentFields), ...sentCorrection })
    .describe('What the record says of a dispute, proceeding or ruling is corrected. Its kind has to have the fields that are set'),
  read: z.object({ target: entryId, set: entrySet.describe('The fields that are set anew; an erased text is null'), ...readCorrection }),
  stored,
  resolve: (sent, at) => {
    const { citations, counterClaim, continues, claims, effects, ...rest } = sent.set;
    const set = {
      ...rest,
      ...(rest.caseNumber !== undefined && { case: at.caseOf(rest.caseNumber) }),
      ...(counterClaim !== undefined && { counterClaim: at.namedOrNull(counterClaim, '/set/counterClaim', 'claim') }),
      ...(continues !== undefined && { continues: at.namedOrNull(continues, '/set/continues', 'proceeding') }),
      ...(claims !== undefined && { claims: at.namedAll(claims, '/set/claims', 'claim') }),
      ...(effects !== undefined && { effects: resolveEffects(at, effects, '/set/effects') }),
      ...(citations !== undefined && { citations: at.citations(citations, '/set/citations') }),
    };
    return resolveCorrection(sent, set, at);
  },
  check: (draft, report, change) => {
    checkBasis(draft, report, change);
    const { target } = change;
    const dispute = draft.disputes.get(target);
    const proceeding = draft.proceedings.get(target);
    const ruling = draft.rulings.get(target);
    const there = checkThere(report, dispute ?? proceeding ?? ruling, 'entry', target, '/target');
    if (!there) return;
    if (there.retracted && !change.conceal)
      report('/target', 'names an entry that was retracted: of such only what it says can be concealed', 'RecordState');
    checkConceal(report, change, dispute?.dispute ?? proceeding?.proceeding ?? ruling?.ruling ?? {});
    if (dispute) {
      checkBasisOf(report, change, ['stated', 'inferred']);
      const after: Dispute = corrected(report, dispute.dispute, change, 'dispute', disputeFields.stored);
      checkDispute(draft, inSet(report, change), after, touching(change));
      draft.disputes.set(target, { ...dispute, dispute: after });
      draftNames(draft, target, claimsOfDispute(after));
    } else if (proceeding) {
      const after: Proceeding = corrected(report, proceeding.proceeding, change, 'proceeding', proceedingFields.stored);
      draft.proceedings.set(target, { ...proceeding, proceeding: after });
      checkProceeding(draft, inSet(report, change), after, touching(change));
    } else if (ruling) {
      checkBasisOf(report, change, ['court_document', 'report']);
      const after: Ruling = corrected(report, ruling.ruling, change, 'ruling', rulingFields.stored);
      checkRuling(draft, inSet(report, change), after, ruling.place, touching(change));
      draft.rulings.set(target, { ...ruling, ruling: after });
      draftNames(draft, target, claimsOfRuling(after));
    }
  },
  keys: ({ target, set }) => {
    const effects = effectKeys(set.effects ?? []);
    return {
      reads: [
        entry(target),
        ...some(set.counterClaim, content),
        ...some(set.continues, entry),
        ...(set.claims ?? []).map(content),
        ...effects.reads,
      ],
      writes: [entry(target), ...effects.writes],
    };
  },
  evolve: (record, change, event) => {
    const { target } = change;
    const dispute = record.disputes.get(target)?.dispute;
    const ruling = record.rulings.get(target)?.ruling;
    const proceeding = record.proceedings.get(target)?.proceeding;
    const held = dispute ?? ruling ?? proceeding;
    if (!held) return;
    const claimsNamed = () => (dispute ? claimsOfDispute(dispute) : ruling ? claimsOfRuling(ruling) : []);
    const before = new Set(claimsNamed());
    correct(record, target, held, change, event);
    const numbered = ruling ?? proceeding;
    if (numbered && change.set.case !== undefined) numbered.case = change.set.case;
    const after = claimsNamed();
    // Effects set anew name their claims anew; a counter-claim that stays does not.
    nameClaims(record, target, change.fields.includes('effects') ? after : after.filter((claim) => !before.has(claim)));
  },
  does: 'it corrects an entry',
  causes: (change) => [...(change.target.startsWith('ruling_') ? (['holds.ruling'] as const) : []), ...correction.causes(change)],
  sets: ({ target, id }) => ({ target, correction: id }),
  inverse: (change, { before, now, event, reason }) => {
    const { target } = change;
    const held = before.disputes.get(target)?.dispute ?? before.proceedings.get(target)?.proceeding ?? before.rulings.get(target)?.ruling;
    return correctedBack(change, held, { now, event, target, reason }, { target });
  },
  document: (change) => correctionDocument(change, { target: change.target }),
});
