import { z } from 'zod';
import { idOrRef, typeId } from '../../values/shapes.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkCitations, checkThere } from '../draft.ts';
import { reinstatedClaim } from './inverses.ts';
import { changeKind, content, some, standing, unplaced } from './kind.ts';
import {
  checkReplacedBy,
  dropOwn,
  readReasoned,
  replacedByNothing,
  retraction,
  retractionOf,
  sentReasoned,
  storedReasoned,
} from './own.ts';

/** The record takes a claim back. */
export const retractClaim = changeKind({
  ...retraction,
  kind: 'retract_claim',
  event: 'ClaimRetracted',
  older: [replacedByNothing, unplaced(2)],
  sent: z
    .strictObject({
      claim: typeId('claim').describe('The claim'),
      replacedBy: idOrRef('claim').nullable().default(null).describe('The claim that stands in its place'),
      ...sentReasoned,
    })
    .describe('The record takes a claim back. It takes two approvals'),
  read: z.object({
    claim: idOf('claim'),
    replacedBy: idOf('claim').nullable().describe('The claim that stands in its place'),
    ...readReasoned,
  }),
  stored: z.strictObject({ claim: typeId('claim'), replacedBy: typeId('claim').nullable(), ...storedReasoned }),
  resolve: (sent, at) => ({
    ...sent,
    replacedBy: at.namedOrNull(sent.replacedBy, '/replacedBy', 'claim'),
    citations: at.citations(sent.citations, '/citations'),
  }),
  check: (draft, report, { claim, replacedBy, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    const held = checkThere(report, draft.claims.get(claim), 'claim', claim, '/claim');
    if (!held) return;
    if (held.retracted) report('/claim', 'was retracted before', 'RecordState');
    checkReplacedBy(draft, report, claim, replacedBy);
    draft.claims.set(claim, { ...held, retracted: true });
  },
  keys: ({ claim, replacedBy }) => ({ reads: [content(claim), ...some(replacedBy, content)], writes: [standing(claim)] }),
  evolve: (record, change, event) => {
    const held = record.claims.get(change.claim);
    if (!held) return;
    dropOwn(record, held.retraction);
    Object.assign(held, { retracted: true, retraction: retractionOf(record, change.claim, change, event) });
  },
  onlySets: ({ claim }) => `claim:${claim}:retracted`,
  inverse: ({ claim }, undoing) => reinstatedClaim(claim, undoing),
  does: 'it retracts a claim',
});
