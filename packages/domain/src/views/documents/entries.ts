import { z } from 'zod';
import type { CorrectionEntry } from '../../incident/state.ts';
import type { Dispute } from '../../incident/things/dispute.ts';
import type { Proceeding } from '../../incident/things/proceeding.ts';
import type { Effect, Ruling } from '../../incident/things/ruling.ts';
import type { NotApplied } from '../../rules/standing.ts';
import { citations } from './citation.ts';
import { concealed, type EachOf, idOf, instant, oneOf, revision, strings, text } from './parts.ts';
import { retractionShape, withdrawalShape } from './reasons.ts';

/** As of claims. */
const origin = idOf('incident').describe('The incident in whose events it stands: another one where that is merged into this one');

export const disputeShape = z.object({
  id: idOf('dispute'),
  incidentId: origin,
  claim: idOf('claim'),
  basis: oneOf<Dispute['basis']>(),
  by: idOf('party').nullable(),
  capacity: oneOf<Dispute['capacity']>().nullable(),
  grounds: text,
  counterClaim: idOf('claim').nullable(),
  citations,
  withdrawn: z.boolean(),
  withdrawal: withdrawalShape,
  retracted: z.boolean(),
  retraction: retractionShape,
  reason: text.describe('Why it was retracted, or else withdrawn'),
  addedAtRevision: revision,
  concealed,
} satisfies EachOf<Dispute>);

const status = oneOf<Proceeding['status']>();
export const proceedingShape = z.object({
  id: idOf('proceeding'),
  incidentId: origin,
  type: oneOf<Proceeding['type']>(),
  title: text,
  by: idOf('party').nullable(),
  against: idOf('party').nullable(),
  forum: idOf('party').nullable(),
  openedOn: z.string().nullable(),
  status: status.describe('The last one, by date and then by order in the record'),
  openedAs: status,
  ended: z.boolean().nullable().describe('Whether its status ends it, by the vocabulary; null where that does not tell'),
  caseNumber: text.describe('As the court or the source writes it; null where none is known, and once it was erased'),
  continues: idOf('proceeding').nullable(),
  claims: strings,
  citations,
  updates: z.array(z.object({ on: z.string().nullable(), status, note: text, citations, incidentId: origin, revision, concealed })),
  retracted: z.boolean(),
  retraction: retractionShape,
  addedAtRevision: revision,
  concealed,
} satisfies EachOf<Omit<Proceeding, 'case'>>);

const effectShape = z.object({
  claim: idOf('claim').nullable(),
  ruling: idOf('ruling').nullable(),
  proceeding: idOf('proceeding').nullable(),
  effect: oneOf<Effect['effect']>().nullable(),
  status: oneOf<Effect['status']>().nullable(),
  citations,
} satisfies EachOf<Effect>);
/** An effect on the record as it is. */
const appliedShape = effectShape.extend({
  applied: z.boolean().describe('Whether it is in effect now'),
  notApplied: z
    .object({ why: oneOf<NotApplied['why']>(), by: idOf('ruling').nullable() } satisfies EachOf<NotApplied>)
    .nullable()
    .describe(
      'Why it is not, and the ruling that is the cause, if one is. Of the ruling: `retracted`, `struck_down` (reversed or vacated), `stayed`, `provisional`. Of the effect: `target_retracted` (the ruling or proceeding that it names), `detached` (a correction changed what the claim says), `stay_lifted`, `overtaken` (by a later decision in the same case, or by a later status), `cases_differ` (another case found otherwise)',
    ),
});
export const rulingShape = z.object({
  id: idOf('ruling'),
  incidentId: origin,
  court: idOf('party').nullable(),
  judge: idOf('party').nullable(),
  decidedOn: z.string().nullable(),
  finality: oneOf<Ruling['finality']>(),
  onMotionOf: text,
  standard: text,
  basis: oneOf<Ruling['basis']>(),
  caseNumber: text.describe('As the court or the source writes it; null where none is known, and once it was erased'),
  summary: text,
  citations,
  effects: z.array(appliedShape),
  inForce: z.boolean().describe('Whether it counts: not provisional, retracted, reversed, vacated or stayed'),
  subjectToAppeal: z.boolean().describe('In force and `appealable`, and no final ruling in force affirms it'),
  retracted: z.boolean(),
  retraction: retractionShape,
  addedAtRevision: revision,
  concealed,
} satisfies EachOf<Omit<Ruling, 'case'>>);

export const correctionShape = z.object({
  id: idOf('correction'),
  incidentId: origin,
  target: z.string().describe('The id of the incident, of a claim, an entry or a correction'),
  ofRevision: revision
    .nullable()
    .describe(
      'Where it corrects what a change says of itself, such as the reason of a retraction: the revision of that change, in the events of `incidentId`',
    ),
  basis: oneOf<CorrectionEntry['basis']>().describe(
    '`source`: it quotes what it rests on; `editorial`: a typing error of the record was mended',
  ),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown(), concealed })),
  reason: text,
  citations,
  revision,
  recordedAt: instant,
  concealed,
} satisfies EachOf<Omit<CorrectionEntry, 'incident'>>);

export type DisputeDocument = z.output<typeof disputeShape>;
export type ProceedingDocument = z.output<typeof proceedingShape>;
export type EffectDocument = z.output<typeof effectShape>;
export type RulingDocument = z.output<typeof rulingShape>;
export type CorrectionDocument = z.output<typeof correctionShape>;
