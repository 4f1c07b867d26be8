import { z } from 'zod';
import { correctionShape } from './entries.ts';
import { idOf, instant, namesWithheld, oneOf, revision, strings, text } from './parts.ts';

export const erratumShape = z.object({
  id: z.string().describe('Its own, which stays the same'),
  kind: oneOf<'correction' | 'retraction' | 'ruling' | 'erasure' | 'restriction'>().describe(
    '`correction`: the record had it wrong; `retraction`: the record withdrew it; `ruling`: a court contradicted claims; `erasure`: texts were erased; `restriction`: a decision keeps texts from the public',
  ),
  incidentId: idOf('incident').describe('The incident in whose events it stands'),
  incidentTitle: text.describe('Its title; null once it was erased'),
  target: z
    .string()
    .describe(
      'The id of what it is about: the incident, a claim, an entry or a correction; of a ruling the ruling, of the last two kinds the incident',
    ),
  claims: strings.describe('Ids of the claims that it touches'),
  changes: correctionShape.shape.changes.describe('What a correction set anew; empty of all else'),
  reason: text.describe('Why, of a ruling what it found; null once it was erased, and of the last two kinds'),
  replacedBy: z.string().nullable().describe('The id of what stands in the place of what was withdrawn; null where nothing does'),
  applied: z.boolean().describe('Of a ruling, whether what contradicts a claim is in effect now; true of all else'),
  places: z.int().describe('How many texts of the incident were erased; 0 of all but an erasure'),
  revision: revision.nullable().describe('The revision of the incident that brought it; null of the last two kinds'),
  recordedAt: instant.describe('When it was recorded'),
  updatedAt: instant.describe('When a text of it was last erased, else when it was recorded'),
  gone: instant
    .nullable()
    .describe('When all that it said was erased or kept from sight: whoever has a copy drops it. Null as long as something of it is shown'),
  namesWithheld,
});

export type Erratum = z.output<typeof erratumShape>;
