import { z } from 'zod';
import { tellCorrected } from '../../rules/contradictions.ts';
import { idOrRef, typeId } from '../../values/shapes.ts';
import { claimSet } from '../../views/documents/claim.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkThere, type Draft, type Report } from '../draft.ts';
import { changesSubstance, isStillThere, stillNaming } from '../naming.ts';
import type { ClaimEntry } from '../state.ts';
import { type Claim, checkClaim, claimFields, resolveRelations } from '../things/claim.ts';
import { asSent, asStored, type Form, fieldNames, settable } from '../things/form.ts';
import { incidentOf } from '../things/value.ts';
import {
  checkBasis,
  checkConceal,
  correct,
  correctedBack,
  correction,
  correctionDocument,
  inSet,
  readCorrection,
  resolveCorrection,
  sentCorrection,
  storedCorrection,
  touching,
} from './correction.ts';
import { changeKind, content, entry, standing } from './kind.ts';

/** The disputes and rulings that still apply to the corrected claim. */
const carryIn = <C extends z.ZodType>({ idOf }: Form<C>) =>
  z.array(idOf('dispute', 'ruling')).max(100).default([]).describe('The disputes and rulings that still apply to the corrected claim');

const carried = z.array(z.string()).describe('The disputes and rulings that still apply to the corrected claim');

const stored = z.strictObject({
  ...storedCorrection,
  claim: typeId('claim'),
  fields: fieldNames(claimFields.stored),
  set: settable(claimFields.stored),
  carry: carryIn(asStored),
});
type Stored = z.output<typeof stored>;

/** Fields that give the mark `corrected` (docs/rules.md, standing 2). */
const markedFields: ReadonlySet<string> = new Set<keyof Claim>([
  'aspect',
  'about',
  'value',
  'statement',
  'stance',
  'speaker',
  'capacity',
  'onBehalfOf',
  'scope',
  'saidAt',
  'validAt',
]);

/** Rule 5 of standing: a correction of what a claim says, or who says it, has to say which disputes and rulings still meet it. */
const checkCarry = (draft: Draft, report: Report, { claim, fields, carry, basis }: Stored, held: ClaimEntry): ClaimEntry => {
  const naming = new Set([...stillNaming(draft, claim), ...(basis === 'reversal' ? held.detached : [])]);
  for (const [index, id] of carry.entries()) {
    if (!naming.has(id)) report(`/carry/${index}`, `${id} is no open dispute of this claim and no ruling with an effect on it`);
  }
  if (!changesSubstance(fields)) return held;
  if (naming.size > 0 && carry.length === 0) {
    const message = `lists none of what names this claim (${[...naming].join(', ')}): list those that still apply to the corrected claim, and withdraw or correct the others`;
    report('/carry', message, 'CarryNeeded');
  }
  const carried = new Set(carry);
  return { ...held, detached: new Set([...held.detached, ...naming].filter((id) => !carried.has(id))) };
};

/** What the record says of a claim is corrected. */
export const correctClaim = changeKind({
  ...correction,
  kind: 'correct_claim',
  does: 'it corrects a claim',
  event: 'ClaimCorrected',
  sent: z
    .strictObject({
      claim: idOrRef('claim').describe('The claim'),
      set: settable(claimFields.sent),
      carry: carryIn(asSent),
      ...sentCorrection,
    })
    .describe('What the record says of a claim is corrected'),
  read: z.object({
    claim: idOf('claim'),
    set: claimSet.describe('The fields that are set anew; an erased text is null'),
    carry: carried,
    ...readCorrection,
  }),
  stored,
  actsOn: ({ claim }) => claim,
  resolve: (sent, at) => {
    const { citations, replaces, relatesTo, ...rest } = sent.set;
    const set = {
      ...rest,
      ...(replaces !== undefined && { replaces: at.namedOrNull(replaces, '/set/replaces', 'claim') }),
      ...(relatesTo !== undefined && { relatesTo: resolveRelations(at, relatesTo, '/set/relatesTo') }),
      ...(citations !== undefined && { citations: at.citations(citations, '/set/citations') }),
    };
    const carry = at.namedAll(sent.carry, '/carry', 'dispute', 'ruling');
    return { ...resolveCorrection(sent, set, at), claim: at.named(sent.claim, '/claim', 'claim'), carry };
  },
  check: (draft, report, change) => {
    checkBasis(draft, report, change);
    const held = checkThere(report, draft.claims.get(change.claim), 'claim', change.claim, '/claim');
    if (!held) return;
    checkConceal(report, change, held.claim);
    const claim: Claim = { ...held.claim, ...change.set };
    checkClaim(draft, inSet(report, change), claim, held.place, touching(change));
    draft.claims.set(claim.id, { ...checkCarry(draft, report, change, held), claim });
  },
  keys: ({ claim, carry }) => ({ reads: [content(claim), standing(claim), ...carry.map(entry)], writes: [content(claim)] }),
  evolve: (record, change, event) => {
    const held = record.claims.get(change.claim);
    if (!held) return;
    if (changesSubstance(change.fields)) {
      const carried = new Set(change.carry);
      for (const id of stillNaming(record, change.claim)) if (!carried.has(id)) held.detached.add(id);
      if (change.basis === 'reversal') for (const id of carried) held.detached.delete(id);
    }
    for (const field of change.fields) if (markedFields.has(field)) held.correctedFields.add(field);
    correct(record, change.claim, held.claim, change, event);
    if (change.fields.includes('citations')) held.claim.citations = [...(held.claim.citations ?? [])];
  },
  /** A correction of what a claim says decides whether what names the claim still applies. */
  touches: ({ claim, fields }, record) => (changesSubstance(fields) ? stillNaming(record, claim) : []),
  sets: ({ claim, id }) => ({ target: claim, correction: id }),
  claimsAsked: ({ claim, set }, { claims }) => [claim, set.replaces, claims.get(claim)?.claim.replaces],
  incidentsAsked: ({ set }) => incidentOf(set.value),
  tells: (change, claims, tell) => {
    const before = claims.get(change.claim);
    if (!before) return;
    const after: Claim = { ...before, ...change.set };
    claims.set(after.id, after);
    tellCorrected(before, after, change, tell);
  },
  inverse: (change, { before, now, event, reason }) => {
    const { claim } = change;
    // What the correction detached meets the claim again; what came since goes on meeting it.
    const naming = new Set([before, now].flatMap((record) => stillNaming(record, claim)));
    const carry = changesSubstance(change.fields) ? [...naming].filter((id) => isStillThere(now, id)) : [];
    return correctedBack(change, before.claims.get(claim)?.claim, { now, event, target: claim, reason }, { claim, carry });
  },
  document: (change) => correctionDocument(change, { claim: change.claim, carry: change.carry }),
});
