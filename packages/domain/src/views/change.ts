import type { Change } from '../shapes.ts';
import { claimContent } from './claim.ts';
import { citationDocuments, fieldDocument, occurredDocument, placeDocument } from './content.ts';
import type { ChangeDocument } from './documents.ts';
import { disputeContent, proceedingContent, rulingContent } from './entries.ts';

/** The new values of a correction: an erased one is null, since `fields` still names it. */
const setDocument = (fields: readonly string[], set: object): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, fieldDocument(field, (set as Record<string, unknown>)[field])]));

/**
 * A change of an edit in the shape in which it was sent: what it makes has its `ref` again, beside the id that it got; ids stand for refs
 * elsewhere, and citations have both quote and position. Erased texts are null. `refOf` names refs by id.
 */
export const changeDocument = (change: Change, refOf: ReadonlyMap<string, string>): ChangeDocument => {
  const { kind } = change;
  const ref = (id: string) => refOf.get(id) ?? null;
  switch (kind) {
    case 'report_incident':
      return {
        kind,
        title: change.title ?? null,
        occurred: occurredDocument(change.occurred),
        place: placeDocument(change.place),
        agencies: change.agencies,
      };
    case 'add_claim':
      return { kind, claim: { ref: ref(change.claim.id), ...claimContent(change.claim) } };
    case 'add_citation':
      return { kind, claim: change.claim, citations: citationDocuments(change.citations) };
    case 'dispute_claim':
      return { kind, ref: ref(change.dispute.id), ...disputeContent(change.dispute) };
    case 'withdraw_dispute':
      return { kind, dispute: change.dispute, reason: change.reason ?? null };
    case 'open_proceeding':
      return { kind, ref: ref(change.proceeding.id), ...proceedingContent(change.proceeding) };
    case 'update_proceeding': {
      const { proceeding, on, status, note, citations } = change;
      return { kind, proceeding, on, status, note: note ?? null, citations: citationDocuments(citations) };
    }
    case 'record_ruling':
      return { kind, ref: ref(change.ruling.id), ...rulingContent(change.ruling) };
    case 'correct_incident':
    case 'correct_claim':
    case 'correct_entry': {
      const named =
        kind === 'correct_claim' ? { claim: change.claim, carry: change.carry } : kind === 'correct_entry' ? { target: change.target } : {};
      const { id, fields, set, conceal, reason, citations } = change;
      return {
        kind,
        id,
        ...named,
        set: setDocument(fields, set),
        conceal,
        reason: reason ?? null,
        citations: citationDocuments(citations),
      };
    }
    case 'rank_claim':
      return { kind, claim: change.claim, rank: change.rank, reason: change.reason ?? null };
    case 'retract_claim':
    case 'reinstate_claim':
      return { kind, claim: change.claim, reason: change.reason ?? null };
    case 'retract_entry':
      return { kind, target: change.target, reason: change.reason ?? null };
    case 'merge_incident':
      return { kind, into: change.into, reason: change.reason ?? null };
    case 'unmerge_incident':
    case 'retract_incident':
      return { kind, reason: change.reason ?? null };
  }
};
