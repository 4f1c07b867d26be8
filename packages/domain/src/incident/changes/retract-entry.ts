import { checkThere } from '../draft.ts';
import { entryId } from '../things/form.ts';
import { both, changeKind, entry, sentAsStored } from './kind.ts';

/** The record takes a dispute, proceeding or ruling back. */
export const retractEntry = changeKind({
  ...sentAsStored({ target: entryId }),
  kind: 'retract_entry',
  event: 'EntryRetracted',
  check: ({ disputes, proceedings, rulings }, report, { target }) => {
    const [dispute, proceeding, ruling] = [disputes.get(target), proceedings.get(target), rulings.get(target)];
    const there = checkThere(report, dispute ?? proceeding ?? ruling, 'entry', target, '/target');
    if (there?.retracted) report('/target', 'was retracted before', 'RecordState');
    if (dispute) disputes.set(target, { ...dispute, retracted: true });
    if (proceeding) proceedings.set(target, { ...proceeding, retracted: true });
    if (ruling) rulings.set(target, { ...ruling, retracted: true });
  },
  keys: ({ target }) => both(entry(target)),
  evolve: ({ disputes, proceedings, rulings }, { target, reason }) => {
    const dispute = disputes.get(target);
    const there = dispute ?? proceedings.get(target) ?? rulings.get(target);
    if (there) there.retracted = true;
    if (dispute) dispute.reason = reason ?? null;
  },
  twoApprovals: () => ['it retracts an entry'],
});
