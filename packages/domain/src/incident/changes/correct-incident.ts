import { z } from 'zod';
import { fieldNames, settable } from '../things/form.ts';
import { checkAgencies, type IncidentFields, incidentFields } from '../things/incident.ts';
import {
  checkBasis,
  checkConceal,
  correct,
  correction,
  correctionDocument,
  fieldsOf,
  sentCorrection,
  storedCorrection,
} from './correction.ts';
import { both, changeKind, everything } from './kind.ts';

const set = settable(incidentFields);

/** The incident's own fields are corrected. */
export const correctIncident = changeKind({
  ...correction,
  kind: 'correct_incident',
  event: 'IncidentCorrected',
  sent: z.strictObject({ set, ...sentCorrection }),
  stored: z.strictObject({ ...storedCorrection, fields: fieldNames(incidentFields), set }),
  resolve: (sent, at) => ({
    ...sent,
    id: at.id('correction'),
    fields: fieldsOf(sent.set),
    citations: at.citations(sent.citations, '/citations'),
  }),
  check: (draft, report, change) => {
    checkAgencies(draft, report, change.set.agencies ?? [], '/set/agencies');
    checkConceal(report, change, draft.fields ?? {});
    checkBasis(draft, report, change);
  },
  keys: ({ fields }) => both(...fields.map((field) => `incident:${field}`)),
  evolve: (record, change, event) => {
    record.fields ??= {} as IncidentFields;
    correct(record, event.stream, record.fields, change, event);
  },
  touches: everything,
  sets: ({ id }, incident) => ({ target: incident, correction: id }),
  document: (change) => correctionDocument(change),
});
