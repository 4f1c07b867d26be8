import { z } from 'zod';
import { checkCitations } from '../../incident/draft.ts';
import { readCitations, sentCitations, storedCitations } from '../../register/correction.ts';
import { both, usual } from '../../register/kind.ts';
import { reasonText } from '../../values/shapes.ts';
import { citationDocuments } from '../citation.ts';
import { textOfSource } from '../shapes.ts';
import { sourceChange } from './kind.ts';

const text = textOfSource.describe('The whole text anew. Quotations go on naming the revision that they were found in');
const why = z
  .enum(['corrected_by_publisher', 'better_extraction', 'translation'])
  .describe('Whether the publisher changed it, or it is read or translated better now');

const readText = z.string().nullable().describe('The whole text; null once it was erased');

/** The source gets a new revision of its text. Those before it stay. */
export const reviseText = sourceChange({
  ...usual,
  kind: 'revise_text',
  does: 'it gives the source another text',
  event: 'SourceTextRevised',
  sent: z
    .strictObject({ text, why, citations: sentCitations })
    .describe('The source gets a new revision of its text; those before it stay'),
  read: z.object({ text: readText, why, citations: readCitations }),
  stored: z.strictObject({ text, why, citations: storedCitations }),
  /** `why` is null, and `reason` there, in an event of before texts were revised by edits. */
  applied: z.strictObject({
    revision: z.int().min(1),
    text,
    why: why.nullable(),
    reason: reasonText.nullable(),
    citations: storedCitations,
  }),
  resolve: (change, at) => ({ ...change, citations: at.citations(change.citations, '/citations') }),
  check: (_, report, { citations }, facts) => checkCitations({ facts }, report, citations, '/citations'),
  keys: () => both('text'),
  data: ({ kind: _, ...change }, { texts }) => ({ revision: texts.length + 1, ...change, reason: null }),
  document: ({ kind, text, why, citations }) => ({ kind, text: text ?? null, why, citations: citationDocuments(citations) }),
});
