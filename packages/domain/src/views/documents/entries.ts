import { z } from 'zod';
import type { CorrectionEntry } from '../../incident/state.ts';
import type { Dispute } from '../../incident/things/dispute.ts';
import type { Proceeding } from '../../incident/things/proceeding.ts';
import type { Effect, Ruling } from '../../incident/things/ruling.ts';
import type { NotApplied } from '../../rules/standing.ts';
import { citations } from './citation.ts';
import { disputeMembers, effectMembers, proceedingMembers, rulingMembers } from './members.ts';
import { concealed, type EachOf, idOf, instant, oneOf, refGiven, revision, strings, text } from './parts.ts';
import { retractionShape, withdrawalShape } from './reasons.ts';

/** As of claims. */
const retracted = z.boolean().describe('Whether the record took it back');
const addedAtRevision = revision.describe('The revision at which it entered the record');
const origin = idOf('incident').describe('The incident in whose events it stands: another one where that is merged into this one');

export const disputeShape = z.object({
  id: idOf('dispute'),
  incidentId: origin,
  claim: idOf('claim').describe(disputeMembers.claim),
  basis: oneOf<Dispute['basis']>().describe(disputeMembers.basis),
  by: idOf('party').nullable().describe(disputeMembers.by),
  capacity: oneOf<Dispute['capacity']>().nullable().describe(disputeMembers.capacity),
  grounds: text.describe(`${disputeMembers.grounds}; null once it was erased`),
  counterClaim: idOf('claim').nullable().describe('The claim that says otherwise'),
  citations: citations.describe(disputeMembers.citations),
  withdrawn: z.boolean().describe('Whether they contest it no longer'),
  withdrawal: withdrawalShape,
  retracted,
  retraction: retractionShape,
  reason: text.describe('Why it was retracted, or else withdrawn'),
  addedAtRevision,
  concealed,
} satisfies EachOf<Dispute>);

const status = oneOf<Proceeding['status']>().describe('A status of `/v1/vocabulary`');
export const proceedingShape = z.object({
  id: idOf('proceeding'),
  incidentId: origin,
  type: oneOf<Proceeding['type']>().describe(proceedingMembers.type),
  title: text.describe(`${proceedingMembers.title}; null once it was erased`),
  by: idOf('party').nullable().describe(proceedingMembers.by),
  against: idOf('party').nullable().describe(proceedingMembers.against),
  forum: idOf('party').nullable().describe(proceedingMembers.forum),
  openedOn: z.string().nullable().describe(proceedingMembers.openedOn),
  status: status.describe('The last one, by date and then by order in the record'),
  openedAs: status.describe('How it stood when it was opened'),
  ended: z.boolean().nullable().describe('Whether its status ends it, by the vocabulary; null where that does not tell'),
  caseNumber: text.describe('As the court or the source writes it; null where none is known, and once it was erased'),
  continues: idOf('proceeding').nullable().describe(proceedingMembers.continues),
  claims: strings.describe(proceedingMembers.claims),
  citations: citations.describe(proceedingMembers.citations),
  updates: z
    .array(
      z.object({
        on: z.string().nullable().describe('When'),
        status,
        note: text.describe('What happened; null where nobody said, and once it was erased'),
        citations: citations.describe('Where it is told'),
        retraction: withdrawalShape.describe('What took it back; null while it stands'),
        incidentId: origin,
        revision: revision.describe('The revision that brought it'),
        concealed,
      }),
    )
    .describe('How it went on'),
  retracted,
  retraction: retractionShape,
  addedAtRevision,
  concealed,
} satisfies EachOf<Omit<Proceeding, 'case'>>);

