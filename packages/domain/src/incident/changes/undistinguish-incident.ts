import { typeId } from '../../values/shapes.ts';
import { distinction, setDistinct } from './distinguish-incident.ts';
import { distinguished } from './inverses.ts';
import { both, changeKind, sentAsStored } from './kind.ts';
import { dropOwn } from './own.ts';

/** It may be the other one after all. */
export const undistinguishIncident = changeKind({
  ...sentAsStored('The incident may be another one after all, which it was said not to be', {
    from: typeId('incident').describe('The other incident'),
  }),
  kind: 'undistinguish_incident',
  event: 'IncidentUndistinguished',
  check: (draft, report, { from }) => setDistinct(draft, report, from, false),
  keys: ({ from }) => both(distinction(from)),
  evolve: (record, { from }) => {
    dropOwn(record, record.distinctFrom.get(from) ?? null);
    record.distinctFrom.delete(from);
  },
  onlySets: ({ from }) => distinction(from),
  inverse: ({ from }, undoing) => distinguished(from, undoing),
  does: 'it takes back that the incident is another one',
});
