import { z } from 'zod';
import { typeId } from '../values/shapes.ts';
import { lineText, longText } from '../values/text.ts';

/** What a tip can be about. */
export const tipSubjects = ['incident', 'claim', 'source', 'party'] as const;
export type TipSubject = (typeof tipSubjects)[number];
export type TipAbout = { kind: TipSubject; id: string };

/** As it is sent: one id, under what it names. */
export const tipAbout = z
  .strictObject({
    incident: typeId('incident').optional().describe('An incident'),
    claim: typeId('claim').optional().describe('A claim'),
    source: typeId('source').optional().describe('A source'),
    party: typeId('party').optional().describe('A party'),
  })
  .refine((sent) => Object.values(sent).length === 1, 'must name one incident, claim, source or party')
  .describe('What it is about: the id of one thing');
export const aboutIn = (sent: z.output<typeof tipAbout>): TipAbout => {
  const [kind = 'incident', id = ''] = Object.entries(sent)[0] ?? [];
  return { kind: kind as TipSubject, id };
};

/** A tip is no part of the record: its texts lie in rows that end, and never in an event. */
export const tipText = longText(5000);
export const tipContact = lineText(200);
export const tipNote = longText(2000);

export const tipOutcomes = ['corrected', 'declined', 'known'] as const;
export type TipOutcome = (typeof tipOutcomes)[number];

export const tipEvents = {
  /** The actor looks into it from then on. */
  TipTaken: z.strictObject({ about: z.strictObject({ kind: z.enum(tipSubjects), id: z.string().min(1).max(64) }) }),
};
