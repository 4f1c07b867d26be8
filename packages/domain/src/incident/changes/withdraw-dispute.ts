import { typeId } from '../../values/shapes.ts';
import { checkThere } from '../draft.ts';
import { isOpen } from '../naming.ts';
import { both, changeKind, entry, oneApproval, sentAsStored } from './kind.ts';

/** Who contested a claim no longer does. */
export const withdrawDispute = changeKind({
  ...sentAsStored({ dispute: typeId('dispute') }),
  kind: 'withdraw_dispute',
  event: 'DisputeWithdrawn',
  check: (draft, report, { dispute }) => {
    const there = checkThere(report, draft.disputes.get(dispute), 'dispute', dispute, '/dispute');
    if (!there) return;
    if (!isOpen(there)) report('/dispute', `names a dispute that was ${there.retracted ? 'retracted' : 'withdrawn'} before`, 'RecordState');
    draft.disputes.set(dispute, { ...there, withdrawn: true });
  },
  keys: ({ dispute }) => both(entry(dispute)),
  evolve: (record, { dispute, reason }) => {
    const there = record.disputes.get(dispute);
    if (there) Object.assign(there, { withdrawn: true, reason: reason ?? null });
  },
  twoApprovals: oneApproval,
});
