import { z } from 'zod';
import type { Reasoned, Retraction } from '../../incident/state.ts';
import { citations } from './citation.ts';
import { concealed, type EachOf, idOf, instant, revision, text } from './parts.ts';

/** Why the record withdrew something, or somebody withdrew a dispute. */
const reasoned = z.object({
  reason: text.describe('Why; null once it was erased'),
  citations: citations.describe('What that rests on'),
  incidentId: idOf('incident').describe('The incident in whose events it stands'),
  revision: revision.describe('The revision of that event'),
  recordedAt: instant.describe('When it was recorded'),
  concealed,
} satisfies EachOf<Omit<Reasoned, 'incident'>>);

export const withdrawalShape = reasoned.nullable().describe('Why it was withdrawn; null unless it was');
export const retractionShape = reasoned
  .extend({ replacedBy: z.string().nullable().describe('The id of what stands in its place') } satisfies Partial<EachOf<Retraction>>)
  .nullable()
  .describe('Why the record withdrew it; null unless it did, and once it is reinstated');

export type WithdrawalDocument = z.output<typeof withdrawalShape>;
export type RetractionDocument = z.output<typeof retractionShape>;
