import { z } from 'zod';
import { citationDocuments } from '../../source/citation.ts';
import { idOrRef, text, typeId } from '../../values/shapes.ts';
import { aDateTime, dateTime } from '../../values/time.ts';
import { citations as cited } from '../../views/documents/citation.ts';
import { concealed, idOf, text as written } from '../../views/documents/parts.ts';
import { checkCitations, checkDateTime, checkThere } from '../draft.ts';
import { asSent, asStored } from '../things/form.ts';
import { checkStatus, proceedingStatus } from '../things/proceeding.ts';
import { retractedUpdate } from './inverses.ts';
import { both, changeKind, entry, unplaced, usual } from './kind.ts';
import { noteOwn, saidIn } from './own.ts';

const fields = {
  on: dateTime.nullable().default(null).describe(`When. ${aDateTime}`),
  status: proceedingStatus.describe('How it stands since: a status of `/v1/vocabulary`'),
  note: text(2000).nullable().default(null).describe('What happened'),
};

/** A proceeding goes on. */
export const updateProceeding = changeKind({
  ...usual,
  kind: 'update_proceeding',
  older: [unplaced(1)],
  event: 'ProceedingUpdated',
  sent: z
    .strictObject({
      proceeding: idOrRef('proceeding').describe('The proceeding'),
      ...fields,
      citations: asSent.citations.describe('Where it is told'),
    })
    .describe('A proceeding goes on'),
  stored: z.strictObject({ proceeding: typeId('proceeding'), ...fields, citations: asStored.citations }),
  read: z.object({
    proceeding: idOf('proceeding'),
    on: z.string().nullable().describe('When'),
    status: z.string().describe('How it stands since: a status of `/v1/vocabulary`'),
    note: written.describe('What happened; null where nobody said, and once it was erased'),
    citations: cited.describe('Where it is told'),
    concealed,
  }),
  own: ['on', 'status', 'note', 'citations'],
  actsOn: ({ proceeding }) => proceeding,
  resolve: (sent, at) => ({
    ...sent,
    proceeding: at.named(sent.proceeding, '/proceeding', 'proceeding'),
    citations: at.citations(sent.citations, '/citations'),
  }),
  check: (draft, report, { proceeding, on, status, citations }) => {
    const there = checkThere(report, draft.proceedings.get(proceeding), 'proceeding', proceeding, '/proceeding');
    if (there?.retracted) report('/proceeding', 'names a proceeding that was retracted', 'RecordState');
    checkStatus(draft, report, status);
    checkDateTime(draft, report, on, '/on');
    checkCitations(draft, report, citations, '/citations');
  },
  keys: ({ proceeding }) => both(entry(proceeding)),
  evolve: (record, { proceeding, on, status, note, citations }, event) => {
    const update = { ...saidIn(event), place: event.revision, on, status, note, citations, retraction: null };
    record.proceedings.get(proceeding)?.updates.push(noteOwn(record, proceeding, update));
  },
  inverse: ({ proceeding }, undoing) => retractedUpdate(proceeding, undoing.event.revision, undoing),
  does: 'it updates a proceeding',
  document: ({ kind, proceeding, on, status, note, citations }) => ({
    kind,
    proceeding,
    on,
    status,
    note: note ?? null,
    citations: citationDocuments(citations),
  }),
});
