import { z } from 'zod';
import { incidentInEdit } from '../../views/documents/incident.ts';
import { fieldNames, settable } from '../things/form.ts';
import { checkAgencies, type IncidentFields, incidentFields, withoutFold } from '../things/incident.ts';
import {
  checkBasis,
  checkConceal,
  correct,
  correctedBack,
  correction,
  correctionDocument,
  olderLacking,
  readCorrection,
  resolveCorrection,
  sentCorrection,
  storedCorrection,
} from './correction.ts';
import { both, changeKind, everything, type OlderForm } from './kind.ts';

const noFold: OlderForm['upcast'] = ({ set, ...data }) => {
  const { occurred, ...others } = set as { occurred?: object };
  return { ...data, set: occurred === undefined ? others : { ...others, occurred: withoutFold(occurred) } };
};

/** The incident's own fields are corrected. */
export const correctIncident = changeKind({
  ...correction,
  kind: 'correct_incident',
  does: 'it corrects the incident',
  event: 'IncidentCorrected',
  older: olderLacking(noFold),
  sent: z.strictObject({ set: settable(incidentFields.sent), ...sentCorrection }).describe('Fields of the incident itself are corrected'),
  read: z.object({ set: incidentInEdit.partial().describe('The fields that are set anew; an erased text is null'), ...readCorrection }),
  stored: z.strictObject({ ...storedCorrection, fields: fieldNames(incidentFields.stored), set: settable(incidentFields.stored) }),
  resolve: (sent, at) => resolveCorrection(sent, sent.set, at),
  check: (draft, report, change) => {
    checkAgencies(draft, report, change.set.agencies ?? [], '/set/agencies');
    checkConceal(report, change, draft.fields ?? {});
    checkBasis(draft, report, change);
    if (draft.fields) draft.fields = { ...draft.fields, ...change.set };
  },
  keys: ({ fields }) => both(...fields.map((field) => `incident:${field}`)),
  evolve: (record, change, event) => {
    record.fields ??= {} as IncidentFields;
    correct(record, event.stream, record.fields, change, event);
  },
  touches: everything,
  sets: ({ id }, incident) => ({ target: incident, correction: id }),
  inverse: (change, { before, now, event, reason }) => correctedBack(change, before.fields, { now, event, target: event.stream, reason }),
  document: (change) => correctionDocument(change),
});
