import { z } from 'zod';
import type { Citation } from '../../source/citation.ts';
import { concealed, type EachOf, idOf, oneOf } from './parts.ts';

const quote = z.object({
  exact: z.string(),
  prefix: z.string().nullable(),
  suffix: z.string().nullable(),
  shortened: z
    .literal(true)
    .optional()
    .describe(
      'Without a key, and for apps: the quote has more than 300 code points, or more of this source is quoted than may be public, so `exact` is its first words, or empty',
    ),
});

export const citationShape = z.object({
  source: idOf('source'),
  revision: z.int().min(1),
  quote: quote.nullable(),
  position: z.object({ start: z.int(), end: z.int() }).describe('Unicode code points, end exclusive'),
  part: oneOf<Citation['part']>().nullable(),
  concealed,
} satisfies EachOf<Citation>);
export const citations = z.array(citationShape);

export type CitationDocument = z.output<typeof citationShape>;
