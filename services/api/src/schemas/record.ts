import { z } from 'zod';
import { anything, idOf, instant, position, revision, text } from './basics.ts';
import { answeredAs } from './registry.ts';

/** The shapes of the record's documents, as packages/domain renders them. */

const strings = z.array(z.string());
const concealed = z
  .literal(true)
  .optional()
  .describe('A text of this object is shown to reviewers and auditors alone: the correction that replaced it conceals it');

export const citation = answeredAs(
  'Citation',
  z.object({
    source: idOf('source'),
    revision: z.int().min(1),
    quote: z
      .object({
        exact: z.string(),
        prefix: z.string().nullable(),
        suffix: z.string().nullable(),
        shortened: z
          .literal(true)
          .optional()
          .describe(
            'Without a key, and for apps: the quote has more than 300 code points, or more of this source is quoted than may be public, so `exact` is its first words, or empty',
          ),
      })
      .nullable(),
    position: z.object({ start: z.int(), end: z.int() }).describe('Unicode code points, end exclusive'),
    part: z.string().nullable(),
    concealed,
  }),
);
const citations = z.array(citation);

export const occurred = answeredAs(
  'Occurred',
  z.object({
    date: z.string().nullable().describe('EDTF, level 1'),
    dateText: text,
    time: z.string().nullable(),
    approximate: z.boolean(),
    timeZone: z.string().nullable(),
    concealed,
  }),
);
export const place = answeredAs(
  'Place',
  z.object({
    text,
    locality: text,
    region: z.string().nullable(),
    country: z.string(),
    point: z.object({ lat: z.number(), lon: z.number() }).nullable(),
    precision: z.string(),
    concealed,
  }),
);
export const agency = answeredAs('Agency', z.object({ id: idOf('party'), name: text, kind: z.string().nullable() }));

const claimFields = {
  id: idOf('claim'),
  incidentId: idOf('incident'),
  aspect: z.string(),
  about: idOf('party').nullable(),
  value: z.object({ kind: z.string() }).loose().describe('As sent'),
  statement: text,
  lang: z.string(),
  speaker: idOf('party'),
  capacity: z.string(),
  stance: z.string(),
  onBehalfOf: idOf('party').nullable(),
  via: strings,
  rendering: z.string().nullable(),
  ownReporting: z.boolean(),
  saidAt: z.string().nullable(),
  validAt: z.string().nullable(),
  replaces: idOf('claim').nullable(),
  relatesTo: z.array(z.object({ claim: idOf('claim'), as: z.string() })),
  scope: anything,
  flags: strings,
  citations,
  rank: z.string(),
  standing: z.string().describe('The first mark that applies; `standing` (on record, never "true") where there is none'),
  marks: strings,
  attributed: text.describe('"<speaker> (<capacity>) <stance>: <statement>", for apps to show'),
  addedAtRevision: revision,
  concealed,
};
export const claim = answeredAs(
  'Claim',
  z.object({
    ...claimFields,
    rankReason: text,
    voice: idOf('party').nullable(),
    decision: text,
    decidedBy: anything,
    disputes: strings,
    rulings: strings,
    corrections: strings,
    detached: strings,
  }),
);
export const listedClaim = answeredAs('ListedClaim', z.object({ ...claimFields, incidentTitle: text }).loose());

