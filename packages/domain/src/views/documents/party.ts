import { z } from 'zod';
import type { PartyFacts } from '../../party/shapes.ts';
import type { Standing } from '../../rules/standing.ts';
import { concealed, idOf, oneOf, text } from './parts.ts';

/** Parties and sources as documents name them. */

const kind = oneOf<PartyFacts['kind']>().describe('`agency`, `court`, `outlet`, `organisation`, `person` or `described_role`');
export const partyShape = z.object({
  id: idOf('party'),
  name: text.describe('Null once it was erased; without a key and for apps also that of a private person'),
  kind: kind.nullable(),
  parent: idOf('party').nullable().describe('The body that it belongs to'),
  mergedInto: idOf('party').nullable().describe('The party that it is, under another name; null where it is one of its own'),
  private: z.boolean().describe('Whether the name is kept from the public'),
  concealed,
});
export const agencyShape = partyShape.pick({ id: true, name: true, kind: true, concealed: true });
export const translation = oneOf<'human' | 'machine'>().describe(
  'Who translated it: `human` or `machine`; null where it is no translation',
);
export const translatedFrom = z.string().nullable().describe('The language of what it is a translation of');
export const originalUrl = text.describe(
  'Where that stands which the source is a translation of; null where nobody said, and once it was erased',
);
/** A source's text is never among it. */
export const sourceShape = z.object({
  id: idOf('source'),
  title: text.describe('Null where it has none, and once it was erased'),
  publisher: text.describe('Null where it has none, and once it was erased'),
  url: text.describe('Null where it has none, and once it was erased'),
  revision: z.int().describe('Of its text, from 1; 0 of a film without one'),
  language: z.string().nullable().describe('A BCP 47 tag'),
  translation: translation.nullable(),
  translatedFrom,
  originalUrl,
  concealed,
});

const claimsLink = z.string().describe('Path of the list of these claims');
export const partySummaryShape = z.object({
  party: z.object({ id: idOf('party'), name: text, kind }).describe('Who spoke'),
  counted: z.string().describe('What is counted, in words'),
  incidents: z.int().describe('In how many incidents'),
  claims: z.int().describe('How many claims'),
  byStanding: z
    .array(
      z.object({
        standing: oneOf<Standing>().describe('`standing`, or a mark'),
        claims: z.int().describe('How many'),
        links: z.object({ claims: claimsLink }).describe('Where to read them'),
      }),
    )
    .describe(
      'Every standing, those without claims too. There is no ratio: how often a court looked says nothing of how often it should have',
    ),
  links: z.object({ party: z.string().describe('Path of the party'), claims: claimsLink }).describe('Where to read on'),
});

export type PartyDocument = z.output<typeof partyShape>;
export type AgencyDocument = z.output<typeof agencyShape>;
export type SourceDocument = z.output<typeof sourceShape>;
export type PartySummary = z.output<typeof partySummaryShape>;
