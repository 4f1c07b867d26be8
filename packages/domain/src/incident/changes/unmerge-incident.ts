import { mergedInto } from './inverses.ts';
import { changeKind, everything, sentAsStored } from './kind.ts';

/** Whether one of the changes takes a merge back. */
export const takeMergeBack = (changes: readonly { kind: string }[]): boolean => changes.some(({ kind }) => kind === 'unmerge_incident');

/** A merge is taken back. It is the only change that a merged incident takes. */
export const unmergeIncident = changeKind({
  ...sentAsStored('A merge is taken back. It takes two approvals', {}),
  kind: 'unmerge_incident',
  event: 'IncidentUnmerged',
  takenWhen: (status) => status === 'merged',
  check: (draft, report) => {
    if (draft.status !== 'merged') report('', 'takes back a merge, but the incident is not merged', 'RecordState');
    draft.status = 'published';
  },
  keys: () => ({ reads: [], writes: ['status'] }),
  evolve: (record) => {
    record.status = 'published';
    record.mergedInto = null;
    record.mergedAt = null;
  },
  inverse: (_, undoing) => mergedInto(undoing.before.mergedInto, undoing),
  does: 'it takes a merge back',
  touches: everything,
});
