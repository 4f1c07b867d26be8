import { z } from 'zod';
import { typeId } from '../../values/shapes.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkCitations, checkThere } from '../draft.ts';
import { isOpen } from '../naming.ts';
import { reinstatedEntry } from './inverses.ts';
import { both, changeKind, entry, unplaced } from './kind.ts';
import { citedNothing, dropOwn, readReasoned, reasoned, reasonOf, sentReasoned, storedReasoned } from './own.ts';

/** Who contested a claim no longer does. */
export const withdrawDispute = changeKind({
  ...reasoned,
  kind: 'withdraw_dispute',
  event: 'DisputeWithdrawn',
  older: [citedNothing, unplaced(2)],
  sent: z
    .strictObject({ dispute: typeId('dispute').describe('The dispute'), ...sentReasoned })
    .describe('Whoever contested a claim does so no longer'),
  read: z.object({ dispute: idOf('dispute'), ...readReasoned }),
  stored: z.strictObject({ dispute: typeId('dispute'), ...storedReasoned }),
  resolve: (sent, at) => ({ ...sent, citations: at.citations(sent.citations, '/citations') }),
  check: (draft, report, { dispute, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    const there = checkThere(report, draft.disputes.get(dispute), 'dispute', dispute, '/dispute');
    if (!there) return;
    if (!isOpen(there)) report('/dispute', `names a dispute that was ${there.retracted ? 'retracted' : 'withdrawn'} before`, 'RecordState');
    draft.disputes.set(dispute, { ...there, withdrawn: true });
  },
  keys: ({ dispute }) => both(entry(dispute)),
  evolve: (record, change, event) => {
    const there = record.disputes.get(change.dispute);
    if (!there) return;
    dropOwn(record, there.withdrawal);
    Object.assign(there, { withdrawn: true, withdrawal: reasonOf(record, change.dispute, change, event) });
  },
  inverse: ({ dispute }, undoing) => reinstatedEntry(dispute, undoing),
  does: 'it withdraws a dispute',
});
