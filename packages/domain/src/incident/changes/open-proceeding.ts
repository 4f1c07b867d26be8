import { z } from 'zod';
import { withNumberAsCase } from '../../values/case-number.ts';
import { proceedingInEdit } from '../../views/documents/entries.ts';
import { originIn, originOf } from '../draft.ts';
import { made } from '../things/form.ts';
import { checkProceeding, proceedingContent, sentProceeding, storedProceeding } from '../things/proceeding.ts';
import { retractedEntry } from './inverses.ts';
import { changeKind, content, entry, type OlderForm, some, unplaced, usual } from './kind.ts';

/** Before its case number was a text there was no tag of it. */
const numberInTheOpen: OlderForm = {
  schema: 1,
  inEdits: 3,
  upcast: (data) => ({ ...data, proceeding: withNumberAsCase(data.proceeding) }),
};

/** A proceeding enters the record. */
export const openProceeding = changeKind({
  ...usual,
  older: [numberInTheOpen, unplaced(2)],
  kind: 'open_proceeding',
  event: 'ProceedingOpened',
  sent: sentProceeding.extend(made('proceeding')).describe('A proceeding enters the record: a charge, a lawsuit, an investigation'),
  read: proceedingInEdit,
  stored: z.strictObject({ proceeding: storedProceeding }),
  place: 'anywhere',
  makes: 'proceeding',
  refOf: ({ ref }) => ref,
  idOf: ({ id }) => id,
  resolve: ({ kind, ref: _, ...proceeding }, at) => ({
    kind,
    proceeding: {
      ...proceeding,
      id: at.id('proceeding'),
      case: at.caseOf(proceeding.caseNumber),
      continues: at.namedOrNull(proceeding.continues, '/continues', 'proceeding'),
      claims: at.namedAll(proceeding.claims, '/claims', 'claim'),
      citations: at.citations(proceeding.citations, '/citations'),
    },
  }),
  check: (draft, report, { proceeding }) => {
    draft.proceedings.set(proceeding.id, {
      ...originIn(draft),
      proceeding,
      updates: [],
      retracted: false,
      retraction: null,
      revision: draft.next,
    });
    checkProceeding(draft, report, proceeding);
  },
  keys: ({ proceeding }) => ({
    reads: [...proceeding.claims.map(content), ...some(proceeding.continues, entry)],
    writes: [entry(proceeding.id)],
  }),
  evolve: (record, { proceeding }, event) => {
    record.proceedings.set(proceeding.id, {
      ...originOf(event),
      proceeding: { ...proceeding },
      updates: [],
      retracted: false,
      retraction: null,
      revision: event.revision,
    });
  },
  inverse: ({ proceeding }, undoing) => retractedEntry(proceeding.id, undoing),
  does: 'it opens a proceeding',
  brings: ({ proceeding }) => proceeding,
  sets: ({ proceeding }) => ({ target: proceeding.id, correction: null }),
  document: ({ kind, proceeding }, ref) => ({ kind, ref: ref(proceeding.id), ...proceedingContent(proceeding) }),
});
