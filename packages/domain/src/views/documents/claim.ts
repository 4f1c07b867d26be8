import { z } from 'zod';
import type { ClaimEntry } from '../../incident/state.ts';
import type { Claim } from '../../incident/things/claim.ts';
import type { ClaimValue } from '../../incident/things/value.ts';
import type { ClaimStanding, Mark, Standing } from '../../rules/standing.ts';
import { citations } from './citation.ts';
import { concealed, type EachOf, idOf, known, oneOf, revision, strings, text } from './parts.ts';
import { originalUrl, translation } from './party.ts';
import { retractionShape } from './reasons.ts';

export type ValueDocument =
  | Exclude<ClaimValue, { kind: 'text' }>
  | { kind: 'text'; value: string | null; alternatives: string[] | null; concealed?: true };

export const claimShape = z.object({
  id: idOf('claim'),
  incidentId: idOf('incident').describe('The incident in whose events it stands: another one where that is merged into this one'),
  aspect: z.string(),
  about: idOf('party').nullable(),
  value: known<ValueDocument>(z.looseObject({ kind: z.string() }).describe('As sent')),
  statement: text,
  lang: z.string(),
  speaker: idOf('party'),
  capacity: oneOf<Claim['capacity']>(),
  stance: oneOf<Claim['stance']>(),
  onBehalfOf: idOf('party').nullable(),
  via: strings,
  rendering: oneOf<Claim['rendering']>().nullable(),
  ownReporting: z.boolean(),
  saidAt: z.string().nullable(),
  validAt: z.string().nullable(),
  replaces: idOf('claim').nullable(),
  relatesTo: z.array(z.object({ claim: idOf('claim'), as: oneOf<Claim['relatesTo'][number]['as']>() })),
  scope: known<Claim['scope']>(z.unknown()),
  flags: z
    .array(oneOf<Claim['flags'][number]>())
    .describe('As sent, and `machine_translated` by itself where a source that the claim cites is a machine translation'),
  translations: z
    .array(z.object({ source: idOf('source'), translation, translatedFrom: z.string().nullable(), originalUrl }))
    .describe('Those of the sources it cites that are translations'),
  citations,
  rank: oneOf<ClaimEntry['rank']>(),
  rankReason: text,
  retraction: retractionShape,
  standing: oneOf<Standing>().describe('The first mark that applies; `standing` (on record, never "true") where there is none'),
  marks: z.array(oneOf<Mark>()),
  /** The voice that the claim has in the row of its aspect; null where it is none. */
  voice: idOf('party').nullable(),
  attributed: z
    .string()
    .nullable()
    .describe(
      'Who said what, as a sentence for apps to show: "<Speaker> (<capacity>) denied that …". The statement stands beside it. null once a text of the value was erased',
    ),
  decision: text.describe('"contradicted by <court>, <date>", where a ruling decides the claim; with ", subject to appeal" where it is'),
  decidedBy: known<ClaimStanding['decidedBy']>(z.unknown()),
  disputes: strings,
  rulings: strings,
  corrections: strings,
  /** Disputes and rulings that named the claim until a correction changed what it says; they no longer apply. */
  detached: strings,
  addedAtRevision: revision,
  concealed,
} satisfies EachOf<Claim>);

export type ClaimDocument = z.output<typeof claimShape>;