const dispute = answeredAs(
  'Dispute',
  z.object({
    id: idOf('dispute'),
    claim: idOf('claim'),
    basis: z.string(),
    by: idOf('party').nullable(),
    capacity: z.string().nullable(),
    grounds: text,
    counterClaim: idOf('claim').nullable(),
    citations,
    withdrawn: z.boolean(),
    retracted: z.boolean(),
    reason: text,
    addedAtRevision: revision,
    concealed,
  }),
);
const proceeding = answeredAs(
  'Proceeding',
  z.object({
    id: idOf('proceeding'),
    type: z.string(),
    title: text,
    by: idOf('party').nullable(),
    against: idOf('party').nullable(),
    forum: idOf('party').nullable(),
    openedOn: z.string().nullable(),
    status: z.string().describe('The last one, by date and then by order in the record'),
    openedAs: z.string(),
    caseNumber: z.string().nullable(),
    continues: idOf('proceeding').nullable(),
    claims: strings,
    citations,
    updates: z.array(z.object({ on: z.string().nullable(), status: z.string(), note: text, citations, revision })),
    retracted: z.boolean(),
    addedAtRevision: revision,
    concealed,
  }),
);
const effect = z.object({
  claim: idOf('claim').nullable(),
  ruling: idOf('ruling').nullable(),
  proceeding: idOf('proceeding').nullable(),
  effect: z.string().nullable(),
  status: z.string().nullable(),
  citations,
});
const ruling = answeredAs(
  'Ruling',
  z.object({
    id: idOf('ruling'),
    court: idOf('party').nullable(),
    judge: idOf('party').nullable(),
    decidedOn: z.string().nullable(),
    finality: z.string(),
    onMotionOf: text,
    standard: text,
    basis: z.string(),
    caseNumber: z.string().nullable(),
    summary: text,
    citations,
    effects: z.array(effect),
    inForce: z.boolean(),
    retracted: z.boolean(),
    addedAtRevision: revision,
    concealed,
  }),
);
const correction = answeredAs(
  'Correction',
  z.object({
    id: idOf('correction'),
    target: z.string(),
    changes: z.array(z.object({ field: z.string(), from: anything, to: anything, concealed })),
    reason: text,
    citations,
    revision,
    recordedAt: instant,
  }),
);
const aspect = answeredAs(
  'AspectState',
  z.object({
    aspect: z.string(),
    about: idOf('party').nullable(),
    state: z.string(),
    voices: z.int().describe('How many voices are counted'),
    claims: strings,
  }),
);

const incidentFields = {
  id: idOf('incident'),
  revision: revision.nullable().describe('Stream revision of the last record event; null while it is proposed'),
  status: z.string(),
  mergedInto: idOf('incident').nullable(),
  mergedFrom: strings,
  mergeCut: z.boolean(),
  title: text,
  concealed,
  occurred: occurred.nullable(),
  place: place.nullable(),
  agencies: z.array(agency),
  aspects: z.array(aspect),
  claims: z.array(claim),
  disputes: z.array(dispute),
  proceedings: z.array(proceeding),
  rulings: z.array(ruling),
  corrections: z.array(correction),
  parties: z.array(
    z.object({ id: idOf('party'), name: text, kind: z.string().nullable(), parent: idOf('party').nullable(), private: z.boolean() }),
  ),
  sources: z.array(z.object({ id: idOf('source'), title: text, publisher: text, url: text, revision: z.int() })),
  recordedAt: instant.nullable(),
};
export const incident = answeredAs('Incident', z.object(incidentFields));

export const comparison = answeredAs(
  'Comparison',
  z.object({
    incidentId: idOf('incident'),
    revision: revision.nullable(),
    aspects: z
      .array(
        z.object({
          aspect: z.string(),
          about: idOf('party').nullable(),
          state: z.string(),
          cells: z.array(z.object({ voice: idOf('party').nullable(), claims: strings })),
        }),
      )
      .describe('Rows'),
    voices: z.array(z.object({ id: idOf('party'), name: text })).describe('Columns'),
  }),
);

export const listedIncident = answeredAs(
  'ListedIncident',
  z.object({
    id: idOf('incident'),
    revision,
    status: z.string(),
    title: text,
    occurred: occurred.nullable(),
    place: place.nullable(),
    concealed,
    agencies: z.array(agency),
    counts: z.object({ claims: z.int(), disputes: z.int(), rulings: z.int(), corrections: z.int() }),
    recordedAt: instant,
  }),
);

export const change = answeredAs(
  'Difference',
  z.object({ pointer: z.string().describe('JSON Pointer (RFC 6901)'), from: anything, to: anything, concealed }),
);

export const diff = answeredAs(
  'Diff',
  z.object({
    from: revision,
    to: revision,
    changes: z.array(z.object({ pointer: z.string(), from: anything, to: anything, revision, concealed })),
  }),
);

export const recordedEvent = answeredAs(
  'Event',
  z.object({
    position,
    stream: z.string(),
    incidentId: idOf('incident').nullable(),
    revision,
    last: revision.describe('Revision of the last event of the same append'),
    type: z.string(),
    recordedAt: instant,
    actor: z
      .string()
      .nullable()
      .describe('Whose command made it; null of what cannot be read. Without a key and for apps, a role, as are the next two'),
    author: z.string().nullable().describe('Who submitted the edit that it belongs to'),
    approvedBy: strings.describe('Whose approvals counted when the edit was applied, on the events of that append'),
    edit: z.int().nullable(),
    data: anything,
  }),
);
export const writtenEvent = answeredAs('EventBetween', z.object({ revision, type: z.string(), keys: strings }));
