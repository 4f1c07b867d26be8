import { z } from 'zod';
import { disputeInEdit } from '../../views/documents/entries.ts';
import { checkThere, draftNames, originIn, originOf } from '../draft.ts';
import { nameClaims } from '../naming.ts';
import type { DisputeEntry, Origin } from '../state.ts';
import { checkDispute, claimsOfDispute, type Dispute, disputeContent, sentDispute, storedDispute } from '../things/dispute.ts';
import { made } from '../things/form.ts';
import { retractedEntry } from './inverses.ts';
import { changeKind, content, entry, some, standing, unplaced, usual } from './kind.ts';

const newDispute = (dispute: Dispute, origin: Origin, revision: number): DisputeEntry => ({
  ...origin,
  dispute,
  withdrawn: false,
  withdrawal: null,
  retracted: false,
  retraction: null,
  revision,
});

/** Somebody contests a claim, or the record reads it as conflicting with another. */
export const disputeClaim = changeKind({
  ...usual,
  kind: 'dispute_claim',
  older: [unplaced(1)],
  event: 'ClaimDisputed',
  sent: sentDispute.extend(made('dispute')).describe('Somebody contests a claim, or the record reads it as conflicting with another'),
  read: disputeInEdit,
  stored: z.strictObject({ dispute: storedDispute }),
  place: 'anywhere',
  makes: 'dispute',
  refOf: ({ ref }) => ref,
  idOf: ({ id }) => id,
  actsOn: ({ dispute }) => dispute.claim,
  resolve: ({ kind, ref: _, ...dispute }, at) => ({
    kind,
    dispute: {
      ...dispute,
      id: at.id('dispute'),
      counterClaim: at.namedOrNull(dispute.counterClaim, '/counterClaim', 'claim'),
      claim: at.named(dispute.claim, '/claim', 'claim'),
      citations: at.citations(dispute.citations, '/citations'),
    },
  }),
  check: (draft, report, { dispute }) => {
    const claim = checkThere(report, draft.claims.get(dispute.claim), 'claim', dispute.claim, '/claim');
    if (claim?.retracted) report('/claim', 'names a claim that was retracted and stands no more', 'RecordState');
    checkDispute(draft, report, dispute);
    draft.disputes.set(dispute.id, newDispute(dispute, originIn(draft), draft.next));
    draftNames(draft, dispute.id, claimsOfDispute(dispute));
  },
  keys: ({ dispute }) => ({
    reads: [content(dispute.claim), standing(dispute.claim), ...some(dispute.counterClaim, content)],
    writes: [entry(dispute.id)],
  }),
  evolve: (record, { dispute }, event) => {
    record.disputes.set(dispute.id, newDispute({ ...dispute }, originOf(event), event.revision));
    nameClaims(record, dispute.id, claimsOfDispute(dispute));
  },
  inverse: ({ dispute }, undoing) => retractedEntry(dispute.id, undoing),
  does: 'it disputes a claim',
  brings: ({ dispute }) => dispute,
  sets: ({ dispute }) => ({ target: dispute.id, correction: null }),
  document: ({ kind, dispute }, ref) => ({ kind, ref: ref(dispute.id), ...disputeContent(dispute) }),
});
