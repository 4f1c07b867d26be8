import { z } from 'zod';
import { typeId } from '../../values/shapes.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkCitations, checkThere } from '../draft.ts';
import { retractedClaim } from './inverses.ts';
import { changeKind, content, standing, unplaced } from './kind.ts';
import { citedNothing, dropOwn, readReasoned, reasoned, sentReasoned, storedReasoned } from './own.ts';

/** A claim that was taken back stands again. */
export const reinstateClaim = changeKind({
  ...reasoned,
  kind: 'reinstate_claim',
  event: 'ClaimReinstated',
  older: [citedNothing, unplaced(2)],
  sent: z
    .strictObject({ claim: typeId('claim').describe('The claim'), ...sentReasoned })
    .describe('A claim that was taken back stands again. It takes two approvals'),
  read: z.object({ claim: idOf('claim'), ...readReasoned }),
  stored: z.strictObject({ claim: typeId('claim'), ...storedReasoned }),
  resolve: (sent, at) => ({ ...sent, citations: at.citations(sent.citations, '/citations') }),
  check: (draft, report, { claim, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    const held = checkThere(report, draft.claims.get(claim), 'claim', claim, '/claim');
    if (!held) return;
    if (!held.retracted) report('/claim', 'is not retracted', 'RecordState');
    if (held.movedTo) report('/claim', `was moved to ${held.movedTo.incident}: move it back from there`, 'RecordState');
    draft.claims.set(claim, { ...held, retracted: false });
  },
  keys: ({ claim }) => ({ reads: [content(claim)], writes: [standing(claim)] }),
  evolve: (record, { claim }) => {
    const held = record.claims.get(claim);
    if (!held) return;
    dropOwn(record, held.retraction);
    Object.assign(held, { retracted: false, retraction: null });
  },
  onlySets: ({ claim }) => `claim:${claim}:retracted`,
  inverse: ({ claim }, undoing) => retractedClaim(claim, undoing),
  does: 'it reinstates a claim',
});
