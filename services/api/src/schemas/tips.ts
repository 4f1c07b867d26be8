import type { TipItem, TipProgress, TipState } from '@averment/commands';
import { answer, type TipOutcome, type TipSubject, tipAbout, tipContact, tipNote, tipOutcomes, tipText } from '@averment/domain';
import { z } from 'zod';
import { pageOf } from './basics.ts';
import { answeredAs, sentAs } from './registry.ts';

export const sentTip = sentAs(
  'SentTip',
  z.strictObject({
    about: tipAbout,
    text: tipText.describe('What is wrong there, and how one knows'),
    contact: tipContact
      .nullable()
      .default(null)
      .describe('How the sender can be asked; null for not at all. Only who looks into the tip reads it, and it is never published'),
  }),
  'What somebody says is wrong',
);
export const sentTipOutcome = sentAs(
  'SentTipOutcome',
  z.strictObject({
    outcome: z
      .enum(tipOutcomes)
      .describe('`corrected`: an edit says so by now; `declined`: nothing is wrong, or it cannot be shown; `known`: it is said already'),
    note: tipNote.nullable().default(null).describe('What the sender is told beside that; null for nothing'),
  }),
  'What became of a tip',
);

const { idOf, instant, oneOf, position } = answer;
const id = idOf('tip');
const expiresAt = instant.describe('When it is deleted, with all that was said');
const when = (what: string) => instant.nullable().describe(`When ${what}; null before`);
export const tipReceived = answeredAs(
  'TipReceived',
  z.object({
    id,
    secret: z.string().describe('To be sent as `Tip-Secret` by who asks what became of the tip. This answer alone has it'),
    expiresAt,
  }),
  'A tip was received',
);
const progress = {
  id,
  about: z
    .object({ kind: oneOf<TipSubject>().describe('`incident`, `claim`, `source` or `party`'), id: z.string().describe('Its id') })
    .describe('What it is about'),
  state: oneOf<TipState>().describe('`waiting`, `taken` by somebody who looks into it, or `closed`'),
  receivedAt: instant.describe('When it came'),
  takenAt: when('somebody took it'),
  closedAt: when('it was closed'),
  outcome: oneOf<TipOutcome>().nullable().describe('What became of it: `corrected`, `declined` or `known`; null before it is closed'),
  note: z.string().nullable().describe('What the sender is told beside that; null for nothing'),
  expiresAt,
};
export const tipProgress = answeredAs('TipProgress', z.object(progress satisfies answer.EachOf<TipProgress>), 'What became of a tip');
const item = {
  ...progress,
  text: z.string().describe('What is wrong, in the words of an outsider: nobody has checked it'),
  contact: z.string().nullable().describe('How the sender can be asked: for who took it alone; null for others, and where none was sent'),
  takenBy: z.string().nullable().describe('Who looks into it; null for nobody'),
};
export const tip = answeredAs('Tip', z.object(item satisfies answer.EachOf<TipItem>), 'A tip');
export const tips = answeredAs('Tips', pageOf(tip), 'A page of tips');
export const tipTaken = answeredAs('TipTaken', z.object({ ...item, position }), 'A tip that the caller looks into');
