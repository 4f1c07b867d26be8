import { z } from 'zod';
import type { IncidentRecord } from '../../incident/state.ts';
import type { IncidentFields } from '../../incident/things/incident.ts';
import type { AspectState } from '../../rules/states.ts';
import { claimShape } from './claim.ts';
import { correctionShape, disputeShape, proceedingShape, rulingShape } from './entries.ts';
import { concealed, type EachOf, idOf, instant, oneOf, revision, strings, text } from './parts.ts';
import { agencyShape, partyShape, sourceShape } from './party.ts';
import { retractionShape } from './reasons.ts';

export const occurredShape = z.object({
  date: z.string().nullable().describe('EDTF; `[…,…]` is one of several days'),
  dateText: text,
  time: z.string().nullable().describe('Local time, `HH:MM`, or a span of hours, `HH:MM/HH:MM`'),
  approximate: z.boolean(),
  timeZone: z.string().nullable(),
  fold: z.int().nullable().describe('Of a local time that came twice: 0 the first, 1 the second'),
  concealed,
} satisfies EachOf<IncidentFields['occurred']>);
export const placeShape = z.object({
  text,
  locality: text,
  region: z.string().nullable(),
  country: z.string().nullable().describe('null where it is not known'),
  point: z.object({ lat: z.number(), lon: z.number() }).nullable(),
  precision: oneOf<NonNullable<IncidentFields['place']>['precision']>(),
  concealed,
} satisfies EachOf<NonNullable<IncidentFields['place']>>);

const row = { aspect: z.string(), about: idOf('party').nullable(), state: oneOf<AspectState>() };
export const aspectShape = z.object({ ...row, voices: z.int().describe('How many voices are counted'), claims: strings });

export const incidentShape = z.object({
  id: idOf('incident'),
  revision: revision.nullable().describe('Stream revision of the last record event; null while it is proposed'),
  status: oneOf<Exclude<IncidentRecord['status'], 'none'>>(),
  retraction: retractionShape,
  mergedInto: idOf('incident').nullable(),
  mergedIntoStatus: oneOf<Exclude<IncidentRecord['status'], 'none'>>()
    .nullable()
    .describe(
      'Status of `mergedInto`, as of the same moment: it may have been merged or retracted later. Null where this incident is not merged',
    ),
  mergedFrom: strings.describe('The incidents whose claims and entries stand here, also by way of others'),
  mergeCut: z.boolean().describe('Its merge closes a circle of merges, which is cut here: it does not count as long as earlier ones last'),
  mergesUnderWay: z
    .array(z.object({ incident: idOf('incident'), to: z.enum(['absorbed', 'released']) }))
    .describe(
      'Merges into this incident, and ends of such, that are decided and have not followed here yet: until then, mostly a moment, this incident is as before',
    ),
  title: text,
  concealed,
  occurred: occurredShape.nullable(),
  place: placeShape.nullable().describe('null where it is not known'),
  agencies: z.array(agencyShape),
  aspects: z.array(aspectShape),
  claims: z.array(claimShape),
  disputes: z.array(disputeShape),
  proceedings: z.array(proceedingShape),
  rulings: z.array(rulingShape),
  corrections: z.array(correctionShape),
  /** All parties that the document names, and the parents of those. */
  parties: z.array(partyShape),
  sources: z.array(sourceShape),
  firstRecordedAt: instant.nullable().describe('When the incident was first recorded'),
  recordedAt: instant.nullable().describe('When its record last changed'),
} satisfies EachOf<IncidentFields>);

/** A cell holds the claims of one voice; those that are no voice (relays, unnamed officials beside others) share the cell of voice null. */
const cell = z.object({ voice: idOf('party').nullable(), claims: strings });
export const comparisonShape = z.object({
  incidentId: idOf('incident'),
  revision: revision.nullable(),
  aspects: z.array(z.object({ ...row, cells: z.array(cell) })).describe('Rows'),
  voices: z.array(z.object({ id: idOf('party'), name: text })).describe('Columns'),
});

export const listItemShape = incidentShape
  .pick({
    id: true,
    revision: true,
    status: true,
    title: true,
    occurred: true,
    place: true,
    concealed: true,
    agencies: true,
    firstRecordedAt: true,
    recordedAt: true,
  })
  .extend({
    counts: z.object({
      claims: z.int().describe('Without the retracted; `claims` and `retractedClaims` together are the `claims` of the incident'),
      retractedClaims: z.int(),
      disputes: z.int().describe('Without those withdrawn or retracted'),
      rulings: z.int().describe('Without the retracted'),
      corrections: z.int(),
    }),
  });

export type OccurredDocument = z.output<typeof occurredShape>;
export type PlaceDocument = z.output<typeof placeShape>;
export type AspectDocument = z.output<typeof aspectShape>;
export type IncidentDocument = z.output<typeof incidentShape>;
export type ComparisonDocument = z.output<typeof comparisonShape>;
export type ListItem = z.output<typeof listItemShape>;
