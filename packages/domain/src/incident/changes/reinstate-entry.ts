import { z } from 'zod';
import { checkCitations, checkThere, type Draft, type Report } from '../draft.ts';
import type { IncidentRecord } from '../state.ts';
import { entryId } from '../things/form.ts';
import { retractedEntry, withdrawnDispute } from './inverses.ts';
import { both, changeKind, entry, unplaced } from './kind.ts';
import { dropOwn, readReasoned, reasoned, sentReasoned, storedReasoned } from './own.ts';

/** A dispute, proceeding or ruling of the record. */
export const entryOf = ({ disputes, proceedings, rulings }: IncidentRecord, id: string) =>
  disputes.get(id) ?? proceedings.get(id) ?? rulings.get(id);

/** Lays over the draft that an entry is retracted, or is no more; refuses what is so already. */
export const checkEntry = ({ disputes, proceedings, rulings }: Draft, report: Report, target: string, retracted: boolean) => {
  const [dispute, proceeding, ruling] = [disputes.get(target), proceedings.get(target), rulings.get(target)];
  const there = checkThere(report, dispute ?? proceeding ?? ruling, 'entry', target, '/target');
  if (there?.retracted === retracted) report('/target', retracted ? 'was retracted before' : 'is not retracted', 'RecordState');
  if (dispute) disputes.set(target, { ...dispute, retracted });
  if (proceeding) proceedings.set(target, { ...proceeding, retracted });
  if (ruling) rulings.set(target, { ...ruling, retracted });
};

/** A dispute, proceeding or ruling that was taken back stands again; a dispute also that was withdrawn. */
export const reinstateEntry = changeKind({
  ...reasoned,
  kind: 'reinstate_entry',
  older: [unplaced(1)],
  event: 'EntryReinstated',
  sent: z
    .strictObject({ target: entryId, ...sentReasoned })
    .describe('A dispute, proceeding or ruling that was taken back stands again, or a dispute that was withdrawn. It takes two approvals'),
  read: z.object({ target: entryId, ...readReasoned }),
  stored: z.strictObject({ target: entryId, ...storedReasoned }),
  resolve: (sent, at) => ({ ...sent, citations: at.citations(sent.citations, '/citations') }),
  check: (draft, report, { target, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    const dispute = draft.disputes.get(target);
    if (dispute?.withdrawn && !dispute.retracted) draft.disputes.set(target, { ...dispute, withdrawn: false });
    else checkEntry(draft, report, target, false);
  },
  keys: ({ target }) => both(entry(target)),
  evolve: (record, { target }) => {
    const there = entryOf(record, target);
    if (!there) return;
    if (there.retracted) {
      dropOwn(record, there.retraction);
      Object.assign(there, { retracted: false, retraction: null });
      return;
    }
    const dispute = record.disputes.get(target);
    if (!dispute) return;
    dropOwn(record, dispute.withdrawal);
    Object.assign(dispute, { withdrawn: false, withdrawal: null });
  },
  inverse: ({ target }, undoing) =>
    entryOf(undoing.before, target)?.retracted ? retractedEntry(target, undoing) : withdrawnDispute(target, undoing),
  does: 'it reinstates an entry',
});
