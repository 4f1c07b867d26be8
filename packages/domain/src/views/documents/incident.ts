import { z } from 'zod';
import { ground } from '../../erasure/shapes.ts';
import type { IncidentRecord } from '../../incident/state.ts';
import type { IncidentFields } from '../../incident/things/incident.ts';
import type { AspectState } from '../../rules/states.ts';
import { externalIdShape } from '../../values/external-id.ts';
import { claimShape } from './claim.ts';
import { correctionShape, disputeShape, proceedingShape, rulingShape } from './entries.ts';
import { incidentMembers } from './members.ts';
import { concealed, type EachOf, idOf, instant, namesWithheld, oneOf, revision, strings, text } from './parts.ts';
import { agencyShape, partyShape, sourceShape } from './party.ts';
import { retractionShape } from './reasons.ts';

export const occurredShape = z.object({
  date: z.string().nullable().describe(incidentMembers.date),
  dateText: text.describe(incidentMembers.dateText),
  time: z.string().nullable().describe(incidentMembers.time),
  approximate: z.boolean().describe(incidentMembers.approximate),
  timeZone: z.string().nullable().describe(incidentMembers.timeZone),
  fold: z.int().nullable().describe(incidentMembers.fold),
  concealed,
} satisfies EachOf<IncidentFields['occurred']>);
export const placeShape = z.object({
  text: text.describe(`${incidentMembers.text}; null once it was erased`),
  locality: text.describe(`${incidentMembers.locality}; null where it is not known, and once it was erased`),
  region: z.string().nullable().describe(incidentMembers.region),
  country: z.string().nullable().describe(incidentMembers.country),
  point: z
    .object({ lat: z.number().describe(incidentMembers.lat), lon: z.number().describe(incidentMembers.lon) })
    .nullable()
    .describe(incidentMembers.point),
  precision: oneOf<NonNullable<IncidentFields['place']>['precision']>().describe(incidentMembers.precision),
  concealed,
} satisfies EachOf<NonNullable<IncidentFields['place']>>);

export const aboutState =
  'What the accounts of it come to, `not_compared`, `decided`, `not_established`, `disputed`, `inconsistent`, `agreed`, `single_account` or `unknown`, the first that holds';
const row = {
  aspect: z.string().describe('A name of `/v1/vocabulary`'),
  about: idOf('party').nullable().describe('Of whom it is told; null where it is about nobody'),
  state: oneOf<AspectState>().describe(aboutState),
};
export const aspectShape = z.object({
  ...row,
  voices: z.int().describe('How many voices are counted'),
  claims: strings.describe('Ids of the claims'),
});

