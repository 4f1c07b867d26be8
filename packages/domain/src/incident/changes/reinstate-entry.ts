import { z } from 'zod';
import { checkCitations, checkThere, type Draft, type Report } from '../draft.ts';
import type { IncidentRecord } from '../state.ts';
import { entryId } from '../things/form.ts';
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

/** A dispute, proceeding or ruling that was taken back stands again. */
export const reinstateEntry = changeKind({
  ...reasoned,
  kind: 'reinstate_entry',
  older: [unplaced(1)],
  event: 'EntryReinstated',
  sent: z
    .strictObject({ target: entryId, ...sentReasoned })
    .describe('A dispute, proceeding or ruling that was taken back stands again. It takes two approvals'),
  read: z.object({ target: entryId, ...readReasoned }),
  stored: z.strictObject({ target: entryId, ...storedReasoned }),
  resolve: (sent, at) => ({ ...sent, citations: at.citations(sent.citations, '/citations') }),
  check: (draft, report, { target, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    checkEntry(draft, report, target, false);
  },
  keys: ({ target }) => both(entry(target)),
  evolve: (record, { target }) => {
    const there = entryOf(record, target);
    if (!there) return;
    dropOwn(record, there.retraction);
    Object.assign(there, { retracted: false, retraction: null });
  },
  twoApprovals: () => ['it reinstates an entry'],
});
