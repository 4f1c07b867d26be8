import { typeId } from '../../values/shapes.ts';
import type { Draft, Report } from '../draft.ts';
import { undistinguished } from './inverses.ts';
import { both, changeKind, sentAsStored } from './kind.ts';
import { dropOwn, noteOwn, saidIn } from './own.ts';

/** The key of what was decided of the two. */
export const distinction = (from: string) => `distinct:${from}`;

/** Refuses where it is so already; leaves the draft as it will be. */
export const setDistinct = (draft: Draft, report: Report, from: string, isDistinct: boolean) => {
  if ((draft.distinctFrom.get(from) ?? false) === isDistinct) {
    report('/from', isDistinct ? 'was distinguished before' : 'is not one that this incident was distinguished from', 'RecordState');
  }
  draft.distinctFrom.set(from, isDistinct);
};

/** The incident is not the other one, however alike they are: nobody is asked about the two again. */
export const distinguishIncident = changeKind({
  ...sentAsStored('The incident is not another one that it resembles. The two are no candidates any more, in either direction', {
    from: typeId('incident').describe('The other incident'),
  }),
  kind: 'distinguish_incident',
  event: 'IncidentDistinguished',
  check: (draft, report, { from }) => {
    const status = draft.facts.incidents(from)?.status;
    if (from === draft.incident) return report('/from', 'is this incident itself');
    if (status === undefined || status === 'none' || status === 'proposed')
      return report('/from', `there is no published incident ${from}`);
    if (status === 'merged') report('/from', 'names an incident that is merged: name the one that shows its claims', 'RecordState');
    setDistinct(draft, report, from, true);
  },
  keys: ({ from }) => both(distinction(from)),
  evolve: (record, { from, reason }, event) => {
    dropOwn(record, record.distinctFrom.get(from) ?? null);
    record.distinctFrom.set(from, noteOwn(record, event.stream, { ...saidIn(event), reason, recordedAt: event.recordedAt }));
  },
  onlySets: ({ from }) => distinction(from),
  inverse: ({ from }, undoing) => undistinguished(from, undoing),
  does: 'it distinguishes the incident from another one',
  incidentsAsked: ({ from }) => [from],
});
