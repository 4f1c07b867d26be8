import { z } from 'zod';
import type { Citation } from '../../source/citation.ts';
import { concealed, type EachOf, idOf, oneOf } from './parts.ts';

const quote = z.object({
  exact: z.string().describe('The words of the passage, as the text has them'),
  prefix: z.string().nullable().describe('What stands right before it, where that was sent'),
  suffix: z.string().nullable().describe('What stands right after it, where that was sent'),
  shortened: z
    .literal(true)
    .optional()
    .describe(
      'Without a key, and for apps: the quote has more than 300 code points, or more of this source is quoted than may be public, so `exact` is its first words, or empty',
    ),
});

export const citationShape = z.object({
  source: idOf('source').describe('The source that is quoted'),
  revision: z.int().min(1).describe('The revision of its text'),
  quote: quote.nullable().describe('The passage; null once it was erased, and of a described scene'),
  position: z
    .object({ start: z.int().describe('Code points before it'), end: z.int().describe('Code points up to its end') })
    .nullable()
    .describe('Where it stands in the text: Unicode code points, end exclusive. Null of a described scene'),
  part: oneOf<Citation['part']>().nullable().describe('`headline`, `lead`, `body` or `caption`; null where nobody said'),
  page: z.int().nullable().describe('The page on which it begins; null where it has none, or nobody said'),
  from: z.number().nullable().describe('Of a film: where it begins, in seconds from the beginning'),
  to: z.number().nullable().describe('Of a film: where it ends'),
  scene: z.string().nullable().describe('What is seen or heard there, where no text is quoted; null elsewhere, and once it was erased'),
  concealed,
} satisfies EachOf<Citation>);
export const citations = z.array(citationShape);

export type CitationDocument = z.output<typeof citationShape>;
