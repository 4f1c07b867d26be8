import { z } from 'zod';
import { typeId } from '../../values/shapes.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkCitations } from '../draft.ts';
import { reinstatedIncident } from './inverses.ts';
import { changeKind, everything, unplaced } from './kind.ts';
import {
  checkReplacedBy,
  incidentReplacing,
  readReasoned,
  replacedByNothing,
  retraction,
  retractionOf,
  sentReasoned,
  storedReasoned,
} from './own.ts';

const own = { replacedBy: typeId('incident').nullable() };

/** The record takes the whole incident back. */
export const retractIncident = changeKind({
  ...retraction,
  kind: 'retract_incident',
  event: 'IncidentRetracted',
  older: [replacedByNothing, unplaced(2)],
  sent: z
    .strictObject({ replacedBy: own.replacedBy.default(null).describe('The published incident that stands in its place'), ...sentReasoned })
    .describe('The record takes the incident back. It takes two approvals'),
  read: z.object({ replacedBy: idOf('incident').nullable().describe('The incident that stands in its place'), ...readReasoned }),
  stored: z.strictObject({ ...own, ...storedReasoned }),
  resolve: (sent, at) => ({ ...sent, citations: at.citations(sent.citations, '/citations') }),
  check: (draft, report, { replacedBy, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    checkReplacedBy(draft, report, draft.incident ?? 'incident_', replacedBy);
    draft.status = 'retracted';
  },
  keys: () => ({ reads: [], writes: ['status'] }),
  evolve: (record, change, event) => {
    record.status = 'retracted';
    record.retraction = retractionOf(record, event.stream, change, event);
  },
  inverse: (_, undoing) => reinstatedIncident(undoing),
  does: 'it retracts the incident',
  touches: everything,
  incidentsAsked: ({ replacedBy }) => incidentReplacing(replacedBy),
});
