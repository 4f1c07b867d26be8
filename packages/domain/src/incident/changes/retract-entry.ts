import { z } from 'zod';
import { idOrRef } from '../../values/shapes.ts';
import { checkCitations } from '../draft.ts';
import { entryId } from '../things/form.ts';
import { reinstatedEntry } from './inverses.ts';
import { changeKind, entry, some, unplaced } from './kind.ts';
import {
  checkReplacedBy,
  dropOwn,
  readReasoned,
  replacedByNothing,
  retraction,
  retractionOf,
  sentReasoned,
  storedReasoned,
} from './own.ts';
import { checkEntry, entryOf } from './reinstate-entry.ts';

/** The record takes a dispute, proceeding or ruling back. */
export const retractEntry = changeKind({
  ...retraction,
  kind: 'retract_entry',
  event: 'EntryRetracted',
  older: [replacedByNothing, unplaced(2)],
  sent: z
    .strictObject({
      target: entryId,
      replacedBy: idOrRef('dispute', 'proceeding', 'ruling')
        .nullable()
        .default(null)
        .describe('What stands in its place, of the same kind'),
      ...sentReasoned,
    })
    .describe('The record takes a dispute, proceeding or ruling back. It takes two approvals'),
  read: z.object({ target: entryId, replacedBy: entryId.nullable().describe('What stands in its place'), ...readReasoned }),
  stored: z.strictObject({ target: entryId, replacedBy: entryId.nullable(), ...storedReasoned }),
  resolve: ({ replacedBy, ...sent }, at) => ({
    ...sent,
    replacedBy: replacedBy === null ? null : at.named(replacedBy, '/replacedBy', 'dispute', 'proceeding', 'ruling'),
    citations: at.citations(sent.citations, '/citations'),
  }),
  check: (draft, report, { target, replacedBy, citations }) => {
    checkCitations(draft, report, citations, '/citations');
    checkEntry(draft, report, target, true);
    checkReplacedBy(draft, report, target, replacedBy);
  },
  keys: ({ target, replacedBy }) => ({ reads: [entry(target), ...some(replacedBy, entry)], writes: [entry(target)] }),
  evolve: (record, change, event) => {
    const there = entryOf(record, change.target);
    if (!there) return;
    dropOwn(record, there.retraction);
    Object.assign(there, { retracted: true, retraction: retractionOf(record, change.target, change, event) });
  },
  inverse: ({ target }, undoing) => reinstatedEntry(target, undoing),
  does: 'it retracts an entry',
});
