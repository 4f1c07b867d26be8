import type { PersonItem, PersonSet } from '@averment/commands';
import { answer, personName } from '@averment/domain';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

export const sentPerson = sentAs(
  'SentPerson',
  z.strictObject({
    person: personName
      .nullable()
      .describe(
        'Whom the subject is one of: what admins call that person, in the same words for each subject; null, and it stands for itself',
      ),
  }),
  'Who a subject is',
);
const subject = z.string().describe('The subject');
const person = z.string().nullable().describe('What admins call the person; null for nobody, or once that was erased');
const subjects = answer.strings.describe('All subjects of that person, this one included');
export const personSet = answeredAs(
  'PersonSet',
  z.object({ subject, person, subjects, position: answer.position } satisfies answer.EachOf<PersonSet>),
  'Who the subject is from now on',
);
export const personItem = answeredAs(
  'Person',
  z.object({
    subject,
    person,
    subjects,
    setBy: answer.subject.nullable().describe('Who said so'),
    setAt: answer.instant.nullable().describe('When'),
  } satisfies answer.EachOf<PersonItem>),
  'Who a subject is',
);
