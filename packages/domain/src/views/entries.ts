import type { CorrectionEntry, DisputeEntry, Incident, ProceedingEntry, RulingEntry } from '../incident/state.ts';
import { disputeContent } from '../incident/things/dispute.ts';
import { fieldDocument } from '../incident/things/field.ts';
import { type Proceeding, proceedingContent } from '../incident/things/proceeding.ts';
import { rulingContent } from '../incident/things/ruling.ts';
import type { Parties } from '../party/shapes.ts';
import {
  appliedEffects,
  isSubjectToAppeal,
  type Judged,
  judgedRulings,
  type NotApplied,
  statusesOfProceedings,
} from '../rules/standing.ts';
import { citationDocuments } from '../source/citation.ts';
import type { Vocabulary } from '../values/vocabulary.ts';
import type { CorrectionDocument, DisputeDocument, ProceedingDocument, RulingDocument } from './documents.ts';
import type { Installed } from './incident.ts';
import { retractionDocument, withdrawalDocument } from './reasons.ts';

const disputeDocument = (entry: DisputeEntry): DisputeDocument => ({
  ...disputeContent(entry.dispute),
  incidentId: entry.incident,
  withdrawn: entry.withdrawn,
  withdrawal: withdrawalDocument(entry.withdrawal),
  retracted: entry.retracted,
  retraction: retractionDocument(entry.retraction),
  reason: (entry.retraction ?? entry.withdrawal)?.reason ?? null,
  addedAtRevision: entry.revision,
});

const proceedingDocument = (
  { proceeding, updates, retracted, retraction, revision, incident }: ProceedingEntry,
  status: Proceeding['status'],
  { proceedingStatuses }: Vocabulary,
): ProceedingDocument => ({
  ...proceedingContent(proceeding),
  incidentId: incident,
  status,
  openedAs: proceeding.status,
  ended: proceedingStatuses.get(status)?.ends ?? null,
  updates: updates.map((update) => ({
    on: update.on,
    status: update.status,
    note: update.note ?? null,
    citations: citationDocuments(update.citations),
    retraction: withdrawalDocument(update.retraction),
    incidentId: update.incident,
    revision: update.revision,
  })),
  retracted,
  retraction: retractionDocument(retraction),
  addedAtRevision: revision,
});

/** `applied`: for each of its effects, null or why it does not apply. */
const rulingDocument = (
  { ruling, retracted, retraction, revision, incident }: RulingEntry,
  judged: Judged,
  applied: (NotApplied | null)[],
): RulingDocument => {
  const { effects, ...content } = rulingContent(ruling);
  const why = (index: number) => applied[index] ?? null;
  return {
    ...content,
    incidentId: incident,
    effects: effects.map((effect, index) => ({ ...effect, applied: why(index) === null, notApplied: why(index) })),
    inForce: !judged.notInForce.has(ruling.id),
    subjectToAppeal: isSubjectToAppeal(judged, ruling),
    retracted,
    retraction: retractionDocument(retraction),
    addedAtRevision: revision,
  };
};

const correctionDocument = (entry: CorrectionEntry): CorrectionDocument => ({
  id: entry.id,
  incidentId: entry.incident,
  target: entry.target,
  ofRevision: entry.ofRevision,
  basis: entry.basis,
  changes: entry.changes.map(({ field, from, to }) => ({ field, from: fieldDocument(field, from), to: fieldDocument(field, to) })),
  reason: entry.reason ?? null,
  citations: citationDocuments(entry.citations),
  revision: entry.revision,
  recordedAt: entry.recordedAt,
});

/** The disputes, proceedings, rulings and corrections of an incident, retracted and withdrawn ones included. */
export const entryDocuments = (state: Incident, { vocabulary, tagCase, parties }: Installed & { parties: Parties }) => {
  const judged = judgedRulings(state);
  const statuses = statusesOfProceedings(state, judged);
  const applied = appliedEffects(state, parties, tagCase, judged);
  return {
    disputes: [...state.disputes.values()].map(disputeDocument),
    proceedings: [...state.proceedings].map(([id, entry]) =>
      proceedingDocument(entry, statuses.get(id)?.status ?? entry.proceeding.status, vocabulary),
    ),
    rulings: [...state.rulings.values()].map((entry) => rulingDocument(entry, judged, applied.get(entry.ruling.id) ?? [])),
    corrections: state.corrections.map(correctionDocument),
  };
};
