import { z } from 'zod';
import { checkCitations } from '../draft.ts';
import { retractedIncident } from './inverses.ts';
import { changeKind, everything, unplaced } from './kind.ts';
import { dropOwn, readReasoned, reasoned, sentReasoned, storedReasoned } from './own.ts';

/** An incident that was taken back stands again, with all that it held. */
export const reinstateIncident = changeKind({
  ...reasoned,
  kind: 'reinstate_incident',
  older: [unplaced(1)],
  event: 'IncidentReinstated',
  sent: z.strictObject(sentReasoned).describe('An incident that was taken back is published again. It takes two approvals'),
  read: z.object({ ...readReasoned }),
  stored: z.strictObject(storedReasoned),
  takenWhen: (status) => status === 'retracted',
  resolve: (sent, at) => ({ ...sent, citations: at.citations(sent.citations, '/citations') }),
  check: (draft, report, { citations }) => {
    checkCitations(draft, report, citations, '/citations');
    if (draft.status !== 'retracted') report('', 'takes back a retraction, but the incident is not retracted', 'RecordState');
    draft.status = 'published';
  },
  keys: () => ({ reads: [], writes: ['status'] }),
  evolve: (record) => {
    record.status = 'published';
    dropOwn(record, record.retraction);
    record.retraction = null;
  },
  inverse: (_, undoing) => retractedIncident(undoing),
  does: 'it reinstates the incident',
  touches: everything,
});
