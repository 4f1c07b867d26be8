import { z } from 'zod';
import { externalId, externalIdDocument } from '../../values/external-id.ts';
import { incidentInEdit } from '../../views/documents/incident.ts';
import { checkAgencies, incidentFields, occurredDocument, placeDocument, storedIncident, withoutFold } from '../things/incident.ts';
import { retractedIncident } from './inverses.ts';
import { changeKind, usual } from './kind.ts';

/** The incident itself: the first change of its proposal, and of no other edit. */
export const reportIncident = changeKind({
  ...usual,
  kind: 'report_incident',
  event: 'IncidentReported',
  older: [
    { schema: 1, inEdits: 3, upcast: (data) => ({ ...data, occurred: withoutFold(data.occurred as object) }) },
    { schema: 2, inEdits: 4, upcast: (data) => ({ ...data, externalId: null }) },
  ],
  sent: z
    .strictObject({ ...incidentFields.sent, externalId: externalId.default(null) })
    .describe('The incident itself: the first change of its proposal. It is sent as a change only where that is revised as it was read'),
  read: incidentInEdit,
  stored: storedIncident,
  place: 'opens',
  resolve: (sent) => sent,
  check: (draft, report, { kind: _, ...fields }) => {
    checkAgencies(draft, report, fields.agencies, '/agencies');
    draft.fields = fields;
    draft.status = 'published';
  },
  keys: () => ({
    reads: [],
    writes: ['status', ...Object.keys(incidentFields.stored).map((field) => `incident:${field}`), 'incident:externalId'],
  }),
  evolve: (record, { kind: _, ...fields }) => {
    record.fields = fields;
    record.status = 'published';
  },
  inverse: (_, undoing) => retractedIncident(undoing),
  does: 'it proposes an incident',
  sets: (_, incident) => ({ target: incident, correction: null }),
  document: ({ kind, title, occurred, place, agencies, externalId }) => ({
    kind,
    title: title ?? null,
    occurred: occurredDocument(occurred),
    place: placeDocument(place),
    agencies,
    externalId: externalIdDocument(externalId),
  }),
});