export const incidentShape = z.object({
  id: idOf('incident'),
  revision: revision.nullable().describe('Stream revision of the last record event; null while it is proposed'),
  status: oneOf<Exclude<IncidentRecord['status'], 'none'>>().describe('`proposed`, `published`, `merged` or `retracted`'),
  retraction: retractionShape,
  mergedInto: idOf('incident').nullable().describe('The incident that shows its claims'),
  mergedIntoStatus: oneOf<Exclude<IncidentRecord['status'], 'none'>>()
    .nullable()
    .describe(
      'Status of `mergedInto`, as of the same moment: it may have been merged or retracted later. Null where this incident is not merged',
    ),
  mergedFrom: strings.describe('The incidents whose claims and entries stand here, also by way of others'),
  mergeCut: z.boolean().describe('Its merge closes a circle of merges, which is cut here: it does not count as long as earlier ones last'),
  mergesUnderWay: z
    .array(z.object({ incident: idOf('incident'), to: z.enum(['absorbed', 'released']).describe('What it becomes') }))
    .describe(
      'Merges into this incident, and ends of such, that are decided and have not followed here yet: until then, mostly a moment, this incident is as before',
    ),
  distinctFrom: z
    .array(
      z.object({
        incident: idOf('incident'),
        reason: text.describe('Why; null once it was erased'),
        revision: revision.describe('The revision of this incident that says so'),
        recordedAt: instant.describe('When it was recorded'),
        concealed,
      }),
    )
    .describe('Incidents that it resembles and that a reviewed decision said it is not'),
  title: text.describe(`${incidentMembers.title}; null once it was erased`),
  concealed,
  occurred: occurredShape.nullable().describe('When it was'),
  place: placeShape.nullable().describe('null where it is not known'),
  agencies: z.array(agencyShape).describe(incidentMembers.agencies),
  externalId: externalIdShape,
  aspects: z.array(aspectShape).describe('What was told of it, aspect by aspect, and what the accounts come to'),
  claims: z.array(claimShape).describe('Who said what'),
  disputes: z.array(disputeShape).describe('Who contests what'),
  proceedings: z.array(proceedingShape).describe('Charges, lawsuits, investigations'),
  rulings: z.array(rulingShape).describe('What courts decided'),
  corrections: z.array(correctionShape).describe('What the record said before'),
  parties: z.array(partyShape).describe('All parties that the document names, and those above them'),
  sources: z.array(sourceShape).describe('All sources that it cites'),
  firstRecordedAt: instant.nullable().describe('When the incident was first recorded'),
  recordedAt: instant.nullable().describe('When its record last changed'),
  erased: z
    .array(
      z.object({
        pointer: z.string().describe('JSON Pointer (RFC 6901) to where nothing stands any more'),
        on: instant.describe('When it was erased'),
        decision: idOf('erasure').nullable().describe('The request that it follows from; null where there was none'),
      }),
    )
    .optional()
    .describe('Where texts were erased; left out where none were'),
  restricted: z
    .array(
      z.object({
        on: instant.describe('Since when'),
        ground: ground,
        decision: idOf('erasure').describe('The request that it follows from'),
      }),
    )
    .optional()
    .describe(
      'Decisions that keep texts of it, or of a source or party that it names, for reviewers and auditors alone; left out where none do',
    ),
  namesWithheld,
} satisfies EachOf<IncidentFields>);

const cell = z.object({
  voice: idOf('party')
    .nullable()
    .describe('Whose claims: those that are no voice (relays, unnamed officials beside others) share the cell of voice null'),
  claims: strings.describe('Ids of the claims'),
});
export const comparisonShape = z.object({
  incidentId: idOf('incident'),
  title: incidentShape.shape.title,
  revision: revision.nullable().describe('The revision that is compared'),
  aspects: z
    .array(
      z.object({
        ...row,
        aboutName: text.describe('What they are called; null where it is about nobody, once it was erased, and where it is withheld'),
        cells: z.array(cell).describe('What each voice says'),
      }),
    )
    .describe('Rows'),
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
    namesWithheld: true,
    agencies: true,
    firstRecordedAt: true,
    recordedAt: true,
  })
  .extend({
    counts: z
      .object({
        claims: z.int().describe('Without the retracted; `claims` and `retractedClaims` together are the `claims` of the incident'),
        retractedClaims: z.int().describe('Those that the record took back'),
        disputes: z.int().describe('Without those withdrawn or retracted'),
        rulings: z.int().describe('Without the retracted'),
        corrections: z.int().describe('All'),
      })
      .describe('How much the record has of it'),
  });

/** An incident as a proposal brings it. */
export const incidentInEdit = z.object({
  title: incidentShape.shape.title,
  occurred: occurredShape,
  place: incidentShape.shape.place,
  agencies: strings.describe(incidentMembers.agencies),
  externalId: externalIdShape,
  concealed,
} satisfies EachOf<IncidentFields>);

export type OccurredDocument = z.output<typeof occurredShape>;
export type PlaceDocument = z.output<typeof placeShape>;
export type AspectDocument = z.output<typeof aspectShape>;
export type IncidentDocument = z.output<typeof incidentShape>;
export type ComparisonDocument = z.output<typeof comparisonShape>;
export type ListItem = z.output<typeof listItemShape>;
