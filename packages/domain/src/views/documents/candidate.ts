import { z } from 'zod';
import type { ReasonCode } from '../../candidates/score.ts';
import { idOf, oneOf, strings } from './parts.ts';

const likely = {
  score: z.int().min(0).max(100).describe('How much speaks for it, from 50 to 100: the points of the reasons together'),
  reasons: z
    .array(
      z.object({
        code: oneOf<ReasonCode>().describe(
          'What the two share, or differ in, such as `same_day` or `like_person`; docs/candidates.md has them all',
        ),
        points: z.int().describe('How much it counts for it; less than nothing, against it'),
      }),
    )
    .describe('Why. What rests on private people is told to those alone who may read their names, and counts for nobody else'),
};

/** An incident that may be the same as the one asked about. */
export const candidateShape = z.object({
  incidentId: idOf('incident').describe('The other incident'),
  ...likely,
  status: oneOf<'proposed' | 'published' | 'retracted'>().describe('Of the other incident: `proposed`, `published` or `retracted`'),
});
export const candidatePairShape = z.object({ incidents: strings.describe('The ids of the two'), ...likely });

export type Candidate = z.output<typeof candidateShape>;
export type CandidatePair = z.output<typeof candidatePairShape>;