const effectShape = z.object({
  claim: idOf('claim').nullable().describe(effectMembers.claim),
  ruling: idOf('ruling').nullable().describe(effectMembers.ruling),
  proceeding: idOf('proceeding').nullable().describe(effectMembers.proceeding),
  effect: oneOf<Effect['effect']>().nullable().describe(effectMembers.effect),
  status: oneOf<Effect['status']>().nullable().describe(effectMembers.status),
  citations: citations.describe(effectMembers.citations),
} satisfies EachOf<Effect>);
/** An effect on the record as it is. */
const appliedShape = effectShape.extend({
  applied: z.boolean().describe('Whether it is in effect now'),
  notApplied: z
    .object({
      why: oneOf<NotApplied['why']>().describe('Why'),
      by: idOf('ruling').nullable().describe('The ruling that is the cause'),
    } satisfies EachOf<NotApplied>)
    .nullable()
    .describe(
      'Why it is not, and the ruling that is the cause, if one is. Of the ruling: `retracted`, `struck_down` (reversed or vacated), `stayed`, `provisional`. Of the effect: `target_retracted` (the ruling or proceeding that it names), `detached` (a correction changed what the claim says), `stay_lifted`, `overtaken` (by a later decision in the same case, or by a later status), `cases_differ` (another case found otherwise)',
    ),
});
export const rulingShape = z.object({
  id: idOf('ruling'),
  incidentId: origin,
  court: idOf('party').nullable().describe(rulingMembers.court),
  judge: idOf('party').nullable().describe(rulingMembers.judge),
  decidedOn: z.string().nullable().describe(rulingMembers.decidedOn),
  finality: oneOf<Ruling['finality']>().describe(rulingMembers.finality),
  onMotionOf: text.describe(`${rulingMembers.onMotionOf}; null where it is not known, and once it was erased`),
  standard: text.describe(`${rulingMembers.standard}; null where it is not known, and once it was erased`),
  basis: oneOf<Ruling['basis']>().describe(rulingMembers.basis),
  caseNumber: text.describe('As the court or the source writes it; null where none is known, and once it was erased'),
  summary: text.describe(`${rulingMembers.summary}; null once it was erased`),
  citations: citations.describe(rulingMembers.citations),
  effects: z.array(appliedShape).describe(rulingMembers.effects),
  inForce: z.boolean().describe('Whether it counts: not provisional, retracted, reversed, vacated or stayed'),
  subjectToAppeal: z.boolean().describe('In force and `appealable`, and no final ruling in force affirms it'),
  retracted,
  retraction: retractionShape,
  addedAtRevision,
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
  changes: z
    .array(
      z.object({
        field: z.string().describe('The name of the field'),
        from: z.unknown().describe('What it held: null for a text that was erased'),
        to: z.unknown().describe('What it holds since'),
        concealed,
      }),
    )
    .describe('The fields that it set anew'),
  reason: text.describe('What was wrong; null once it was erased'),
  citations: citations.describe('Where it stands'),
  revision: revision.describe('The revision that brought it'),
  recordedAt: instant.describe('When it was recorded'),
  concealed,
} satisfies EachOf<Omit<CorrectionEntry, 'incident'>>);

/** Entries as an edit brings them, and the fields that a correction of one sets anew. */
export const disputeInEdit = disputeShape
  .pick({
    id: true,
    claim: true,
    basis: true,
    by: true,
    capacity: true,
    grounds: true,
    counterClaim: true,
    citations: true,
    concealed: true,
  })
  .extend({ ref: refGiven });
export const proceedingInEdit = proceedingShape
  .pick({
    id: true,
    type: true,
    title: true,
    by: true,
    against: true,
    forum: true,
    openedOn: true,
    caseNumber: true,
    continues: true,
    claims: true,
    citations: true,
    concealed: true,
  })
  .extend({ ref: refGiven, status: oneOf<Proceeding['status']>().describe(proceedingMembers.status) });
export const rulingInEdit = rulingShape
  .pick({
    id: true,
    court: true,
    judge: true,
    decidedOn: true,
    finality: true,
    onMotionOf: true,
    standard: true,
    basis: true,
    caseNumber: true,
    summary: true,
    citations: true,
    concealed: true,
  })
  .extend({ ref: refGiven, effects: z.array(effectShape).describe(rulingMembers.effects) });
const { claim: _claim, ...ofDispute } = disputeInEdit.shape;
export const entrySet = z
  .object({
    ...ofDispute,
    ...proceedingInEdit.shape,
    ...rulingInEdit.shape,
    basis: z.string().describe('Of a dispute `stated` or `inferred`, of a ruling `court_document` or `report`'),
    by: idOf('party').nullable().describe('Of a dispute who contests the claim, of a proceeding who brought it'),
  })
  .omit({ id: true, ref: true })
  .partial();

export type DisputeDocument = z.output<typeof disputeShape>;
export type ProceedingDocument = z.output<typeof proceedingShape>;
export type EffectDocument = z.output<typeof effectShape>;
export type RulingDocument = z.output<typeof rulingShape>;
export type CorrectionDocument = z.output<typeof correctionShape>;
