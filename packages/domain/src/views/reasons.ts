import type { Reasoned, Retraction } from '../incident/state.ts';
import { citationDocuments } from '../source/citation.ts';
import type { RetractionDocument, WithdrawalDocument } from './documents.ts';

export const withdrawalDocument = (said: Reasoned | null): WithdrawalDocument =>
  said && {
    reason: said.reason ?? null,
    citations: citationDocuments(said.citations),
    incidentId: said.incident,
    revision: said.revision,
    recordedAt: said.recordedAt,
  };

export const retractionDocument = (said: Retraction | null): RetractionDocument => {
  const shown = withdrawalDocument(said);
  return shown && { ...shown, replacedBy: said?.replacedBy ?? null };
};
