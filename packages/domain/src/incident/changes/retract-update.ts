import { z } from 'zod';
import { citationDocuments } from '../../source/citation.ts';
import { typeId } from '../../values/shapes.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkCitations, checkThere } from '../draft.ts';
import { updatedProceeding } from './inverses.ts';
import { both, changeKey, changeKind, entry } from './kind.ts';
import { readReasoned, reasoned, reasonOf, sentReasoned, storedReasoned } from './own.ts';

const revision = z.int().min(0).describe("The revision of the update's event");

/** The record takes back that a proceeding went on so. */
export const retractUpdate = changeKind({
  ...reasoned,
  kind: 'retract_update',
  event: 'ProceedingUpdateRetracted',
  sent: z
    .strictObject({ proceeding: typeId('proceeding').describe('The proceeding'), revision, ...sentReasoned })
    .describe('The record takes an update of a proceeding back. It takes two approvals'),
  read: z.object({ proceeding: idOf('proceeding'), revision, ...readReasoned }),
  stored: z.strictObject({ proceeding: typeId('proceeding'), revision, ...storedReasoned }),
  resolve: (sent, at) => ({ ...sent, citations: at.citations(sent.citations, '/citations') }),
  check: (draft, report, { proceeding, revision: of, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    const there = checkThere(report, draft.proceedings.get(proceeding), 'proceeding', proceeding, '/proceeding');
    if (!there) return;
    const update = there.updates.find((one) => one.revision === of && one.incident === draft.incident);
    if (!update) return report('/revision', `no update at revision ${of} is of this proceeding`);
    if (update.retraction) report('/revision', 'names an update that was retracted before', 'RecordState');
    const updates = there.updates.map((one) => (one === update ? { ...one, retraction: { reason: null } } : one));
    draft.proceedings.set(proceeding, { ...there, updates: updates as typeof there.updates });
  },
  keys: ({ proceeding, revision: of }) => both(entry(proceeding), changeKey(of)),
  evolve: (record, change, event) => {
    const update = record.proceedings
      .get(change.proceeding)
      ?.updates.find((one) => one.revision === change.revision && one.incident === event.stream);
    if (update) update.retraction = reasonOf(record, change.proceeding, change, event);
  },
  inverse: ({ proceeding, revision: of }, { before, event }) => {
    const update = before.proceedings.get(proceeding)?.updates.find((one) => one.revision === of && one.incident === event.stream);
    if (update === undefined || update.note === undefined) return 'a text of the update was erased';
    const { on, status, note, citations } = update;
    return updatedProceeding(proceeding, { on, status, note, citations: citationDocuments(citations) });
  },
  does: 'it retracts an update',
});
