import { z } from 'zod';
import type { PartyFacts } from '../../party/shapes.ts';
import type { Standing } from '../../rules/standing.ts';
import { idOf, oneOf, text } from './parts.ts';

/** Parties and sources as documents name them. */

const kind = oneOf<PartyFacts['kind']>();
export const partyShape = z.object({
  id: idOf('party'),
  name: text,
  kind: kind.nullable(),
  parent: idOf('party').nullable(),
  private: z.boolean(),
});
export const agencyShape = partyShape.pick({ id: true, name: true, kind: true });
export const translation = oneOf<'human' | 'machine'>();
export const originalUrl = text.describe(
  'Where that stands which the source is a translation of; null where nobody said, and once it was erased',
);
/** A source's text is never among it. */
export const sourceShape = z.object({
  id: idOf('source'),
  title: text,
  publisher: text,
  url: text,
  revision: z.int(),
  language: z.string().nullable(),
  translation: translation.nullable(),
  translatedFrom: z.string().nullable(),
  originalUrl,
});

export const partySummaryShape = z.object({
  party: z.object({ id: idOf('party'), name: text, kind }),
  counted: z.string().describe('What is counted, in words'),
  incidents: z.int(),
  claims: z.int(),
  /** Every standing, those without claims too. There is no ratio: how often a court looked says nothing of how often it should have. */
  byStanding: z.array(z.object({ standing: oneOf<Standing>(), claims: z.int(), links: z.object({ claims: z.string() }) })),
  links: z.object({ party: z.string(), claims: z.string() }),
});

export type PartyDocument = z.output<typeof partyShape>;
export type AgencyDocument = z.output<typeof agencyShape>;
export type SourceDocument = z.output<typeof sourceShape>;
export type PartySummary = z.output<typeof partySummaryShape>;
