import { changeKind, everything, sentAsStored } from './kind.ts';

/** The record takes the whole incident back. */
export const retractIncident = changeKind({
  ...sentAsStored({}),
  kind: 'retract_incident',
  event: 'IncidentRetracted',
  check: (draft) => {
    draft.status = 'retracted';
  },
  keys: () => ({ reads: [], writes: ['status'] }),
  evolve: (record) => {
    record.status = 'retracted';
  },
  twoApprovals: () => ['it retracts the incident'],
  touches: everything,
});
