import { z } from 'zod';
import { tellCited } from '../../rules/contradictions.ts';
import { citationDocuments } from '../../source/citation.ts';
import { idOrRef, typeId } from '../../values/shapes.ts';
import { citations as cited } from '../../views/documents/citation.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkCitations, checkThere } from '../draft.ts';
import { asSent, asStored } from '../things/form.ts';
import { citingAgain } from './inverses.ts';
import { both, changeKind, content, unplaced, usual } from './kind.ts';

/** A claim is found in a further place, or in a further source. */
export const addCitation = changeKind({
  ...usual,
  kind: 'add_citation',
  older: [unplaced(1)],
  event: 'CitationAdded',
  sent: z
    .strictObject({ claim: idOrRef('claim').describe('The claim'), citations: asSent.citations.describe('Where it stands too') })
    .describe('A claim gets further citations'),
  stored: z.strictObject({ claim: typeId('claim'), citations: asStored.citations }),
  read: z.object({ claim: idOf('claim'), citations: cited.describe('Where it stands too') }),
  actsOn: ({ claim }) => claim,
  resolve: ({ kind, claim, citations }, at) => ({
    kind,
    claim: at.named(claim, '/claim', 'claim'),
    citations: at.citations(citations, '/citations'),
  }),
  check: (draft, report, { claim, citations }) => {
    checkThere(report, draft.claims.get(claim), 'claim', claim, '/claim');
    checkCitations(draft, report, citations, '/citations');
  },
  keys: ({ claim }) => both(content(claim)),
  evolve: (record, { claim, citations }) => void record.claims.get(claim)?.claim.citations.push(...citations),
  inverse: ({ claim, citations }, { now, reason }) => {
    const added = new Set(citations.map((cited) => JSON.stringify(cited)));
    const held = now.claims.get(claim)?.claim.citations ?? [];
    const left = held.filter((cited) => !added.has(JSON.stringify(cited)));
    return held.length - left.length < added.size || left.length === 0
      ? 'its quotations were corrected since: undo that first'
      : citingAgain(claim, citationDocuments(left), { reason });
  },
  does: 'it adds a citation',
  sets: ({ claim }) => ({ target: claim, correction: null }),
  tells: ({ claim, citations }, claims, tell) => {
    const held = claims.get(claim);
    if (held) tellCited(held, citations, tell);
  },
  document: ({ kind, claim, citations }) => ({ kind, claim, citations: citationDocuments(citations) }),
});
