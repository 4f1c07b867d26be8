import { typeId } from '../../values/shapes.ts';
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
    const other = draft.facts.incidents(into);
    const status = other?.status;
    if (into === draft.incident) report('/into', 'is this incident itself');
    else if (status === undefined || status === 'none' || status === 'proposed') report('/into', `there is no published incident ${into}`);
    else if (status !== 'published')
      report('/into', `names an incident that is ${status}: merge into one that is published`, 'RecordState');
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
  twoApprovals: () => ['it merges the incident'],
  touches: everything,
  incidentsAsked: ({ into }) => [into],
});
