import { z } from 'zod';
import { citationDocuments } from '../../source/citation.ts';
import { text, typeId } from '../../values/shapes.ts';
import { capacities } from '../../values/vocabulary.ts';
import { disputeMembers } from '../../views/documents/members.ts';
import { checkCitations, checkNamed, checkParty, type Draft, type Report } from '../draft.ts';
import { asSent, asStored, type Form } from './form.ts';

/** A dispute: that somebody contests a claim, or that the record itself reads two claims as conflicting. */

const fieldsIn = <C extends z.ZodType>({ idOf, citations }: Form<C>) => ({
  basis: z.enum(['stated', 'inferred']).describe(disputeMembers.basis),
  by: idOf('party').nullable().describe(disputeMembers.by),
  capacity: z.enum(capacities).nullable().describe(disputeMembers.capacity),
  grounds: text(2000).describe(disputeMembers.grounds),
  counterClaim: idOf('claim').nullable().describe(disputeMembers.counterClaim),
  citations: citations.describe(disputeMembers.citations),
});
/** What a correction can change. */
export const disputeFields = { sent: fieldsIn(asSent), stored: fieldsIn(asStored) };

const whole = <C extends z.ZodType>(form: Form<C>, fields: ReturnType<typeof fieldsIn<C>>) =>
  z.strictObject({
    ...fields,
    claim: form.idOf('claim').describe(disputeMembers.claim),
    by: fields.by.default(null),
    capacity: fields.capacity.default(null),
    counterClaim: fields.counterClaim.default(null),
  });
export const sentDispute = whole(asSent, disputeFields.sent);
export const storedDispute = whole(asStored, disputeFields.stored).extend({ id: typeId('dispute') });
export type Dispute = z.output<typeof storedDispute>;

/** The claims that a dispute names. */
export const claimsOfDispute = ({ claim, counterClaim }: Pick<Dispute, 'claim' | 'counterClaim'>): string[] =>
  counterClaim === null ? [claim] : [claim, counterClaim];

/** Checks a dispute as it would stand after the change. `touches`: which fields the change sets; only rules about one of them are asked. */
export const checkDispute = (
  draft: Draft,
  report: Report,
  dispute: Dispute,
  touches: (...fields: (keyof Dispute)[]) => boolean = () => true,
) => {
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

export const disputeContent = (dispute: Dispute) => ({
  id: dispute.id,
  claim: dispute.claim,
  basis: dispute.basis,
  by: dispute.by,
  capacity: dispute.capacity,
  grounds: dispute.grounds ?? null,
  counterClaim: dispute.counterClaim,
  citations: citationDocuments(dispute.citations),
});
