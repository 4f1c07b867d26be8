import { z } from 'zod';
import { withNumberAsCase } from '../../values/case-number.ts';
import { rulingInEdit } from '../../views/documents/entries.ts';
import { draftNames, originIn, originOf } from '../draft.ts';
import { nameClaims } from '../naming.ts';
import { made } from '../things/form.ts';
import { checkRuling, claimsOfRuling, resolveEffects, rulingContent, sentRuling, storedRuling } from '../things/ruling.ts';
import { retractedEntry } from './inverses.ts';
import { changeKind, effectKeys, entry, type OlderForm, unplaced, usual } from './kind.ts';

/** Before its case number was a text there was no tag of it. */
const numberInTheOpen: OlderForm = {
  schema: 1,
  inEdits: 3,
  upcast: (data) => ({ ...data, ruling: withNumberAsCase(data.ruling) }),
};

/** A court's ruling enters the record. */
export const recordRuling = changeKind({
  ...usual,
  older: [numberInTheOpen, unplaced(2)],
  kind: 'record_ruling',
  event: 'CourtRulingRecorded',
  sent: sentRuling.extend(made('ruling')).describe('A ruling of a court enters the record. It takes two approvals'),
  read: rulingInEdit,
  stored: z.strictObject({ ruling: storedRuling }),
  place: 'anywhere',
  makes: 'ruling',
  refOf: ({ ref }) => ref,
  idOf: ({ id }) => id,
  resolve: ({ kind, ref: _, ...ruling }, at) => ({
    kind,
    ruling: {
      ...ruling,
      id: at.id('ruling'),
      case: at.caseOf(ruling.caseNumber),
      effects: resolveEffects(at, ruling.effects, '/effects'),
      citations: at.citations(ruling.citations, '/citations'),
    },
  }),
  check: (draft, report, { ruling }) => {
    checkRuling(draft, report, ruling, draft.next);
    draft.rulings.set(ruling.id, {
      ...originIn(draft),
      ruling,
      retracted: false,
      retraction: null,
      revision: draft.next,
      recordedAt: null,
    });
    draftNames(draft, ruling.id, claimsOfRuling(ruling));
  },
  keys: ({ ruling }) => {
    const { reads, writes } = effectKeys(ruling.effects);
    return { reads, writes: [entry(ruling.id), ...writes] };
  },
  evolve: (record, { ruling }, event) => {
    record.rulings.set(ruling.id, {
      ...originOf(event),
      ruling: { ...ruling },
      retracted: false,
      retraction: null,
      revision: event.revision,
      recordedAt: event.recordedAt,
    });
    nameClaims(record, ruling.id, claimsOfRuling(ruling));
  },
  inverse: ({ ruling }, undoing) => retractedEntry(ruling.id, undoing),
  does: 'it records a ruling',
  brings: ({ ruling }) => ruling,
  sets: ({ ruling }) => ({ target: ruling.id, correction: null }),
  document: ({ kind, ruling }, ref) => ({ kind, ref: ref(ruling.id), ...rulingContent(ruling) }),
});
