import { typeId } from '../../values/shapes.ts';
import { checkPublished } from '../draft.ts';
import { unmerged } from './inverses.ts';
import { changeKind, everything, sentAsStored } from './kind.ts';

/** The incident is another one: the other shows its claims. */
export const mergeIncident = changeKind({
  ...sentAsStored('The incident is another one, which shows its claims from then on. It takes two approvals', {
    into: typeId('incident').describe('The other incident'),
  }),
  kind: 'merge_incident',
  event: 'IncidentMerged',
  check: (draft, report, { into }) => {
    checkPublished(draft, report, into, '/into');
    const other = draft.facts.incidents(into);
    if (draft.distinctFrom.get(into) || (draft.incident !== null && other?.distinctFrom?.has(draft.incident)))
      report('/into', 'names an incident from which this one was distinguished: take that back first', 'RecordState');
    draft.status = 'merged';
  },
  keys: () => ({ reads: [], writes: ['status'] }),
  evolve: (record, { into }, { revision, position }) => {
    record.status = 'merged';
    record.mergedInto = into;
    record.mergedAt = { revision, position };
  },
  inverse: (_, undoing) => unmerged(undoing),
  does: 'it merges the incident',
  touches: everything,
  incidentsAsked: ({ into }) => [into],
});
