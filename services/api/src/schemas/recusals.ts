import type { RecusalDeclared, RecusalItem } from '@averment/commands';
import { answer, anySubject, reasonText, typeId } from '@averment/domain';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

export const sentRecusal = sentAs(
  'SentRecusal',
  z
    .strictObject({
      party: typeId('party').nullable().default(null).describe('The party, with all below it; or null, and it is from an incident'),
      incident: typeId('incident').nullable().default(null).describe('The incident; or null, and it is from a party'),
      subject: anySubject.nullable().default(null).describe('Who is recused, for an admin who says so of another; null for the caller'),
      reason: reasonText.describe('Why'),
    })
    .refine(({ party, incident }) => (party === null) !== (incident === null), {
      error: 'must name a party or an incident, and not both',
      path: ['party'],
    }),
  'What somebody does not decide on',
);
export const sentRecusalEnd = sentAs('SentRecusalEnd', z.strictObject({ reason: reasonText.describe('Why') }), 'Why a recusal ends');

const id = answer.idOf('recusal').describe('The recusal');
const subject = z.string().describe('Who is recused, with all subjects of the same person');
export const recusalDeclared = answeredAs(
  'RecusalDeclared',
  z.object({ id, subject, position: answer.position } satisfies answer.EachOf<RecusalDeclared>),
  'A recusal that counts from now on, or that has ended',
);
const reason = (what: string) => z.string().nullable().describe(`Why ${what}; null once it was erased`);
export const recusalItem = answeredAs(
  'Recusal',
  z.object({
    id,
    subject,
    party: answer.idOf('party').nullable().describe('The party that it is from, with all below it; null of one from an incident'),
    incident: answer.idOf('incident').nullable().describe('The incident that it is from; null of one from a party'),
    reason: reason('it was declared'),
    declaredBy: answer.subject.describe('Who declared it'),
    declaredAt: answer.instant.describe('When'),
    ended: z
      .object({ by: answer.subject.describe('The admin'), at: answer.instant.describe('When'), reason: reason('it ended') })
      .nullable()
      .describe('How it ended; null while it counts'),
  } satisfies answer.EachOf<RecusalItem>),
  'A recusal',
);
