import type { CorrectionEntry, DisputeEntry, Incident, ProceedingEntry } from '../incident/state.ts';
import type { Dispute, Proceeding, Ruling } from '../shapes.ts';
import { rulingsInForce, statusesOfProceedings } from '../standing.ts';
import { citationDocument, citationDocuments, effectDocument, fieldDocument } from './content.ts';
import type { CorrectionDocument, DisputeDocument, ProceedingDocument, RulingDocument } from './documents.ts';

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

const disputeDocument = (entry: DisputeEntry): DisputeDocument => ({
  ...disputeContent(entry.dispute),
  withdrawn: entry.withdrawn,
  retracted: entry.retracted,
  reason: entry.reason ?? null,
  addedAtRevision: entry.revision,
});

export const proceedingContent = (proceeding: Proceeding) => ({
  id: proceeding.id,
  type: proceeding.type,
  title: proceeding.title ?? null,
  by: proceeding.by,
  against: proceeding.against,
  forum: proceeding.forum,
  openedOn: proceeding.openedOn,
  status: proceeding.status,
  caseNumber: proceeding.caseNumber,
  continues: proceeding.continues,
  claims: proceeding.claims,
  citations: citationDocuments(proceeding.citations),
});

const proceedingDocument = (
  { proceeding, updates, retracted, revision }: ProceedingEntry,
  status: Proceeding['status'],
): ProceedingDocument => ({
  ...proceedingContent(proceeding),
  status,
  openedAs: proceeding.status,
  updates: updates.map((update) => ({
    on: update.on,
    status: update.status,
    note: update.note ?? null,
    citations: citationDocuments(update.citations),
    revision: update.revision,
  })),
  retracted,
  addedAtRevision: revision,
});

export const rulingContent = (ruling: Ruling) => ({
  id: ruling.id,
  court: ruling.court,
  judge: ruling.judge,
  decidedOn: ruling.decidedOn,
  finality: ruling.finality,
  onMotionOf: ruling.onMotionOf ?? null,
  standard: ruling.standard ?? null,
  basis: ruling.basis,
  caseNumber: ruling.caseNumber,
  summary: ruling.summary ?? null,
  citations: citationDocuments(ruling.citations),
  effects: ruling.effects.map(effectDocument),
});

const correctionDocument = (entry: CorrectionEntry): CorrectionDocument => ({
  id: entry.id,
  target: entry.target,
  changes: entry.changes.map(({ field, from, to }) => ({ field, from: fieldDocument(field, from), to: fieldDocument(field, to) })),
  reason: entry.reason ?? null,
  citations: entry.citations.map(citationDocument),
  revision: entry.revision,
  recordedAt: entry.recordedAt,
});

/** The disputes, proceedings, rulings and corrections of an incident, retracted and withdrawn ones included. */
export const entryDocuments = (state: Incident) => {
  const statuses = statusesOfProceedings(state);
  const inForce = rulingsInForce(state);
  return {
    disputes: [...state.disputes.values()].map(disputeDocument),
    proceedings: [...state.proceedings].map(([id, entry]) => proceedingDocument(entry, statuses.get(id) ?? entry.proceeding.status)),
    rulings: [...state.rulings].map(
      ([id, { ruling, retracted, revision }]): RulingDocument => ({
        ...rulingContent(ruling),
        inForce: inForce.has(id),
        retracted,
        addedAtRevision: revision,
      }),
    ),
    corrections: state.corrections.map(correctionDocument),
  };
};
